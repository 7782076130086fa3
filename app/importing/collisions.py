"""What two imports, or one and an administrator, do to the same things at once.

The later one looks again and goes on.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.db import Database
from app.turns import CATALOGUE, take_turn

_COLLISIONS = 5
"""Of one transaction; after so many it is no coincidence."""

T = TypeVar("T")


class EditedMeanwhile(Exception):
    """An administrator has edited the catalogue after `work` looked at it."""


def transact_again(
    database: Database, work: Callable[[Session], T], look_again: Callable[[], None]
) -> T:
    """Where somebody has just added or removed what `work` counted on, look again and repeat it.

    After EditedMeanwhile nobody edits the catalogue until it is done.
    """
    repeated = work
    for _ in range(_COLLISIONS):
        try:
            return database.transact(repeated)
        except IntegrityError:
            look_again()
        except EditedMeanwhile:
            repeated = partial(_in_turn, work=work)
            look_again()
    return database.transact(repeated)


def _in_turn(session: Session, work: Callable[[Session], T]) -> T:
    take_turn(session, CATALOGUE)
    return work(session)
