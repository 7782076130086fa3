"""Use-cases: what most listeners have played lately."""

import threading
import time
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.db import Database
from app.models import Event, EventKind
from app.models.columns import utc_now

WINDOW = timedelta(days=30)
LENGTH = 40
_KEPT_SECONDS = 600.0
"""Counting reads every listen of the window; the list changes slowly."""


def most_played(session: Session, since: datetime, first: int) -> list[int]:
    """The tracks that most listeners have played since then, most first."""
    listeners = func.count(func.distinct(Event.user_id))
    statement = (
        select(Event.track_id)
        .where(Event.kind == EventKind.LISTEN, col(Event.occurred_at) >= since)
        .group_by(col(Event.track_id))
        .order_by(listeners.desc(), func.count().desc(), col(Event.track_id))
        .limit(first)
    )
    return list(session.exec(statement))


class Chart:
    """The tracks most played in the window, counted again when they are old."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._track_ids: list[int] = []
        self._counted_at = -_KEPT_SECONDS

    @property
    def track_ids(self) -> list[int]:
        with self._lock:
            if time.monotonic() - self._counted_at >= _KEPT_SECONDS:
                with self._database.read() as session:
                    self._track_ids = most_played(session, utc_now() - WINDOW, LENGTH)
                self._counted_at = time.monotonic()
            return self._track_ids
