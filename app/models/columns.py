"""Column types and options shared by every table."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    Integer,
    SQLColumnExpression,
    String,
    func,
    select,
)
from sqlalchemy.dialects.mysql import DATETIME
from sqlalchemy.types import TypeDecorator

TABLE_OPTIONS: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    # Binary: with the usual collations 'E' = 'é' and some emoji are equal.
    "mysql_collate": "utf8mb4_bin",
}

NUMBERED_ONCE: dict[str, Any] = {**TABLE_OPTIONS, "sqlite_autoincrement": True}
"""No id is given twice, on SQLite too: models, notes and files speak of rows by their ids."""

BigId = BigInteger().with_variant(Integer, "sqlite")
"""64 bits; SQLite numbers rows by itself only where the type is INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in Python, naive UTC with microseconds in the database."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name in {"mysql", "mariadb"}:
            return dialect.type_descriptor(DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: times are kept in UTC.")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


class ClosedSet(TypeDecorator[StrEnum]):
    """Members of an enum, kept as their values in VARCHAR, so that members can be added later.

    A value that is none of them is of a newer version, whose processes run beside this one during
    an upgrade. It is read as the text that it is, which equals no member; what it stands in can be
    shown all the same.
    """

    impl = String
    cache_ok = True

    def __init__(self, enum: type[StrEnum], length: int = 32) -> None:
        super().__init__(length)
        self.enum = enum
        self._members: dict[str | None, Any] = {member.value: member for member in enum}

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        del dialect
        return self._members.get(value, value)


class HasId(Protocol):
    id: int | None


def id_of(row: HasId) -> int:
    """The id of a row that the database has numbered."""
    if row.id is None:
        raise ValueError(f"{row!r} was not flushed: it has no id yet.")
    return row.id


def newest_of_each(
    most: int,
    number: SQLColumnExpression[Any],
    group: SQLColumnExpression[int],
    groups: Sequence[int],
) -> ColumnElement[bool]:
    """Of the rows of each of the groups those with the greatest numbers, at most so many."""
    place = func.row_number().over(partition_by=group, order_by=number.desc()).label("place")
    placed = select(number.label("number"), place).where(group.in_(groups)).subquery()
    return number.in_(select(placed.c.number).where(placed.c.place <= most))


def utc_now() -> datetime:
    return datetime.now(UTC)
