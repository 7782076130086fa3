"""Pauses of the record: what was heard in one is not written down, whenever it is reported.

Players keep what they cannot send, and may do so until long after a pause.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, not_, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from app.listening.holding import hold
from app.models import RecordPause, User
from app.models.columns import UtcDateTime, utc_now


@dataclass(frozen=True, slots=True)
class Pauses:
    """When a listener's record was paused: from, and until, None where it still is."""

    spans: tuple[tuple[datetime, datetime | None], ...]

    def cover(self, began: datetime, seconds: int | None = None) -> bool:
        """Whether any of what was heard from then on, for so long, was heard in a pause."""
        ended = end_of(began, seconds)
        return any(
            start < ended and (until is None or began < until) for start, until in self.spans
        )


def end_of(began: datetime, seconds: int | None) -> datetime:
    """Of a listen; one whose length nobody told is as long as its second."""
    return began + timedelta(seconds=max(seconds or 0, 1))


def held_pauses(session: Session, user_id: int) -> Pauses:
    """The listener's pauses; nobody begins or ends one until the end of the transaction."""
    since = hold(session, user_id)
    row = RecordPause.__table__.c  # type: ignore[attr-defined]
    over = select_columns(row.began_at, row.ended_at).where(row.user_id == user_id)
    spans = [(began, ended) for began, ended in session.connection().execute(over)]
    return Pauses((*spans, (since, None)) if since else tuple(spans))


def pauses_of(session: Session, user_ids: Collection[int]) -> dict[int, Pauses]:
    """The pauses of each of these listeners, without those who are gone; nobody is held."""
    connection = session.connection()
    user, row = User.__table__.c, RecordPause.__table__.c  # type: ignore[attr-defined]
    since = select_columns(user.id, user.paused_at).where(user.id.in_(user_ids))
    spans: dict[int, list[tuple[datetime, datetime | None]]] = {
        number: [(began, None)] if began else [] for number, began in connection.execute(since)
    }
    # After those: a pause that ends in between is found twice rather than not at all.
    over = select_columns(row.user_id, row.began_at, row.ended_at).where(row.user_id.in_(user_ids))
    for number, began, ended in connection.execute(over):
        if number in spans:
            spans[number].append((began, ended))
    return {number: Pauses(tuple(some)) for number, some in spans.items()}


def set_paused(session: Session, user_id: int, *, paused: bool) -> None:
    """Pause the record of listening, or go on with it; pausing again changes nothing."""
    since = hold(session, user_id)
    if paused == (since is not None):
        return
    user = session.get_one(User, user_id, populate_existing=True)
    user.paused_at = utc_now() if paused else None
    session.add(user)
    # Listens are known by the second, and whoever goes on means what begins from now on.
    until = utc_now().replace(microsecond=0)
    if since is not None and until > since:
        session.add(RecordPause(user_id=user_id, began_at=since, ended_at=until))
    session.flush()


def is_paused(session: Session, user_id: int) -> bool:
    return session.get_one(User, user_id).paused_at is not None


def _uncovered() -> Any:
    """Whether no pause covers what was heard from `began` to `ended`."""
    began = bindparam("began", type_=UtcDateTime())
    ended = bindparam("ended", type_=UtcDateTime())
    earlier = exists().where(
        col(RecordPause.user_id) == col(User.id),
        col(RecordPause.began_at) < ended,
        col(RecordPause.ended_at) > began,
    )
    return or_(col(User.paused_at).is_(None), col(User.paused_at) >= ended) & ~earlier


_WHO = col(User.id) == bindparam("who")
RECORDING = select_columns(col(User.id)).where(_WHO, _uncovered())
"""The user `who`, unless a pause covers what was heard from `began` to `ended`."""
PAUSED = select_columns(col(User.id)).where(_WHO, not_(_uncovered()))
"""As `RECORDING`, where one does. Built once: that takes longer than to execute them."""
