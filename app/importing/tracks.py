"""Tracks of an import: found in the catalogue or added to it, and changed where theirs."""

from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlmodel import Session, col, select

from app import catalog, changes, turns
from app.importing.identity import (
    Ids,
    Origin,
    artist_key,
    artists_by_key,
    names_of_kept,
    remember,
    remember_elsewhere,
)
from app.importing.rows import TrackRow
from app.importing.track_search import TRACKS, find
from app.matching import Recording
from app.models import ExternalKind, Track, VideoState, WrongVideo
from app.models.catalog import MAX_KEY
from app.models.columns import id_of, utc_now
from app.turns import take_turn
from app.writes import insert_numbered

_KEPT_IF_ABSENT = ("album", "year", "genre", "duration_seconds", "youtube_id")
_OF_A_VIDEO = ("youtube_id", "video_state")
_BLANK: dict[str, Any] = {
    **dict.fromkeys(_KEPT_IF_ABSENT),
    "video_state": VideoState.UNKNOWN,
    "listener_count": 0,
}


def add_tracks(
    session: Session, origin: Origin, said: Mapping[str, TrackRow], known: Ids, *, joins: bool
) -> Ids:
    """The tracks of ids that are new: those that were there already, and those added now."""
    if said:
        # Two who bring the same new song or artist at once shall add it once.
        take_turn(session, turns.TRACKS)
    rows = as_kept(session, said)
    found = find(session, origin.source, rows, joins=joins)
    missing = {
        external: row
        for external, row in rows.items()
        if external not in found.tracks and external not in found.twins
    }
    artists = artists_by_key(session, (row.artist for row in missing.values()), known.artists)
    keys = ChainMap(artists, known.artists)
    now = utc_now()
    values = [
        {**_BLANK, "created_at": now, **_values(row, keys[artist_key(row.artist)])}
        for row in missing.values()
    ]
    added = dict(zip(missing, insert_numbered(session, TRACKS, values), strict=True))
    numbers = remember(session, origin, ExternalKind.TRACK, added, rows=said)
    twins = {external: added[first] for external, first in found.twins.items()}
    borrowed = found.tracks | twins
    numbers |= remember(session, origin, ExternalKind.TRACK, borrowed, matched=True, rows=said)
    tracks = added | borrowed
    elsewhere = ((row, tracks[external]) for external, row in said.items())
    remember_elsewhere(session, origin.import_id, elsewhere)
    shared = {found.tracks[external]: rows[external] for external in found.tracks}
    _fill(session, shared, videos=not joins)
    theirs = set(found.tracks.values())
    return Ids(tracks=tracks, artists=artists, borrowed=theirs, numbers=numbers)


def change_tracks(
    session: Session, said: Mapping[str, TrackRow], known: Ids, new: Ids, *, joins: bool
) -> int:
    """Write what an import says anew of tracks it knows; how many changed."""
    rows = as_kept(session, said)
    own = {
        known.tracks[external]: row
        for external, row in rows.items()
        if known.tracks[external] not in known.borrowed
    }
    others = {
        known.tracks[external]: row
        for external, row in rows.items()
        if known.tracks[external] in known.borrowed
    }
    artists = ChainMap(new.artists, known.artists)
    new.artists |= artists_by_key(session, (row.artist for row in own.values()), artists)
    wanted = {
        track_id: _values(row, artists[artist_key(row.artist)]) for track_id, row in own.items()
    }
    return _change(session, wanted) + _fill(session, others, videos=not joins)


def as_kept(session: Session, rows: Mapping[str, TrackRow]) -> Mapping[str, TrackRow]:
    """The rows with the artist that each one's own was merged into, as that is called."""
    names = names_of_kept(session) if rows else {}
    if not names:
        return rows
    return {
        external: replace(row, artist=names.get(artist_key(row.artist), row.artist))
        for external, row in rows.items()
    }


def _values(row: TrackRow, artist_id: int) -> dict[str, Any]:
    key = catalog.search_key(row.title, row.artist)[: 2 * MAX_KEY]
    return {
        "title": row.title,
        "artist_id": artist_id,
        "search_key": key,
        "match_key": Recording.of(row.title, row.artist).key,
        **_optional(row),
    }


def _optional(row: TrackRow) -> dict[str, Any]:
    """What a file does not know is no reason to forget what we do."""
    values = {name: getattr(row, name) for name in _KEPT_IF_ABSENT}
    known = {name: value for name, value in values.items() if value is not None}
    if row.youtube_id is not None:
        known["video_state"] = VideoState.FOUND
    return known


def _change(session: Session, wanted: Mapping[int, dict[str, Any]]) -> int:
    refused, changed = _set_aside(session, wanted), []
    for track in session.exec(select(Track).where(TRACKS.c.id.in_(wanted))):
        new = wanted[id_of(track)]
        if (id_of(track), new.get("youtube_id")) in refused:
            new = {name: value for name, value in new.items() if name not in _OF_A_VIDEO}
        if any(getattr(track, name) != value for name, value in new.items()):
            if new.get("artist_id", track.artist_id) != track.artist_id:
                track.artist_merged_from = None
            track.sqlmodel_update(new)
            session.add(track)
            changed.append(id_of(track))
    # First the turn, then the rows, as whoever edits tracks.
    changes.note(session, tracks=changed)
    session.flush()
    return len(changed)


def _set_aside(session: Session, track_ids: Iterable[int]) -> set[tuple[int, str]]:
    """The videos that listeners have found to be wrong: a file says nothing new with them."""
    wrong = select(WrongVideo).where(col(WrongVideo.track_id).in_(track_ids))
    return {(video.track_id, video.youtube_id) for video in session.exec(wrong)}


def _fill(session: Session, rows: Mapping[int, TrackRow], *, videos: bool) -> int:
    """Add what nobody has said yet of tracks that others have brought; how many changed.

    Without `videos` where a listener says it: what all hear is not for one of them to choose.
    """
    wanted = {}
    for track in session.exec(select(Track).where(TRACKS.c.id.in_(rows))):
        said = _optional(rows[int(track.id or 0)])
        if track.youtube_id is not None or not videos:
            said.pop("video_state", None)
        if not videos:
            said.pop("youtube_id", None)
        wanted[int(track.id or 0)] = {
            name: value
            for name, value in said.items()
            if getattr(track, name) is None or name == "video_state"
        }
    return _change(session, wanted)
