"""The two tables of listening as Core knows them, and how sums grow."""

from datetime import datetime
from math import nan
from typing import Any

from sqlalchemy import Table, case

from app.models import Event, Feedback, UserItem

EVENTS: Table = Event.__table__  # type: ignore[attr-defined]
USER_ITEMS: Table = UserItem.__table__  # type: ignore[attr-defined]


def add_sums(old: Any, new: Any) -> dict[str, Any]:
    """What an upsert into user_item sets: sums added, the later time kept."""
    later = case(
        (new.last_listened_at.is_(None), old.last_listened_at),
        (old.last_listened_at.is_(None), new.last_listened_at),
        (new.last_listened_at > old.last_listened_at, new.last_listened_at),
        else_=old.last_listened_at,
    )
    return {
        "plays": old.plays + new.plays,
        "skips": old.skips + new.skips,
        "last_listened_at": later,
    }


def second_of(moment: datetime | None) -> float:
    """The POSIX second; NaN for none."""
    return nan if moment is None else moment.timestamp()


def feedback_sign() -> Any:
    """1 loved, -1 disliked, 0 neither: a column of a query on user_item."""
    feedback = USER_ITEMS.c.feedback
    return case((feedback == Feedback.LOVED, 1), (feedback == Feedback.DISLIKED, -1), else_=0)
