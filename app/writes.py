"""Inserts and updates in the one form that both dialects take."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Dialect, Insert, Select, Table, func
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

ROWS_AT_ONCE = 1_000
"""Of one statement for MySQL: a few hundred kilobytes, far from what a server refuses."""
VALUES_AT_ONCE = 500
"""Of one IN: some databases take no more than a thousand."""
_DUPLICATE = 1062
_MARKS = re.compile(r" VALUES (\([%s?, ]+\))")


T = TypeVar("T")


def in_parts(values: Sequence[T], size: int = VALUES_AT_ONCE) -> Iterator[Sequence[T]]:
    """As many values at a time as one IN may hold, or so many."""
    return (values[at : at + size] for at in range(0, len(values), size))


def insert_once(session: Session, insert: Insert, row: dict[str, Any]) -> bool:
    """Insert a row unless it breaks a unique key; whether it went in."""
    try:
        run(session, insert, [row])
    except IntegrityError as error:
        # Either database undoes the one statement and goes on with the transaction.
        if _is_duplicate(error):
            return False
        raise
    return True


def insert_all(session: Session, insert: Insert, rows: Sequence[dict[str, Any]]) -> bool:
    """Insert up to ROWS_AT_ONCE rows, or none where one breaks a key; whether they went in."""
    connection = session.connection()
    compiled = _compiled(insert, connection.dialect, tuple(rows[0]))
    try:
        compiled.execute_as_one(connection, compiled.for_driver(rows))
    except IntegrityError:
        return False
    return True


def insert_numbered(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert many rows; the numbers that the database gave them, in their order."""
    if not rows:
        return []
    connection = session.connection()
    (number,) = table.primary_key.columns
    if connection.dialect.name == "sqlite":
        statement = table.insert().returning(number, sort_by_parameter_order=True)
        return list(connection.execute(statement, list(rows)).scalars())
    # MySQL has no RETURNING. It numbers the rows of one statement one after the other, as it knows
    # beforehand how many they are; servers that replicate each other leave numbers out between.
    step = connection.exec_driver_sql("SELECT @@auto_increment_increment").scalar_one()
    compiled = _compiled(_plain(table), connection.dialect, tuple(rows[0]))
    numbers: list[int] = []
    for some in in_parts(compiled.for_driver(rows), ROWS_AT_ONCE):
        first = compiled.execute_as_one(connection, list(some)).lastrowid
        numbers.extend(range(first, first + step * len(some), step))
    return numbers


@lru_cache(maxsize=64)
def _plain(table: Table) -> Insert:
    return table.insert()


