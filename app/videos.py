"""Find and keep a track's YouTube id."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from sqlmodel import Session

from app import catalog
from app.catalog import CatalogTrack
from app.db import Database
from app.errors import QueueUnavailable, TrackNotFound, VideoSearchFailed
from app.models import Track, VideoState
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


@dataclass(frozen=True, slots=True)
class VideoSearch:
    """YouTube Music's search, without a key; `url` may be a stand-in."""

    url: str

    def find(self, title: str, artist: str) -> str | None:
        """Id of the first song by that artist with that title. Raises VideoSearchFailed.

        A wrong song is worse than none: what only resembles the title is passed over.
        """
        from ytmusicapi import YTMusic  # slow to import, and needed by one job alone
        from ytmusicapi.exceptions import YTMusicError

        try:
            with _Elsewhere(self.url) as http:
                found = YTMusic(requests_session=http).search(f"{artist} {title}", filter="songs")
        except (OSError, YTMusicError, *_UNKNOWN_FORM) as error:
            raise VideoSearchFailed(reason=f"{type(error).__name__}: {error}") from error
        for song in found[:_RESULTS_LOOKED_AT]:
            if _is_the_song(song, title, artist):
                return str(song["videoId"])
        return None


def request(database: Database, queue: JobQueue, track_id: int) -> None:
    """Have the track's video looked for if that is due. Raises TrackNotFound, QueueUnavailable."""
    if not database.transact(lambda session: wants_lookup(session, track_id)):
        return
    try:
        queue.enqueue(JobName.FIND_VIDEO, track_id)
    except QueueUnavailable:
        database.transact(lambda session: give_up(session, track_id))
        raise


def wants_lookup(session: Session, track_id: int) -> bool:
    """Mark the track as being searched for if that is due; whether a job should be enqueued."""
    track = session.get(Track, track_id)
    if track is None:
        raise TrackNotFound(track_id)
    if track.youtube_id is not None or not _is_due(track.video_state, track.video_checked_at):
        return False
    track.video_state, track.video_checked_at = VideoState.SEARCHING, utc_now()
    session.add(track)
    return True


def keep(session: Session, track_id: int, youtube_id: str | None) -> None:
    """Write down what the search found, or that it found nothing."""
    track = session.get(Track, track_id)
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


def _is_due(state: VideoState, checked_at: datetime | None) -> bool:
    age = utc_now() - checked_at if checked_at else None
    match state:
        case VideoState.FOUND:
            return False
        case VideoState.SEARCHING:
            return age is None or age > _ASK_AGAIN
        case VideoState.MISSING:
            return age is None or age > _MISSING_FOR
        case VideoState.UNKNOWN:
            return True


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
