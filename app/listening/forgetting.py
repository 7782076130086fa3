"""Forget listens or whole tracks, as if they had never been; sums follow in the transaction.

Lists that were served stay on record: they say what PyTune recommended, not what was heard.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, delete, func, update
from sqlalchemy import select as select_columns
from sqlmodel import Session

from app.listening.holding import hold
from app.listening.tables import EVENTS, USER_ITEMS
from app.models import EventKind


def forget_listens(session: Session, user_id: int, event_ids: Sequence[int]) -> list[int]:
    """Erase some of the listener's own listens; their tracks. Those of others are left alone."""
    hold(session, user_id)
    chosen = (
        (EVENTS.c.user_id == user_id)
        & (EVENTS.c.kind == EventKind.LISTEN)
        & EVENTS.c.id.in_(event_ids)
    )
    connection = session.connection()
    tracks = sorted(
        set(connection.execute(select_columns(EVENTS.c.track_id).where(chosen)).scalars())
    )
    connection.execute(delete(EVENTS).where(chosen))
    sum_again(session, user_id, tracks)
    return tracks


def forget_track(session: Session, user_id: int, track_id: int) -> int:
    """Erase all that the listener did with a track, feedback included; how many events."""
    hold(session, user_id)
    connection = session.connection()
    events = (EVENTS.c.user_id == user_id) & (EVENTS.c.track_id == track_id)
    items = (USER_ITEMS.c.user_id == user_id) & (USER_ITEMS.c.track_id == track_id)
    forgotten = connection.execute(delete(EVENTS).where(events)).rowcount
    connection.execute(delete(USER_ITEMS).where(items))
    return forgotten


def sum_again(session: Session, user_id: int, track_ids: Sequence[int]) -> None:
    """Make the sums of these tracks those of the events that are left; feedback stays."""
    items, connection = USER_ITEMS.c, session.connection()
    chosen = (items.user_id == user_id) & items.track_id.in_(track_ids)
    listened, skipped = EVENTS.c.kind == EventKind.LISTEN, EVENTS.c.kind == EventKind.SKIP
    sums = {
        "plays": _of_events(func.coalesce(func.sum(case((listened, EVENTS.c.plays), else_=0)), 0)),
        "skips": _of_events(func.coalesce(func.sum(case((skipped, 1), else_=0)), 0)),
        "last_listened_at": _of_events(func.max(case((listened, EVENTS.c.occurred_at)))),
    }
    connection.execute(update(USER_ITEMS).where(chosen).values(sums))
    left = select_columns(EVENTS.c.id).where(_summed()).exists()
    connection.execute(delete(USER_ITEMS).where(chosen, ~left))


def _of_events(value: Any) -> Any:
    """A value of the events that an updated row sums up."""
    return select_columns(value).where(_summed()).scalar_subquery()


def _summed() -> Any:
    """Which events a row of user_item sums up."""
    items = USER_ITEMS.c
    return (EVENTS.c.user_id == items.user_id) & (EVENTS.c.track_id == items.track_id)