def insert_missing(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows of the same columns, leaving out those that break a unique key."""
    if rows:
        run(session, _insert_missing(session.connection().dialect.name, table), rows)


def insert_or_tell(
    session: Session, column: str, table: Table, rows: Sequence[dict[str, Any]]
) -> None:
    """As `insert_missing`; the row that is there gets the value of the column, if it has none."""
    if rows:
        run(session, _insert_or_tell(session.connection().dialect.name, table, column), rows)


@lru_cache(maxsize=64)
def _insert_or_tell(dialect: str, table: Table, column: str) -> Any:
    if dialect == "sqlite":
        insert: Any = sqlite.insert(table)
        new = {column: insert.excluded[column]}
        return insert.on_conflict_do_update(set_=new, where=table.c[column].is_(None))
    insert = mysql.insert(table)
    told = func.coalesce(table.c[column], insert.inserted[column])
    return insert.on_duplicate_key_update({column: told})


@lru_cache(maxsize=64)
def _insert_missing(dialect: str, table: Table) -> Any:
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    # Not INSERT IGNORE, which would let over-long values through, cut.
    key = next(iter(table.primary_key.columns)).name
    return mysql.insert(table).on_duplicate_key_update({key: table.c[key]})


def run(session: Session, insert: Insert, rows: Sequence[dict[str, Any]]) -> None:
    """Execute an INSERT with rows of the same columns.

    It is compiled once, so it has to be one object each time, and the values go straight to the
    driver: with every listen SQLAlchemy would take longer than the database.
    """
    connection = session.connection()
    compiled = _compiled(insert, connection.dialect, tuple(rows[0]))
    values = compiled.for_driver(rows)
    if len(values) > 1 and (connection.dialect.name == "sqlite" or not compiled.marks):
        connection.exec_driver_sql(compiled.text, values)
        return
    for start in range(0, len(values), ROWS_AT_ONCE):
        compiled.execute_as_one(connection, values[start : start + ROWS_AT_ONCE])


@dataclass(frozen=True, slots=True)
class _Compiled:
    text: str
    marks: str
    """The part of the text that holds the values of one row."""
    columns: list[tuple[str, Any, Any]]
    """For each place in the text: name, value where a row has none, the driver's form of one."""

    def for_driver(self, rows: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
        columns = (
            _processed([row.get(name, default) for row in rows], process)
            for name, default, process in self.columns
        )
        return list(zip(*columns, strict=True))

    def execute_as_one(
        self, connection: Connection, values: list[tuple[Any, ...]]
    ) -> CursorResult[Any]:
        """PyMySQL can join rows too, but not in what SQLAlchemy writes for MySQL 8."""
        if len(values) == 1:
            return connection.exec_driver_sql(self.text, values[0])
        if connection.dialect.name == "sqlite":
            several = ", ".join([self.marks] * len(values))
            text = self.text.replace(self.marks, several, 1)
            return connection.exec_driver_sql(text, tuple(chain.from_iterable(values)))
        several = ", ".join(self._as_text(connection, values))
        # No mark is left, and what stands for a % in a text with marks is none here.
        before, after = (part % () for part in self.text.split(self.marks, 1))
        plain = {"no_parameters": True}
        return connection.exec_driver_sql(before + several + after, execution_options=plain)

    def _as_text(self, connection: Connection, values: list[tuple[Any, ...]]) -> Iterator[str]:
        """Rows as MySQL reads them, by columns: PyMySQL asks each single value what it is."""
        driver: Any = connection.connection.driver_connection
        columns = [_escaped(column, driver.escape) for column in zip(*values, strict=True)]
        return map(self.marks.__mod__, zip(*columns, strict=True))


def _escaped(column: Sequence[Any], escape: Callable[[Any], str]) -> Iterable[str]:
    """Each value once, however often it comes."""
    kinds = set(map(type, column))
    if kinds == {int}:
        return map(str, column)
    if kinds == {datetime}:
        return [f"'{value.isoformat(' ')}'" for value in column]
    known = {value: escape(value) for value in set(column)}
    return map(known.__getitem__, column)


@lru_cache(maxsize=64)
def _compiled(insert: Insert, dialect: Dialect, names: tuple[str, ...]) -> _Compiled:
    compiled: Any = insert.compile(dialect=dialect, column_keys=list(names))
    table: Any = insert.table
    columns = []
    for name in compiled.positiontup:
        # SQLAlchemy names columns with a default of their own even where the rows do not.
        default = table.c[name].default if name in table.c else None
        kind = compiled.binds[name].type.dialect_impl(dialect)
        value = None if default is None else default.arg
        columns.append((name, value, kind.bind_processor(dialect)))
    text = str(compiled)
    marks = _MARKS.search(text)
    return _Compiled(text, marks[1] if marks else "", columns)


def _processed(values: list[Any], process: Callable[[Any], Any] | None) -> list[Any]:
    if process is None:
        return values
    first = values[0]
    if len(values) > 1 and all(value is first for value in values):
        return [process(first)] * len(values)
    return [process(value) for value in values]


Update = Callable[[Any, Any], dict[str, Any]]
"""(old row, new row) → what to set."""


Rows = dict[str, Any] | list[dict[str, Any]] | Select[Any]


def upsert(session: Session, table: Table, rows: Rows, update: Update) -> None:
    """Insert a row, many, or all that a query selects; where the primary key is, `update`.

    `update` is best a function of a module: its statement is then built once.
    """
    if isinstance(rows, Select):
        connection = session.connection()
        names = [column.name for column in rows.selected_columns]
        insert = _insert(connection.dialect.name, table).from_select(names, rows)
        connection.execute(_or_update(insert, table, update))
    else:
        many = rows if isinstance(rows, list) else [rows]
        run(session, _upsert(session.get_bind().dialect.name, table, update), many)


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
