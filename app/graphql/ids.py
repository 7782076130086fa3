"""Global ids: one text that names a thing among all of PyTune's."""

from binascii import a2b_base64, b2a_base64

import strawberry

from app.errors import InvalidInput, InvalidReason

_DIGITS = 10
_LARGEST = 2**31 - 1
"""Ids are 32-bit columns; a larger number would not even reach the database."""


@strawberry.interface(description="Anything with an id that is unique in all of PyTune.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="A global id: opaque, lasting, and accepted by `node`."
    )


def global_id(kind: str, number: int) -> strawberry.ID:
    return strawberry.ID(b2a_base64(f"{kind}:{number}".encode(), newline=False).decode())


def decoded(text: str) -> tuple[str, int] | None:
    """Kind and number of a global id; None for anything that we never gave out."""
    try:
        kind, _, digits = a2b_base64(text).decode().partition(":")
    except ValueError:
        return None
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS):
        return None
    number = int(digits)
    given_out = number <= _LARGEST and global_id(kind, number) == text
    return (kind, number) if given_out else None


def number_of(text: str, kind: str) -> int | None:
    """The number in a global id of this kind; None for any other text."""
    try:
        number = int(a2b_base64(text)[len(kind) + 1 :][: _DIGITS + 1])
    except ValueError:
        return None
    # What is written again alike was of this kind, and had nothing before or after it.
    given_out = 0 <= number <= _LARGEST and global_id(kind, number) == text
    return number if given_out else None


def required_number(text: str, kind: str, field: str) -> int:
    """As `number_of`, but raises InvalidInput naming the field."""
    number = number_of(text, kind)
    if number is None:
        problem = f"must be the id of a {kind.lower()}, as the API gave it"
        raise InvalidInput(field, problem, InvalidReason.WRONG_ID, kind=kind)
    return number
