"""Forget listens or whole tracks, as if they had never been; sums follow in the transaction.

Lists that were served stay on record: they say what PyTune recommended, not what was heard.
"""

from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy import select as select_columns
from sqlmodel import Session

from app.listening.holding import hold
from app.listening.summing import sum_again
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
