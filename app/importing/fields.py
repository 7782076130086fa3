"""Checks of single values, shared by the readers. Each raises InvalidInput naming the field."""

import re
from datetime import UTC, datetime

from app.errors import InvalidInput
from app.listening import checked_time

MAX_EXTERNAL_ID = 255
MAX_PLAYS = 1_000_000
SHOWN = 40
"""Characters of a value that are shown in a reason."""
YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_EXAMPLE = "2026-03-01T18:22:05Z"


def present(field: str, value: str, limit: int) -> str:
    """The value without blanks around it."""
    value = value.strip()
    if not value:
        raise InvalidInput(field, "is empty")
    if len(value) > limit:
        raise InvalidInput(field, f"has {len(value)} characters, at most {limit} can be kept")
    return value


def moment(field: str, value: str, now: datetime) -> datetime:
    """A time without a zone is taken as UTC."""
    try:
        read = datetime.fromisoformat(value)
    except ValueError as error:
        raise InvalidInput(field, f"{value[:SHOWN]!r} is no date such as {_EXAMPLE}") from error
    return past(field, read if read.tzinfo else read.replace(tzinfo=UTC), now, value)


def past(field: str, read: datetime, now: datetime, shown: str) -> datetime:
    try:
        return checked_time(read, now)
    except (InvalidInput, OverflowError) as error:
        problem = f"{shown[:SHOWN]!r} does not lie between 1970 and now"
        raise InvalidInput(field, problem) from error


def plays(field: str, value: str) -> int:
    try:
        number = float(value)
    except ValueError:
        number = 0
    if not 1 <= number <= MAX_PLAYS or number != int(number):
        raise InvalidInput(field, f"must be a whole number of 1 or more, is {value[:SHOWN]!r}")
    return int(number)
