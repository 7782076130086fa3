"""Listens of an import and their sums, written in one transaction."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import case, func
from sqlalchemy import select as select_columns
from sqlmodel import Session

from app.importing.identity import Origin
from app.importing.rows import ListenRow
from app.listening import EVENTS, USER_ITEMS, add_sums
from app.models import EventKind
from app.models.columns import utc_now
from app.models.listening import MAX_IDEMPOTENCY_KEY
from app.writes import insert_missing, upsert


def add_listens(
    session: Session,
    origin: Origin,
    rows: Sequence[ListenRow],
    users: Mapping[str, int],
    tracks: Mapping[str, int],
) -> int:
    """Write those that are not there yet; how many."""
    connection = session.connection()
    before = connection.execute(select_columns(func.max(EVENTS.c.id))).scalar() or 0
    insert_missing(session, EVENTS, _events(origin, rows, users, tracks))
    ours = (EVENTS.c.id > before) & (EVENTS.c.import_id == origin.import_id)
    count = select_columns(func.count()).select_from(EVENTS).where(ours)
    loaded: int = connection.execute(count).scalar_one()
    upsert(session, USER_ITEMS, _sums(ours), add_sums)
    return loaded


def _events(
    origin: Origin,
    rows: Sequence[ListenRow],
    users: Mapping[str, int],
    tracks: Mapping[str, int],
) -> list[dict[str, Any]]:
    now = utc_now()
    return [
        {
            "user_id": users[row.user],
            "track_id": tracks[row.track],
            "kind": EventKind.SKIP if row.is_skip else EventKind.LISTEN,
            "occurred_at": row.listened_at,
            "plays": 0 if row.is_skip else row.plays,
            "seconds_played": row.seconds,
            "source": origin.source,
            "idempotency_key": None if row.listened_at else _undated_key(origin, row),
            "import_id": origin.import_id,
            "recorded_at": now,
        }
        for row in rows
    ]


def _undated_key(origin: Origin, row: ListenRow) -> str:
    """Without a time nothing else would tell a repeated import from a new listen."""
    key = f"{origin.source}:{row.user}:{row.track}"
    if len(key) <= MAX_IDEMPOTENCY_KEY:
        return key
    return f"{origin.source}:{hashlib.sha256(key.encode()).hexdigest()[:60]}"


def _sums(ours: Any) -> Any:
    columns = EVENTS.c
    listened = columns.kind == EventKind.LISTEN
    return (
        select_columns(
            columns.user_id,
            columns.track_id,
            func.sum(columns.plays).label("plays"),
            func.sum(case((listened, 0), else_=1)).label("skips"),
            func.max(case((listened, columns.occurred_at))).label("last_listened_at"),
        )
        .where(ours)
        .group_by(columns.user_id, columns.track_id)
        .order_by(columns.user_id, columns.track_id)
    )
