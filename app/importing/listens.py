"""Listens of an import and their sums, written in one transaction."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from app.writes import insert_or_tell, upsert


@dataclass(frozen=True, slots=True)
class Names:
    """Our numbers by what the source says, of all that the rows name."""

    users: Mapping[str, int]
    tracks: Mapping[str, int]
    numbers: Mapping[str, int]
    """Those of the ids themselves."""


def add_listens(session: Session, origin: Origin, rows: Sequence[ListenRow], names: Names) -> int:
    """Write those that are not there yet; how many. Of the others it is noted how they came."""
    connection = session.connection()
    before = connection.execute(select_columns(func.max(EVENTS.c.id))).scalar() or 0
    insert_or_tell(session, "came_by", EVENTS, _events(origin, rows, names))
    ours = (EVENTS.c.id > before) & (EVENTS.c.import_id == origin.import_id)
    count = select_columns(func.count()).select_from(EVENTS).where(ours)
    loaded: int = connection.execute(count).scalar_one()
    upsert(session, USER_ITEMS, _sums(ours), add_sums)
    return loaded


def _events(origin: Origin, rows: Sequence[ListenRow], names: Names) -> list[dict[str, Any]]:
    now, users, tracks, numbers = utc_now(), names.users, names.tracks, names.numbers
    return [
        {
            "user_id": users[row.user],
            "track_id": tracks[row.track],
            "kind": EventKind.SKIP if row.is_skip else EventKind.LISTEN,
            "occurred_at": row.listened_at,
            "plays": 0 if row.is_skip else row.plays,
            "seconds_played": row.seconds,
            "source": origin.source,
            "idempotency_key": None if row.listened_at else undated_key(origin.source, row),
            "import_id": origin.import_id,
            "recorded_at": now,
            "came_by": numbers[row.track],
        }
        for row in rows
    ]


def undated_key(source: str, row: ListenRow) -> str:
    """Without a time nothing else would tell a repeated import from a new listen."""
    key = f"{source}:{row.user}:{row.track}"
    if len(key) <= MAX_IDEMPOTENCY_KEY:
        return key
    return f"{source}:{hashlib.sha256(key.encode()).hexdigest()[:60]}"


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
