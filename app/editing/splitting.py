"""Take apart what was wrongly made one: what came by some ids becomes a track of its own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select, update

from app.editing.audit import held_track, write_down
from app.editing.correcting import checked_name, find_by
from app.editing.origins import Origin, come_by, origins_of
from app.errors import InvalidInput
from app.errors.invalid import not_one_of
from app.importing import takeout
from app.importing.identity import artist_key, artists_by_key
from app.listening import count_listeners
from app.listening.moving import move_some
from app.matching import Recording
from app.models import (
    Artist,
    EditKind,
    ExternalId,
    ExternalKind,
    Playlist,
    PlaylistTrack,
    Track,
    VideoState,
    WrongVideo,
)
from app.models.columns import id_of, utc_now
from app.writes import in_parts

_COPIED = ("album", "year", "genre", "duration_seconds")


@dataclass(frozen=True, slots=True)
class Split:
    """What becomes of a track where some of its origins mean another one."""

    goes: list[Origin]
    stays: list[Origin]
    title: str
    """What the sources call what goes; where nobody knows, what the track is called."""
    artist: str

    @property
    def untold(self) -> list[Origin]:
        """Listens that stay of sources some of whose ids go: nobody knows by which they came."""
        sources = {one.source for one in self.goes if one.number is not None}
        return [one for one in self.stays if one.number is None and one.source in sources]


def would_split(session: Session, track_id: int, keys: Collection[str]) -> Split:
    """Raises InvalidInput for an origin that the track has not, or where nothing would stay."""
    known = origins_of(session, track_id)
    names = [one.key for one in known]
    if not keys:
        raise InvalidInput("origins", "must name one at least")
    for key in keys:
        if key not in names:
            raise not_one_of("origins", key, names)
    stays = [one for one in known if one.key not in keys]
    if not stays:
        raise InvalidInput("origins", "must not be all of them: correct the track instead")
    goes = [one for one in known if one.key in keys]
    return Split(goes, stays, *_called(session, track_id, goes))


def split_track(
    session: Session,
    track_id: int,
    keys: Collection[str],
    by: str,
    title: str | None = None,
    artist: str | None = None,
) -> int:
    """Make the ids and listens of these origins those of a new track; its id.

    It is called as the sources call it, unless something else is said; later imports know it by
    its ids and change nothing of it. Of listeners all of whose listens go, loves, dislikes and
    places in playlists go too. Merging it takes the split back. Raises TrackNotFound, InvalidInput.
    """
    row = held_track(session, track_id)
    if row.merged_into_id is not None:
        raise InvalidInput("trackId", "was merged into another: split that one")
    split = would_split(session, track_id, keys)
    title = checked_name("title", split.title if title is None else title)
    artist = checked_name("artist", split.artist if artist is None else artist)
    new = _added(session, row, title, artist)
    new_id = id_of(new)
    _move_ids(session, new_id, split.goes)
    everything = [*split.goes, *split.stays]
    over = move_some(session, track_id, new_id, come_by(split.goes, everything))
    _move_places(session, track_id, new_id, over)
    _move_video(session, row, new, split.goes)
    count_listeners(session, [track_id, new_id])
    said = {
        "sources": sorted({one.source for one in split.goes}),
        "ids": [one.external_id for one in split.goes if one.external_id],
    }
    write_down(session, EditKind.SPLIT, (ExternalKind.TRACK, track_id), by, said, new_id)
    return new_id


def _called(session: Session, track_id: int, goes: Sequence[Origin]) -> tuple[str, str]:
    """The names that most listens came by."""
    for one in sorted(goes, key=lambda one: -one.listens):
        if one.title and one.artist:
            return one.title, one.artist
    track = session.get_one(Track, track_id)
    return track.title, session.get_one(Artist, track.artist_id).name


def _added(session: Session, row: Track, title: str, artist: str) -> Track:
    """The new track; of the same name it is a copy, for the rest to be corrected."""
    key = artist_key(artist)
    artist_id = artists_by_key(session, [artist], {})[key]
    new = Track(title=title, artist_id=artist_id, search_key="")
    find_by(new, session.get_one(Artist, artist_id).name)
    if Recording.of(row.title, session.get_one(Artist, row.artist_id).name).key == new.match_key:
        new.sqlmodel_update({name: getattr(row, name) for name in _COPIED})
    session.add(new)
    session.flush()
    return new


def _move_ids(session: Session, new_id: int, goes: Sequence[Origin]) -> None:
    values = {"our_id": new_id, "matched": True, "merged_from": None}
    for some in in_parts([one.number for one in goes if one.number is not None]):
        session.exec(update(ExternalId).where(col(ExternalId.id).in_(some)).values(values))


def _move_places(session: Session, track_id: int, new_id: int, listeners: Sequence[int]) -> None:
    for some in in_parts(listeners):
        theirs = select(Playlist.id).where(col(Playlist.user_id).in_(some))
        mine = (
            col(PlaylistTrack.track_id) == track_id,
            col(PlaylistTrack.playlist_id).in_(theirs),
        )
        values = {"track_id": new_id, "merged_from": None}
        session.exec(update(PlaylistTrack).where(*mine).values(values))


def _move_video(session: Session, row: Track, new: Track, goes: Sequence[Origin]) -> None:
    """An id of a video is what shows the track; the other is looked for anew."""
    videos = [one.external_id for one in goes if one.source == takeout.SOURCE and one.external_id]
    wrong = select(WrongVideo.youtube_id).where(WrongVideo.track_id == row.id)
    refused = set(session.exec(wrong))
    mine = row.youtube_id if row.youtube_id in videos else None
    shown = mine or next((video for video in videos if video not in refused), None)
    if mine:
        row.youtube_id, row.video_state, row.video_checked_at = None, VideoState.UNKNOWN, None
        session.add(row)
    if shown:
        new.youtube_id, new.video_state = shown, VideoState.FOUND
        new.video_checked_at = utc_now()
        session.add(new)
