"""Column types and options shared by every table."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer
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


def enum_type(enum: type[StrEnum], length: int = 32) -> Enum:
    """A closed set kept as its values in VARCHAR, so that members can be added later."""
    return Enum(
        enum,
        native_enum=False,
        create_constraint=False,
        length=length,
        values_callable=lambda members: [member.value for member in members],
    )


class HasId(Protocol):
    id: int | None


def id_of(row: HasId) -> int:
    """The id of a row that the database has numbered."""
    if row.id is None:
        raise ValueError(f"{row!r} was not flushed: it has no id yet.")
    return row.id


def utc_now() -> datetime:
    return datetime.now(UTC)
