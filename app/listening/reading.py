"""What listens and feedback say of a listener."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.listening.tables import USER_ITEMS, feedback_sign, second_of
from app.models import Event, Feedback, UserItem

_FEEDBACK = {1: Feedback.LOVED, -1: Feedback.DISLIKED}


@dataclass(frozen=True, slots=True)
class TrackState:
    """What a listener did with one track."""

    plays: int = 0
    feedback: Feedback | None = None


@dataclass(frozen=True, slots=True)
class UserHistory:
    """All that a listener did, one row per track; every array is (n,)."""

    track_ids: np.ndarray[Any, np.dtype[np.int64]]
    plays: np.ndarray[Any, np.dtype[np.float32]]
    skips: np.ndarray[Any, np.dtype[np.float32]]
    feedback: np.ndarray[Any, np.dtype[np.float32]]
    """1 loved, -1 disliked, 0 neither."""
    listened_at: np.ndarray[Any, np.dtype[np.float64]]
    """POSIX second of the last listen; NaN where there is none, or it has no date."""

    def states(self, track_ids: Sequence[int]) -> dict[int, TrackState]:
        """As `states_of`, of what was read."""
        found = {
            int(self.track_ids[at]): TrackState(
                int(self.plays[at]), _FEEDBACK.get(int(self.feedback[at]))
            )
            for at in np.flatnonzero(np.isin(self.track_ids, track_ids))
        }
        return {track_id: found.get(track_id, TrackState()) for track_id in track_ids}


def history_of(session: Session, user_id: int) -> UserHistory:
    """The listener's row of the interactions, read at the moment of the request."""
    rows = session.connection().execute(
        select_columns(
            USER_ITEMS.c.track_id,
            USER_ITEMS.c.plays,
            USER_ITEMS.c.skips,
            feedback_sign(),
            USER_ITEMS.c.last_listened_at,
        ).where(USER_ITEMS.c.user_id == user_id)
    )
    table = np.array([(*row[:4], second_of(row[4])) for row in rows], dtype=np.float64)
    table = table.reshape(-1, 5)
    plays, skips, feedback = (table[:, column].astype(np.float32) for column in (1, 2, 3))
    return UserHistory(table[:, 0].astype(np.int64), plays, skips, feedback, table[:, 4])


def states_of(session: Session, user_id: int, track_ids: Sequence[int]) -> dict[int, TrackState]:
    """Plays and feedback of each of the tracks, those never met included."""
    statement = select(UserItem).where(
        UserItem.user_id == user_id, col(UserItem.track_id).in_(track_ids)
    )
    found = {row.track_id: TrackState(row.plays, row.feedback) for row in session.exec(statement)}
    return {track_id: found.get(track_id, TrackState()) for track_id in track_ids}


def recent_track_ids(session: Session, user_id: int, limit: int) -> list[int]:
    """The tracks last listened to, newest first, each once."""
    statement = (
        select(UserItem.track_id)
        .where(UserItem.user_id == user_id, col(UserItem.last_listened_at).is_not(None))
        .order_by(col(UserItem.last_listened_at).desc(), col(UserItem.track_id))
        .limit(limit)
    )
    return list(session.exec(statement))


def has_listens(session: Session) -> bool:
    some = select(UserItem.track_id).where(UserItem.plays > 0).limit(1)
    return session.exec(some).first() is not None


def last_event_id(session: Session) -> int:
    """Number of the newest event; 0 without any."""
    return session.exec(select(func.max(Event.id))).one() or 0
