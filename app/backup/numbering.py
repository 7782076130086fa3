"""The last ids that were given, also of rows that are gone: none is given again."""

import re
from collections.abc import Mapping

from sqlalchemy import Connection, inspect

_NEXT = re.compile(r"AUTO_INCREMENT=(\d+)")


def last_ids(connection: Connection) -> dict[str, int]:
    """By table, where the database remembers it."""
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence")
        return {row.name: row.seq for row in found}
    tables = inspect(connection).get_table_names()
    return {name: last for name in tables if (last := _last_id(connection, name))}


def _last_id(connection: Connection, table: str) -> int:
    """MySQL's tables of tables may tell what was so a day ago; this is so now."""
    made = connection.exec_driver_sql(f"SHOW CREATE TABLE `{table}`").one()[1]
    following = _NEXT.search(made)
    return int(following[1]) - 1 if following else 0


def go_on(connection: Connection, last: Mapping[str, int]) -> None:
    """Give ids after these, and after those that are there. MySQL commits at each table."""
    given = last_ids(connection)
    for table in _numbered(connection):
        if last.get(table, 0) > given.get(table, 0):
            _set(connection, table, last[table])


def _numbered(connection: Connection) -> list[str]:
    if connection.dialect.name != "sqlite":
        return inspect(connection).get_table_names()
    once = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
    return list(connection.exec_driver_sql(once).scalars())


def _set(connection: Connection, table: str, last: int) -> None:
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"ALTER TABLE `{table}` AUTO_INCREMENT = {last + 1:d}")
        return
    connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
    connection.exec_driver_sql("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, last))
