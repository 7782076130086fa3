"""What a listener did since a moment: little, and in order."""

from datetime import datetime

import numpy as np
from sqlalchemy import select as select_columns
from sqlmodel import Session

from app.listening import EVENTS, UserHistory
from app.models import EventKind

_MOST = 1000
_SIGN = {EventKind.LOVE: 1, EventKind.DISLIKE: -1, EventKind.CLEAR: 0}


def history_since(session: Session, user_id: int, since: datetime) -> UserHistory:
    """The listener's doings at or after a moment, one row per track, the last touched last."""
    columns = EVENTS.c
    statement = (
        select_columns(columns.track_id, columns.kind, columns.plays)
        .where(columns.user_id == user_id, columns.occurred_at >= since)
        .order_by(columns.occurred_at.desc(), columns.id.desc())
        .limit(_MOST)
    )
    done: dict[int, list[float]] = {}
    for track_id, kind, plays in reversed(session.connection().execute(statement).all()):
        sums = done.pop(track_id, [0, 0, 0])
        sums[0] += plays if kind is EventKind.LISTEN else 0
        sums[1] += kind is EventKind.SKIP
        sums[2] = _SIGN.get(kind, sums[2])
        done[track_id] = sums
    table = np.array(list(done.values()), dtype=np.float32).reshape(-1, 3)
    track_ids, undated = np.array(list(done), dtype=np.int64), np.full(len(done), np.nan)
    return UserHistory(track_ids, table[:, 0], table[:, 1], table[:, 2], undated)
