"""Listens of which nobody knew by which id they came when their track was split.

They stayed, or went, all together. Their file tells which is whose, when it is imported again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased
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


def splits(session: Session) -> dict[int, frozenset[int]]:
    """Tracks that were split, or split off → the others that each has been one with.

    What was merged into another since is that one by now.
    """
    ours, other = aliased(Track), aliased(Track)
    edit = CatalogueEdit
    statement = (
        select(
            func.coalesce(ours.merged_into_id, edit.our_id),
            func.coalesce(other.merged_into_id, edit.other_id),
        )
        .select_from(edit)
        .outerjoin(ours, col(ours.id) == edit.our_id)
        .outerjoin(other, col(other.id) == edit.other_id)
        .where(
            col(edit.kind) == EditKind.SPLIT,
            col(edit.thing) == ExternalKind.TRACK,
            col(edit.other_id).is_not(None),
        )
    )
    rows: Any = session.connection().execute(statement)
    return _others(rows)


def _others(pairs: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    """What each is joined to, be it by way of others."""
    joined: dict[int, set[int]] = {}
    for pair in pairs:
        group = set(pair).union(*(joined.get(one, ()) for one in pair))
        joined.update(dict.fromkeys(group, group))
    others = {one: frozenset(group - {one}) for one, group in joined.items()}
    return {one: rest for one, rest in others.items() if rest}


def split_late(
    session: Session,
    source: str,
    rows: Sequence[ListenRow],
    names: Names,
    splits: Mapping[int, frozenset[int]],
) -> None:
    """Make listens that these rows tell of those of the track that their ids mean by now."""
    told = [row for row in rows if names.tracks[row.track] in splits] if splits else []
    if not told:
        return
    left = {
        _moment(source, names, row, other): row
        for row in told
        for other in splits[names.tracks[row.track]]
    }
    meant = {names.tracks[row.track] for row in told}
    users = {names.users[row.user] for row in told}
    events = _events(session, source, users, meant.union(*(splits[track] for track in meant)))
    there = {_key(event) for event in events}
    moved: set[int] = set()
    for event in events:
        row = left.get(_key(event))
        if row is None or event.came_by not in {None, names.numbers[row.track]}:
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
    for some, these in product(in_parts(sorted(users)), list(in_parts(sorted(tracks)))):
        statement = select(*wanted, columns.idempotency_key, columns.came_by).where(
            columns.track_id.in_(these), columns.user_id.in_(some), columns.source == source
        )
        found += session.connection().execute(statement).all()
    return found
