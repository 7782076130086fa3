"""Steps of a migration on MySQL and MariaDB, which pass over what a killed one left done.

These servers commit at each change of a table, and the revision is noted after its last one:
whoever is killed between two leaves some of them done and none noted.
"""

from typing import Any

from alembic.ddl.mysql import MySQLImpl
from sqlalchemy import Column, Index, Table, inspect
from sqlalchemy.engine import Inspector


class ResumableSteps(MySQLImpl):
    """Alembic takes these for the dialect that they name."""

    __dialect__ = "mysql"

    def create_table(self, table: Table, **options: Any) -> None:
        """One that is there and lacks a column is not ours: the server refuses, as always."""
        there = self._columns(table.name) if self._inspector.has_table(table.name) else set()
        if not there or not {column.name for column in table.columns} <= there:
            super().create_table(table, **options)

    def add_column(self, table_name: str, column: Column[Any], **options: Any) -> None:
        if column.name not in self._columns(table_name):
            super().add_column(table_name, column, **options)

    def create_index(self, index: Index, **options: Any) -> None:
        there = self._inspector.get_indexes(index.table.name) if index.table is not None else []
        if index.name not in {each["name"] for each in there}:
            super().create_index(index, **options)

    def _columns(self, table: str) -> set[str]:
        return {each["name"] for each in self._inspector.get_columns(table)}

    @property
    def _inspector(self) -> Inspector:
        """A new one each time: an inspector remembers what it saw."""
        return inspect(self.connection)
