"""Which tracks of the catalogue a source's rows mean; docs/importing.md says the rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, bindparam, func, tuple_
from sqlalchemy import select as select_columns
from sqlalchemy import update as update_rows
from sqlmodel import Session

from app.importing.identity import ARTISTS, EXTERNAL_IDS
from app.importing.rows import TrackRow
from app.matching import Recording
from app.models import ExternalKind, Track
from app.writes import in_parts

TRACKS: Table = Track.__table__  # type: ignore[attr-defined]
_KEYS_AT_ONCE = 2_000


@dataclass(slots=True)
class Found:
    """What became of rows whose ids were new."""

    tracks: dict[str, int] = field(default_factory=dict)
    """The id at the source → our track."""
    twins: dict[str, str] = field(default_factory=dict)
    """The id at the source → that of an earlier row, which is the same new track."""


def find(session: Session, source: str, rows: Mapping[str, TrackRow], *, joins: bool) -> Found:
    """Look rows up by what other catalogues call them, then by artist and title.

    `joins` says that several ids of this source may be one track, as on streaming services.
    Where they may not, a track that the source knows by another id is another track.
    """
    recordings = {
        external: Recording.of(row.title, row.artist, row.duration_seconds)
        for external, row in rows.items()
    }
    named = _by_name(session, {recording.key for recording in recordings.values()})
    taken = set() if joins else _known_to(session, source, named)
    elsewhere = _elsewhere(session, rows.values())
    found = Found()
    new: dict[str, list[str]] = {}
    for external, row in rows.items():
        mine = recordings[external]
        # An id of another catalogue is somebody's word: names must not speak against it.
        track = _first(
            track_id
            for track_id, other in (*_hits(elsewhere, row), *named.get(mine.key, ()))
            if track_id not in taken and mine.agrees(other)
        )
        if track is not None:
            found.tracks[external] = track
            if not joins:
                taken.add(track)
            continue
        twin = _first(n for n in new.get(mine.key, ()) if joins and mine.agrees(recordings[n]))
        if twin is not None:
            found.twins[external] = twin
        new.setdefault(mine.key, []).append(external)
    return found


def fill_keys(session: Session) -> int:
    """Give keys to tracks that have none yet; how many. A few at a time: call it until it is 0."""
    statement = (
        select_columns(TRACKS.c.id, TRACKS.c.title, ARTISTS.c.name)
        .join_from(TRACKS, ARTISTS, ARTISTS.c.id == TRACKS.c.artist_id)
        .where(TRACKS.c.match_key.is_(None))
        .limit(_KEYS_AT_ONCE)
    )
    rows = session.connection().execute(statement).all()
    if rows:
        keys = [{"this": row.id, "key": Recording.of(row.title, row.name).key} for row in rows]
        session.connection().execute(
            update_rows(TRACKS)
            .where(TRACKS.c.id == bindparam("this"))
            .values(match_key=bindparam("key")),
            keys,
        )
    return len(rows)


def _by_name(session: Session, keys: Iterable[str]) -> dict[str, list[tuple[int, Recording]]]:
    """Tracks by key, the best known first; also by the names of those merged into them."""
    found: dict[str, list[tuple[int, Recording]]] = {}
    columns = TRACKS.c
    kept = func.coalesce(columns.merged_into_id, columns.id).label("id")
    for some in in_parts(sorted(keys)):
        statement = (
            select_columns(kept, columns.title, ARTISTS.c.name, columns.duration_seconds)
            .join_from(TRACKS, ARTISTS, ARTISTS.c.id == columns.artist_id)
            .where(columns.match_key.in_(some))
            .order_by(columns.listener_count.desc(), columns.id)
        )
        for row in session.connection().execute(statement):
            recording = Recording.of(row.title, row.name, row.duration_seconds)
            found.setdefault(recording.key, []).append((row.id, recording))
    return found


def _known_to(
    session: Session, source: str, named: Mapping[str, Sequence[tuple[int, Recording]]]
) -> set[int]:
    """Those of the tracks that the source has an id for."""
    columns = EXTERNAL_IDS.c
    ids = sorted({track_id for tracks in named.values() for track_id, _ in tracks})
    known: set[int] = set()
    for some in in_parts(ids):
        statement = select_columns(columns.our_id).where(
            columns.kind == ExternalKind.TRACK,
            columns.our_id.in_(some),
            columns.source == source,
        )
        known.update(session.connection().execute(statement).scalars())
    return known


def _elsewhere(
    session: Session, rows: Iterable[TrackRow]
) -> dict[tuple[str, str], tuple[int, Recording]]:
    """Tracks by what other catalogues call them."""
    columns = EXTERNAL_IDS.c
    names = sorted({name for row in rows for name in row.also})
    found: dict[tuple[str, str], tuple[int, Recording]] = {}
    for some in in_parts(names):
        statement = (
            select_columns(
                columns.source,
                columns.external_id,
                TRACKS.c.id,
                TRACKS.c.title,
                ARTISTS.c.name,
                TRACKS.c.duration_seconds,
            )
            .join_from(EXTERNAL_IDS, TRACKS, TRACKS.c.id == columns.our_id)
            .join(ARTISTS, ARTISTS.c.id == TRACKS.c.artist_id)
            .where(
                columns.kind == ExternalKind.TRACK,
                tuple_(columns.source, columns.external_id).in_(some),
            )
        )
        for row in session.connection().execute(statement):
            recording = Recording.of(row.title, row.name, row.duration_seconds)
            found[row.source, row.external_id] = (row.id, recording)
    return found


def _hits(
    elsewhere: Mapping[tuple[str, str], tuple[int, Recording]], row: TrackRow
) -> list[tuple[int, Recording]]:
    return [elsewhere[name] for name in row.also if name in elsewhere]


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)
