"""A value that cannot be taken, with a reason that programs can tell from others."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Self

from app.errors.base import PyTuneError


class InvalidReason(StrEnum):
    """Why a value cannot be taken; the names of the values that say more are in brackets."""

    OUT_OF_RANGE = "out_of_range"
    """A number or a time (given, least, most; an end that is open is null)."""
    WRONG_LENGTH = "wrong_length"
    """A text (given, least, most: characters)."""
    WRONG_NAME = "wrong_name"
    """A name that is too long, empty or holds what cannot be printed (most: characters)."""
    TOO_MANY = "too_many"
    """A list (given, most)."""
    WRONG_ID = "wrong_id"
    """No id of the kind that is wanted (kind)."""
    WRONG_CURSOR = "wrong_cursor"
    """No cursor of this list."""
    NOT_ONE_OF = "not_one_of"
    """None of a closed set (choices)."""
    WRONG_STATE = "wrong_state"
    """What is named is in no state for this (state)."""
    OTHER = "other"


class InvalidInput(PyTuneError):
    """A value that cannot be taken. `problem` says what is wrong and what to do."""

    code = "invalid_input"
    template = "{field}: {problem}"

    def __init__(
        self, field: str, problem: str, reason: InvalidReason = InvalidReason.OTHER, **values: Any
    ) -> None:
        super().__init__(field=field, problem=problem, **values)
        self.field = field
        self.problem = problem
        self.reason = reason
        self.more = values
        """What the problem is made of, for whoever words it in another way."""

    def on(self, field: str) -> Self:
        """The same of another field."""
        return type(self)(field, self.problem, self.reason, **self.more)


Number = float | int


def out_of_range(field: str, given: Number, least: Number, most: Number | None) -> InvalidInput:
    """A number below the least or, where there is a most, above it."""
    wanted = f"{least} or more" if most is None else f"{least} to {most}"
    problem = f"must be {wanted}, is {given}"
    ends = {"given": given, "least": least, "most": most}
    return InvalidInput(field, problem, InvalidReason.OUT_OF_RANGE, **ends)


def wrong_length(field: str, given: int, least: int, most: int) -> InvalidInput:
    """A text of so many characters."""
    problem = f"must have {least} to {most} characters, has {given}"
    ends = {"given": given, "least": least, "most": most}
    return InvalidInput(field, problem, InvalidReason.WRONG_LENGTH, **ends)


def wrong_name(field: str, given: str, most: int) -> InvalidInput:
    problem = f"must be 1 to {most} printable characters, is {given[:200]!r}"
    return InvalidInput(field, problem, InvalidReason.WRONG_NAME, most=most)


def too_many(field: str, given: int, most: int) -> InvalidInput:
    """A list of so many."""
    problem = f"must be at most {most}, are {given}"
    return InvalidInput(field, problem, InvalidReason.TOO_MANY, given=given, most=most)


def not_one_of(field: str, given: object, choices: Iterable[str]) -> InvalidInput:
    """None of the choices, which are told."""
    known = list(choices)
    problem = f"must be one of {', '.join(known)}, is {str(given)[:200]!r}"
    return InvalidInput(field, problem, InvalidReason.NOT_ONE_OF, choices=known)


def wrong_state(field: str, problem: str, state: str) -> InvalidInput:
    """What the field names is in a state in which this cannot be done."""
    return InvalidInput(field, problem, InvalidReason.WRONG_STATE, state=state)
