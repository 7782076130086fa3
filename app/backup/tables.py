"""Rows as plain values, the same from either database: no model of this version is needed."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, inspect

from app.db import Database

Value = str | int | float | None

OWN = frozenset({"alembic_version", "turn"})
"""Kept by each database for itself."""
ACCESS = frozenset({"api_token", "password_link"})
"""What opens the door. One that was revoked since would open it again."""
_TIME = "%Y-%m-%d %H:%M:%S.%f"
_CHUNK = 2000


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """Everything as it is at one moment, whatever is written meanwhile."""
    with database.engine.connect() as connection:
        if connection.dialect.name == "mysql":
            connection.execution_options(isolation_level="REPEATABLE READ")
            connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT")
        yield connection
        connection.rollback()


def names(connection: Connection) -> list[str]:
    """Tables to keep, each after those that it refers to."""
    ordered = inspect(connection).get_sorted_table_and_fkc_names()
    return [name for name, _ in ordered if name is not None and name not in OWN | ACCESS]


def columns(connection: Connection, table: str) -> list[str]:
    return [column["name"] for column in inspect(connection).get_columns(table)]


def rows(connection: Connection, table: str, wanted: Sequence[str]) -> Iterator[list[Value]]:
    """One after another, never all in memory."""
    statement = f"SELECT {_listed(connection, wanted)} FROM {_quoted(connection, table)}"  # noqa: S608  names of ours
    streamed = connection.execution_options(stream_results=True, yield_per=_CHUNK)
    for row in streamed.exec_driver_sql(statement):
        yield [_plain(value) for value in row]


def count(connection: Connection, table: str) -> int:
    statement = f"SELECT count(*) FROM {_quoted(connection, table)}"  # noqa: S608  names of ours
    return int(connection.exec_driver_sql(statement).scalar_one())


def insert(
    connection: Connection, table: str, given: Sequence[str], values: Iterable[list[Value]]
) -> int:
    """How many rows were inserted."""
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    marks = ", ".join([mark] * len(given))
    into = f"{_quoted(connection, table)} ({_listed(connection, given)})"
    statement = f"INSERT INTO {into} VALUES ({marks})"  # noqa: S608  names from the schema
    count, remaining = 0, iter(values)
    while chunk := [tuple(row) for row in islice(remaining, _CHUNK)]:
        connection.exec_driver_sql(statement, chunk)
        count += len(chunk)
    return count


def models(connection: Connection) -> list[str]:
    """Folders of the models that can be served."""
    found = connection.exec_driver_sql(
        "SELECT artifact FROM training WHERE artifact IS NOT NULL AND artifact_removed_at IS NULL"
    )
    return [row[0] for row in found]


def is_empty(connection: Connection) -> bool:
    """Whether nothing would be lost."""
    return not any(
        connection.exec_driver_sql(f"SELECT 1 FROM {_quoted(connection, name)} LIMIT 1").first()  # noqa: S608  names of ours
        for name in names(connection)
    )


def _plain(value: Any) -> Value:
    if isinstance(value, datetime):
        return value.strftime(_TIME)
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} cannot be kept in a backup")


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _listed(connection: Connection, wanted: Sequence[str]) -> str:
    return ", ".join(_quoted(connection, name) for name in wanted)
