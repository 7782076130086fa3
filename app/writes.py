"""Inserts and updates in the one form that both dialects take."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Select, Table
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

_DUPLICATE = 1062


def insert_once(session: Session, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row unless it breaks a unique key; whether it went in."""
    try:
        session.connection().execute(table.insert(), row)
    except IntegrityError as error:
        # Either database undoes the one statement and goes on with the transaction.
        if _is_duplicate(error):
            return False
        raise
    return True


def insert_numbered(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert many rows; the numbers that the database gave them, in their order."""
    if not rows:
        return []
    connection = session.connection()
    (number,) = table.primary_key.columns
    if connection.dialect.insert_executemany_returning:
        statement = table.insert().returning(number, sort_by_parameter_order=True)
        return list(connection.execute(statement, list(rows)).scalars())
    # MySQL has no RETURNING.
    return [
        connection.execute(table.insert(), row).inserted_primary_key[0]  # type: ignore[index]
        for row in rows
    ]


def insert_missing(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows of the same columns, leaving out those that break a unique key.

    The values go straight to the driver, which is twice as quick for many.
    """
    if not rows:
        return
    connection = session.connection()
    names = list(rows[0])
    statement = _insert_missing(table, connection.dialect)
    compiled = statement.compile(dialect=connection.dialect, column_keys=names)
    order = compiled.positiontup or list(compiled.params)
    columns = [_for_driver(table.c[name], connection.dialect, rows) for name in order]
    values: list[Any] = list(zip(*columns, strict=True))
    if not compiled.positional:
        values = [dict(zip(order, row, strict=True)) for row in values]
    connection.exec_driver_sql(str(compiled), values)


def _insert_missing(table: Table, dialect: Dialect) -> Any:
    if dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    # Not INSERT IGNORE, which would let over-long values through, cut.
    key = next(iter(table.primary_key.columns)).name
    return mysql.insert(table).on_duplicate_key_update({key: table.c[key]})


def _for_driver(column: Any, dialect: Dialect, rows: Sequence[dict[str, Any]]) -> list[Any]:
    """One column of the rows as the driver takes it."""
    # SQLAlchemy names columns with a default of their own even where the rows do not.
    default = column.default.arg if column.default is not None else None
    values = [row.get(column.name, default) for row in rows]
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return values
    first = values[0]
    if all(value is first for value in values):
        return [process(first)] * len(values)
    return [process(value) for value in values]


Update = Callable[[Any, Any], dict[str, Any]]
"""(old row, new row) → what to set."""


Rows = dict[str, Any] | list[dict[str, Any]] | Select[Any]


def upsert(session: Session, table: Table, rows: Rows, update: Update) -> None:
    """Insert a row, many, or all that a query selects; where the primary key is, `update`.

    `update` is best a function of a module: its statement is then built once.
    """
    connection = session.connection()
    if isinstance(rows, Select):
        names = [column.name for column in rows.selected_columns]
        insert = _insert(connection.dialect.name, table).from_select(names, rows)
        connection.execute(_or_update(insert, table, update))
    else:
        connection.execute(_upsert(connection.dialect.name, table, update), rows)


@lru_cache(maxsize=64)
def _upsert(dialect: str, table: Table, update: Update) -> Any:
    """To build it takes longer than to execute it."""
    return _or_update(_insert(dialect, table), table, update)


def _insert(dialect: str, table: Table) -> Any:
    return sqlite.insert(table) if dialect == "sqlite" else mysql.insert(table)


def _or_update(insert: Any, table: Table, update: Update) -> Any:
    if isinstance(insert, sqlite.Insert):
        keys = list(table.primary_key.columns)
        return insert.on_conflict_do_update(
            index_elements=keys, set_=update(table.c, insert.excluded)
        )
    return insert.on_duplicate_key_update(update(table.c, insert.inserted))


def _is_duplicate(error: IntegrityError) -> bool:
    arguments: tuple[object, ...] = getattr(error.orig, "args", ())
    return "UNIQUE constraint failed" in str(error.orig) or arguments[:1] == (_DUPLICATE,)
