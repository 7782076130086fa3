"""Find and keep a track's YouTube id."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

import requests
from sqlmodel import Session, select

from app import catalog
from app.catalog import CatalogTrack
from app.db import Database
from app.errors import QueueUnavailable, TrackNotFound, VideoSearchFailed
from app.models import Track, VideoState, WrongVideo
from app.models.catalog import MAX_TITLE
from app.models.columns import utc_now
from app.queue import JobName, JobQueue
from app.settings import Settings
from app.text import normalise

_ASK_AGAIN = timedelta(minutes=2)
"""A search that has not answered by then is taken for lost."""
_MISSING_FOR = timedelta(days=7)
"""How long a track that has no video is not searched for again."""
_TIMEOUT_SECONDS = 15
_RESULTS_LOOKED_AT = 5
_ID_LENGTH = 11
_UNKNOWN_FORM = (ValueError, LookupError, TypeError, AttributeError)
"""What the parser raises at an answer that it does not know."""

Count = Callable[[], None]
"""Is called before a search is enqueued or a video set aside; what it raises ends either."""


@dataclass(frozen=True, slots=True)
class Song:
    """A song that YouTube Music knows, whether the catalogue has it or not."""

    video_id: str
    title: str
    artists: tuple[str, ...]
    """One at least."""
    album: str | None = None
    duration_seconds: int | None = None

    @property
    def artist(self) -> str:
        """By whom the catalogue keeps it."""
        return self.artists[0]

    @classmethod
    def of(cls, found: dict[str, Any]) -> Self | None:
        """None where it has no name that can be kept. Raises TypeError and its like."""
        names = [str(one["name"]).strip() for one in found.get("artists") or []]
        title, video_id = str(found["title"]).strip(), str(found.get("videoId"))
        if len(video_id) != _ID_LENGTH or not all(0 < len(n) <= MAX_TITLE for n in [title, *names]):
            return None
        album = str((found.get("album") or {}).get("name") or "")[:MAX_TITLE] or None
        seconds = found.get("duration_seconds")
        return cls(video_id, title, tuple(names), album, seconds) if names else None


@dataclass(frozen=True, slots=True)
class VideoSearch:
    """YouTube Music's search, without a key; `url` may be a stand-in."""

    url: str

    def find(self, title: str, artist: str, refused: Container[str] = ()) -> str | None:
        """Id of the first song by that artist with that title. Raises VideoSearchFailed.

        A wrong song is worse than none: what only resembles the title is passed over, and so is
        what was `refused`.
        """
        for song in self._answer(f"{artist} {title}")[:_RESULTS_LOOKED_AT]:
            if _is_the_song(song, title, artist) and song["videoId"] not in refused:
                return str(song["videoId"])
        return None

    def songs(self, text: str) -> list[Song]:
        """What it knows by any words, the best first. Raises VideoSearchFailed."""
        try:
            found = [Song.of(one) for one in self._answer(text)]
        except _UNKNOWN_FORM as error:
            raise VideoSearchFailed(reason=f"{type(error).__name__}: {error}") from error
        return list({song.video_id: song for song in found if song}.values())

    def _answer(self, text: str) -> list[dict[str, Any]]:
        from ytmusicapi import YTMusic  # slow to import, and seldom needed
        from ytmusicapi.exceptions import YTMusicError

        try:
            with _Elsewhere(self.url) as http:
                return YTMusic(requests_session=http).search(text, filter="songs")
        except (OSError, YTMusicError, *_UNKNOWN_FORM) as error:
            raise VideoSearchFailed(reason=f"{type(error).__name__}: {error}") from error


def request(database: Database, queue: JobQueue, track_id: int, count: Count) -> None:
    """Have the track's video looked for if that is due. Raises TrackNotFound, QueueUnavailable."""
    with database.read() as session:
        if _to_look_up(session, track_id) is None:
            return
    count()
    if database.transact(lambda session: wants_lookup(session, track_id)):
        _enqueue(database, queue, track_id)


def _enqueue(database: Database, queue: JobQueue, track_id: int) -> None:
    """Nobody is left waiting where there is no queue. Raises QueueUnavailable."""
    try:
        queue.enqueue(JobName.FIND_VIDEO, track_id)
    except QueueUnavailable:
        database.transact(lambda session: give_up(session, track_id))
        raise


def wants_lookup(session: Session, track_id: int) -> bool:
    """Mark the track as being searched for if that is due; whether a job should be enqueued."""
    track = _to_look_up(session, track_id)
    if track is None:
        return False
    _begin_search(session, track)
    return True


