"""Use-cases: add a song that the catalogue lacks, as YouTube Music's search knows it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, union_all
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from app.db import Database
from app.errors import SongNotFound
from app.errors.invalid import wrong_length
from app.importing.identity import Ids, Origin, remember
from app.importing.rows import TrackRow
from app.importing.track_search import fill_keys, find
from app.importing.tracks import add_tracks, as_kept
from app.models import ExternalId, ExternalKind, Track
from app.text import normalise
from app.turns import CATALOGUE, take_turn
from app.videos import Song, VideoSearch

MAX_TEXT = 200
"""Characters of what is searched for."""
_ORIGIN = Origin("youtube")
"""Its ids are those of videos."""


@dataclass(frozen=True, slots=True)
class Added:
    track_id: int
    is_new: bool
    """False where the catalogue had it, or somebody was quicker."""


def songs(search: VideoSearch, text: str) -> list[Song]:
    """The best known first; nothing for no words. Raises InvalidInput, VideoSearchFailed."""
    if len(text) > MAX_TEXT:
        raise wrong_length("text", len(text), 0, MAX_TEXT)
    return search.songs(text.strip()) if normalise(text) else []


def add(database: Database, search: VideoSearch, text: str, video_id: str) -> Added:
    """Add the song that a search for that text finds under that video.

    The search is repeated: what a song is called is for it to say, not for whoever adds it.
    Raises InvalidInput, SongNotFound, VideoSearchFailed.
    """
    song = next((one for one in songs(search, text) if one.video_id == video_id), None)
    if song is None:
        raise SongNotFound(video_id)
    while database.transact(fill_keys):
        pass
    return database.transact(lambda session: add_song(session, song))


def add_song(session: Session, song: Song) -> Added:
    """One track for one video, and none for a song that the catalogue has by any of its artists."""
    take_turn(session, CATALOGUE)
    known = _of_video(session, song.video_id)
    if known is not None:
        return Added(known, is_new=False)
    said = {str(place): _row(song, artist) for place, artist in enumerate(song.artists)}
    rows = as_kept(session, said)
    had = next(iter(find(session, _ORIGIN.source, rows, joins=True).tracks.values()), None)
    if had is not None:
        ids, called = {song.video_id: had}, {song.video_id: _row(song, song.artist)}
        remember(session, _ORIGIN, ExternalKind.TRACK, ids, matched=True, rows=called)
        return Added(had, is_new=False)
    new = {song.video_id: _row(song, song.artist)}
    added = add_tracks(session, _ORIGIN, new, Ids(), joins=True)
    return Added(added.tracks[song.video_id], is_new=True)


def _of_video(session: Session, video_id: str) -> int | None:
    """The track that was added as that video, or shows it; the one that is kept of a merge."""
    added: Any = select_columns(col(ExternalId.our_id).label("id")).where(
        col(ExternalId.source) == _ORIGIN.source,
        col(ExternalId.kind) == ExternalKind.TRACK,
        col(ExternalId.external_id) == video_id,
    )
    showing: Any = select_columns(col(Track.id).label("id")).where(
        col(Track.youtube_id) == video_id
    )
    either = union_all(added, showing).subquery()
    kept = func.coalesce(col(Track.merged_into_id), col(Track.id))
    joined = select_columns(func.min(kept)).join_from(Track, either, either.c.id == col(Track.id))
    found: int | None = session.connection().execute(joined).scalar()
    return found


def _row(song: Song, artist: str) -> TrackRow:
    return TrackRow(
        external_id=song.video_id,
        title=song.title,
        artist=artist,
        album=song.album,
        duration_seconds=song.duration_seconds,
        youtube_id=song.video_id,
    )
