"""What two imports do to the same things at once; the later one looks again and goes on."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.db import Database

_COLLISIONS = 5
"""Of one transaction; after so many it is no coincidence."""

T = TypeVar("T")


def transact_again(
    database: Database, work: Callable[[Session], T], look_again: Callable[[], None]
) -> T:
    """Where somebody has just added or removed what `work` counted on, look again and repeat it."""
    for _ in range(_COLLISIONS):
        try:
            return database.transact(work)
        except IntegrityError:
            look_again()
    return database.transact(work)
