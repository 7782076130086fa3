"""Sums made anew from the events that are left."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, delete, func, update
from sqlalchemy import select as select_columns
from sqlmodel import Session

from app.listening.tables import EVENTS, USER_ITEMS
from app.models import EventKind

_LISTENED, _SKIPPED = EVENTS.c.kind == EventKind.LISTEN, EVENTS.c.kind == EventKind.SKIP
SUMS: dict[str, Any] = {
    "plays": func.coalesce(func.sum(case((_LISTENED, EVENTS.c.plays), else_=0)), 0),
    "skips": func.coalesce(func.sum(case((_SKIPPED, 1), else_=0)), 0),
    "last_listened_at": func.max(case((_LISTENED, EVENTS.c.occurred_at))),
}
"""What some events come to, by the column of the sums that holds it."""


def sum_again(session: Session, user_id: int, track_ids: Sequence[int]) -> None:
    """Make a listener's sums of these tracks those of the events; feedback stays."""
    items, connection = USER_ITEMS.c, session.connection()
    chosen = (items.user_id == user_id) & items.track_id.in_(track_ids)
    sums = {name: _of_events(value) for name, value in SUMS.items()}
    connection.execute(update(USER_ITEMS).where(chosen).values(sums))
    left = select_columns(EVENTS.c.id).where(_summed()).exists()
    connection.execute(delete(USER_ITEMS).where(chosen, ~left))


def _of_events(value: Any) -> Any:
    return select_columns(value).where(_summed()).scalar_subquery()


def _summed() -> Any:
    items = USER_ITEMS.c
    return (EVENTS.c.user_id == items.user_id) & (EVENTS.c.track_id == items.track_id)
