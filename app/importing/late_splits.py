"""Listens of which nobody knew by which id they came when their track was split.

They had to stay with the other track. Their file tells, when it is imported again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from app.importing.listens import Names, undated_key
from app.importing.rows import ListenRow
from app.listening import EVENTS
from app.listening.moving import sum_tracks_again
from app.models import CatalogueEdit, EditKind, EventKind, ExternalKind, Track
from app.writes import in_parts

Moment = tuple[int, int, str, datetime | str | None]
"""Listener, track, kind, and the time or, without one, the key."""


def last_edit(session: Session) -> int:
    """The number of the last thing that administrators did to the catalogue."""
    return session.connection().execute(select(func.max(col(CatalogueEdit.id)))).scalar() or 0


def splits(session: Session) -> dict[int, int]:
    """Tracks that were split off → the track where the rest is by now."""
    now = func.coalesce(col(Track.merged_into_id), col(Track.id))
    statement = (
        select(col(CatalogueEdit.other_id), now)
        .join_from(CatalogueEdit, Track, col(Track.id) == col(CatalogueEdit.our_id))
        .where(
            col(CatalogueEdit.kind) == EditKind.SPLIT,
            col(CatalogueEdit.thing) == ExternalKind.TRACK,
        )
    )
    rows: Any = session.connection().execute(statement)
    return {row[0]: row[1] for row in rows}


def split_late(
    session: Session,
    source: str,
    rows: Sequence[ListenRow],
    names: Names,
    splits: Mapping[int, int],
) -> None:
    """Make listens that these rows tell of those of the track that was split off."""
    told = [row for row in rows if names.tracks[row.track] in splits] if splits else []
    if not told:
        return
    left = {_moment(source, names, row, splits[names.tracks[row.track]]): row for row in told}
    new = {names.tracks[row.track] for row in told}
    users = {names.users[row.user] for row in told}
    events = _events(session, source, users, new | {splits[track] for track in new})
    there = {_key(event) for event in events}
    moved: set[int] = set()
    for event in events:
        row = left.get(_key(event))
        if row is None or event.came_by is not None:
            continue
        if _moment(source, names, row, names.tracks[row.track]) not in there:
            moved |= {event.track_id, _move(session, event.id, names, row)}
    if moved:
        sum_tracks_again(session, sorted(moved))


def _move(session: Session, event_id: int, names: Names, row: ListenRow) -> int:
    new = names.tracks[row.track]
    values = {"track_id": new, "merged_from": None, "came_by": names.numbers[row.track]}
    session.connection().execute(update(EVENTS).where(EVENTS.c.id == event_id).values(values))
    return new


def _moment(source: str, names: Names, row: ListenRow, track_id: int) -> Moment:
    kind = EventKind.SKIP if row.is_skip else EventKind.LISTEN
    return names.users[row.user], track_id, kind, row.listened_at or undated_key(source, row)


def _key(event: Any) -> Moment:
    return event.user_id, event.track_id, event.kind, event.occurred_at or event.idempotency_key


def _events(session: Session, source: str, users: set[int], tracks: set[int]) -> list[Any]:
    columns = EVENTS.c
    wanted = (columns.id, columns.user_id, columns.track_id, columns.kind, columns.occurred_at)
    found: list[Any] = []
    for some in in_parts(sorted(users)):
        statement = select(*wanted, columns.idempotency_key, columns.came_by).where(
            columns.track_id.in_(tracks), columns.user_id.in_(some), columns.source == source
        )
        found += session.connection().execute(statement).all()
    return found
