"""Make one of two tracks or artists that are the same, and take that back.

What was merged away stays in its table, shown nowhere: its id leads to the one that is kept, its
name is known to imports, and separating them again finds everything as it was.
"""

from typing import Any

from sqlalchemy import Table, func
from sqlmodel import Session, col, select, update

from app import changes
from app.editing.audit import held_artist, held_track, write_down
from app.editing.correcting import find_by_artist
from app.errors import InvalidInput
from app.listening import count_listeners
from app.listening.moving import move_all, move_back
from app.models import (
    Artist,
    ArtistPick,
    EditKind,
    ExternalId,
    ExternalKind,
    PlaylistTrack,
    Track,
    VideoState,
    WrongVideo,
)
from app.models.columns import utc_now
from app.writes import insert_missing

_PICKS: Table = ArtistPick.__table__  # type: ignore[attr-defined]
_WRONG: Table = WrongVideo.__table__  # type: ignore[attr-defined]
_FILLED = ("album", "year", "genre", "duration_seconds")


def merge_track(session: Session, track_id: int, into_id: int, by: str) -> None:
    """Make all that is of one track be of another: listens, feedback, playlists, ids elsewhere.

    Merging again changes nothing. Raises TrackNotFound, InvalidInput.
    """
    # In the order of their ids, so that no two wait for each other.
    rows = {one: held_track(session, one) for one in sorted({track_id, into_id})}
    merged, kept = rows[track_id], rows[into_id]
    _check(merged, kept, ("trackId", "intoTrackId"))
    is_new = merged.merged_into_id is None
    move_all(session, track_id, into_id)
    _move_ids(session, ExternalKind.TRACK, track_id, into_id)
    places = col(PlaylistTrack.track_id) == track_id
    before = func.coalesce(col(PlaylistTrack.merged_from), track_id)
    session.exec(update(PlaylistTrack).where(places).values(track_id=into_id, merged_from=before))
    earlier = col(Track.merged_into_id) == track_id
    session.exec(update(Track).where(earlier).values(merged_into_id=into_id))
    _fill(session, merged, kept)
    merged.merged_into_id = into_id
    session.add(merged)
    count_listeners(session, [track_id, into_id])
    if is_new:
        thing = (ExternalKind.TRACK, into_id)
        write_down(session, EditKind.MERGE, thing, by, {"title": merged.title}, track_id)


def separate_track(session: Session, track_id: int, by: str) -> None:
    """Take a merge back: what was the track's before it is the track's again.

    What was done with the other track since, and what it was told of this one's album, year,
    genre, length or video, stays there. Raises TrackNotFound, InvalidInput.
    """
    merged = held_track(session, track_id)
    into_id = merged.merged_into_id
    if into_id is None:
        raise InvalidInput("trackId", "is merged into no other track")
    held_track(session, into_id)
    move_back(session, track_id, away_from=into_id)
    for table in (ExternalId, PlaylistTrack):
        ours: Any = ExternalId.our_id if table is ExternalId else PlaylistTrack.track_id
        mine = (col(ours) == into_id, col(table.merged_from) == track_id)
        back = {ours.key: track_id, "merged_from": None}
        session.exec(update(table).where(*mine).values(back))
    merged.merged_into_id = None
    session.add(merged)
    count_listeners(session, [track_id, into_id])
    write_down(session, EditKind.SEPARATE, (ExternalKind.TRACK, into_id), by, {}, track_id)


def merge_artist(session: Session, artist_id: int, into_id: int, by: str) -> None:
    """Make all tracks and picks of one artist those of another; merging again changes nothing.

    Tracks stay as many as they were. Raises ArtistNotFound, InvalidInput.
    """
    rows = {one: held_artist(session, one) for one in sorted({artist_id, into_id})}
    merged, kept = rows[artist_id], rows[into_id]
    _check(merged, kept, ("artistId", "intoArtistId"))
    if merged.merged_into_id == into_id:
        return
    theirs = col(Track.artist_id) == artist_id
    session.exec(update(Track).where(theirs).values(artist_id=into_id))
    find_by_artist(session, into_id)
    picks = session.exec(select(ArtistPick).where(ArtistPick.artist_id == artist_id)).all()
    rows_of = [{**pick.model_dump(), "artist_id": into_id} for pick in picks]
    insert_missing(session, _PICKS, rows_of)
    for pick in picks:
        session.delete(pick)
    _move_ids(session, ExternalKind.ARTIST, artist_id, into_id)
    earlier = col(Artist.merged_into_id) == artist_id
    session.exec(update(Artist).where(earlier).values(merged_into_id=into_id))
    merged.merged_into_id = into_id
    session.add(merged)
    thing = (ExternalKind.ARTIST, into_id)
    write_down(session, EditKind.MERGE, thing, by, {"name": merged.name}, artist_id)
    changes.note(session, artists=[artist_id, into_id])


def _check(merged: Any, kept: Any, fields: tuple[str, str]) -> None:
    if merged.id == kept.id:
        raise InvalidInput(fields[1], "must be another than the one that is merged")
    if kept.merged_into_id is not None:
        raise InvalidInput(fields[1], "was merged into another itself: name that one")
    if merged.merged_into_id not in {None, kept.id}:
        raise InvalidInput(fields[0], "was merged into another already: separate them first")


def _move_ids(session: Session, kind: ExternalKind, our_id: int, into_id: int) -> None:
    """What others call it names the one that is kept, and changes nothing of that."""
    mine = (col(ExternalId.kind) == kind, col(ExternalId.our_id) == our_id)
    before = func.coalesce(col(ExternalId.merged_from), our_id)
    values = {"our_id": into_id, "matched": True, "merged_from": before}
    session.exec(update(ExternalId).where(*mine).values(values))


def _fill(session: Session, merged: Track, kept: Track) -> None:
    """What only the merged track knows; a video that was wrong for it is wrong still."""
    for field in _FILLED:
        if getattr(kept, field) is None:
            setattr(kept, field, getattr(merged, field))
    wrong = session.exec(select(WrongVideo).where(WrongVideo.track_id == merged.id)).all()
    rows = [
        {"track_id": kept.id, "youtube_id": one.youtube_id, "set_aside_at": one.set_aside_at}
        for one in wrong
    ]
    insert_missing(session, _WRONG, rows)
    refused = session.exec(select(WrongVideo.youtube_id).where(WrongVideo.track_id == kept.id))
    if kept.youtube_id is None and merged.youtube_id not in {None, *refused}:
        kept.youtube_id, kept.video_state = merged.youtube_id, VideoState.FOUND
        kept.video_checked_at = utc_now()
    session.add(kept)
