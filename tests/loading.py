"""Which rows a piece of code reads."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event


@contextmanager
def loaded(kind: type) -> Iterator[list[object]]:
    """The rows of a table that are read, as they come."""
    found: list[object] = []

    def note(row: object, *_: object) -> None:
        found.append(row)

    event.listen(kind, "load", note)
    try:
        yield found
    finally:
        event.remove(kind, "load", note)