def _to_look_up(session: Session, track_id: int) -> Track | None:
    """The track, if its video is to be looked for. Raises TrackNotFound."""
    track = session.get(Track, track_id)
    if track is None or track.merged_into_id is not None:
        raise TrackNotFound(track_id)
    return track if track.youtube_id is None and is_due(track) else None


def replace(
    database: Database, queue: JobQueue, track_id: int, youtube_id: str, count: Count
) -> None:
    """Set a video aside and have another looked for. Raises TrackNotFound, QueueUnavailable."""
    with database.read() as session:
        if _shown_by(session, track_id, youtube_id) is None:
            return
    count()
    if database.transact(lambda session: set_aside(session, track_id, youtube_id)):
        _enqueue(database, queue, track_id)


def set_aside(session: Session, track_id: int, youtube_id: str) -> bool:
    """Never find that video for the track again, and mark the track as being searched for.

    False where it has another by now: somebody was quicker. Raises TrackNotFound.
    """
    track = _shown_by(session, track_id, youtube_id)
    if track is None:
        return False
    session.merge(WrongVideo(track_id=track_id, youtube_id=youtube_id))
    track.youtube_id = None
    _begin_search(session, track)
    return True


def _shown_by(session: Session, track_id: int, youtube_id: str) -> Track | None:
    """The track, if that is its video. Raises TrackNotFound."""
    track = session.get(Track, track_id)
    if track is None:
        raise TrackNotFound(track_id)
    return track if track.youtube_id == youtube_id else None


def refused_for(session: Session, track_id: int) -> set[str]:
    """The videos that were set aside for that track."""
    return set(session.exec(select(WrongVideo.youtube_id).where(WrongVideo.track_id == track_id)))


def keep(session: Session, track_id: int, youtube_id: str | None) -> None:
    """Write down what the search found, or that it found nothing."""
    track = session.get(Track, track_id)
    if youtube_id in refused_for(session, track_id):
        return  # set aside while it was being found; the search that began then goes on
    if track is not None and track.youtube_id is None:
        track.youtube_id = youtube_id
        track.video_state = VideoState.FOUND if youtube_id else VideoState.MISSING
        track.video_checked_at = utc_now()
        session.add(track)


def give_up(session: Session, track_id: int) -> None:
    """The search could not be asked: the track is as unknown as before."""
    track = session.get(Track, track_id)
    if track is not None and track.video_state is VideoState.SEARCHING:
        track.video_state = VideoState.UNKNOWN
        session.add(track)


def search_of(settings: Settings) -> VideoSearch:
    return VideoSearch(settings.video_search_url)


def track_to_find(session: Session, track_id: int) -> CatalogTrack:
    """Raises TrackNotFound."""
    return catalog.track(session, track_id)


def is_due(track: Track | CatalogTrack) -> bool:
    """Whether it is worth looking for the track's video (again)."""
    age = utc_now() - track.video_checked_at if track.video_checked_at else None
    match track.video_state:
        case VideoState.FOUND:
            return False
        case VideoState.SEARCHING:
            return age is None or age > _ASK_AGAIN
        case VideoState.MISSING:
            return age is None or age > _MISSING_FOR
        case VideoState.UNKNOWN:
            return True


def due_again_at(track: CatalogTrack) -> datetime | None:
    """When a missing video may be looked for again; None where it is not missing."""
    if track.video_state is not VideoState.MISSING or track.video_checked_at is None:
        return None
    return track.video_checked_at + _MISSING_FOR


def _begin_search(session: Session, track: Track) -> None:
    track.video_state, track.video_checked_at = VideoState.SEARCHING, utc_now()
    session.add(track)


def _is_the_song(song: dict[str, Any], title: str, artist: str) -> bool:
    artists = {normalise(str(other.get("name", ""))) for other in song.get("artists") or []}
    video_id = song.get("videoId")
    if not isinstance(video_id, str) or len(video_id) != _ID_LENGTH:
        return False
    same_title = normalise(str(song.get("title", ""))) == normalise(title)
    return same_title and normalise(artist) in artists


class _Elsewhere(requests.Session):
    """A session that asks another host than the one in the address, and never waits long."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._base = urlsplit(url)

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        asked = urlsplit(str(url))._replace(scheme=self._base.scheme, netloc=self._base.netloc)
        kwargs.setdefault("timeout", _TIMEOUT_SECONDS)
        return super().request(method, urlunsplit(asked), *args, **kwargs)
