"""Make one of two tracks that are the same, and take that back.

What was merged away stays in its table, shown nowhere: its id leads to the one that is kept, its
name is known to imports, and separating them again finds everything as it was.
"""

from sqlalchemy import Table
from sqlmodel import Session, col, func, select, update

from app.editing.audit import held_track, write_down
from app.editing.joining import check, lead, lead_back, put_back, went_along
from app.errors import InvalidInput
from app.listening import count_listeners
from app.listening.moving import move_all, move_back
from app.models import (
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

_WRONG: Table = WrongVideo.__table__  # type: ignore[attr-defined]
_FILLED = ("album", "year", "genre", "duration_seconds")


def merge_track(session: Session, track_id: int, into_id: int, by: str) -> None:
    """Make all that is of one track be of another: listens, feedback, playlists, ids elsewhere.

    Merging again changes nothing. Raises TrackNotFound, InvalidInput.
    """
    # In the order of their ids, so that no two wait for each other.
    rows = {one: held_track(session, one) for one in sorted({track_id, into_id})}
    merged, kept = rows[track_id], rows[into_id]
    check(merged, kept, ("trackId", "intoTrackId"))
    is_new = merged.merged_into_id is None
    move_all(session, track_id, into_id)
    places = col(PlaylistTrack.track_id) == track_id
    before = func.coalesce(col(PlaylistTrack.merged_from), track_id)
    session.exec(update(PlaylistTrack).where(places).values(track_id=into_id, merged_from=before))
    _fill(session, merged, kept)
    lead(session, ExternalKind.TRACK, merged, into_id)
    count_listeners(session, [track_id, into_id])
    if is_new:
        thing = (ExternalKind.TRACK, into_id)
        write_down(session, EditKind.MERGE, thing, by, {"title": merged.title}, track_id)


def separate_track(session: Session, track_id: int, by: str) -> None:
    """Take a merge back: what was the track's before it is the track's again.

    So is what came since by its own ids, and what had been merged into it before. What else was
    done with the other track since, and what that was told of this one's album, year, genre, length
    or video, stays there. Raises TrackNotFound, InvalidInput.
    """
    merged = held_track(session, track_id)
    into_id = merged.merged_into_id
    if into_id is None:
        raise InvalidInput("trackId", "is merged into no other track")
    held_track(session, into_id)
    along = went_along(session, ExternalKind.TRACK, track_id, into_id)
    own = _own_ids(session, into_id, [track_id, *along])
    move_back(session, track_id, into_id, along, own)
    here = col(PlaylistTrack.track_id) == into_id
    put_back(session, PlaylistTrack, PlaylistTrack.track_id, track_id, along, here)
    lead_back(session, ExternalKind.TRACK, merged, along)
    count_listeners(session, [track_id, into_id])
    write_down(session, EditKind.SEPARATE, (ExternalKind.TRACK, into_id), by, {}, track_id)


def _own_ids(session: Session, into_id: int, track_ids: list[int]) -> list[int]:
    """Numbers of the ids that some tracks brought into the one that is kept."""
    theirs = (
        ExternalId.kind == ExternalKind.TRACK,
        ExternalId.our_id == into_id,
        col(ExternalId.merged_from).in_(track_ids),
    )
    return [number for number in session.exec(select(ExternalId.id).where(*theirs)) if number]


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
