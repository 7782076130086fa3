"""A missing video is looked up once, kept, and never guessed."""

from collections.abc import Iterator

import pytest

from app import videos
from app.db import Database
from app.errors import QueueUnavailable
from app.models import Track, VideoState
from app.queue import JobQueue
from app.settings import Settings
from jobs.find_videos import _find_video
from jobs.runtime import Runtime
from tests import making
from tests.music_search import MusicSearch, Song, music_search

RIO = Song("Rio", "Duran Duran", "e3W6yf6c-FA")


@pytest.fixture
def search() -> Iterator[MusicSearch]:
    with music_search() as started:
        yield started


@pytest.fixture
def rio(database: Database) -> int:
    return database.transact(lambda session: making.track(session, "Rio", "Duran Duran"))


def test_a_video_is_found_and_kept(
    settings: Settings, database: Database, search: MusicSearch, rio: int
) -> None:
    search.songs["Duran Duran Rio"] = [RIO]
    track = _looked_up(settings, database, search.url, rio)
    assert (track.youtube_id, track.video_state) == (RIO.video_id, VideoState.FOUND)
    assert search.asked == ["Duran Duran Rio"]


@pytest.mark.parametrize(
    "other",
    [
        Song("Rio (Live)", "Duran Duran", "AAAAAAAAAAA"),
        Song("Rio", "A Cover Band", "BBBBBBBBBBB"),
        Song("Rio", "Duran Duran", "too-short"),
    ],
    ids=lambda song: f"{song.title} by {song.artist}, {song.video_id}",
)
def test_what_only_resembles_the_song_is_passed_over(
    settings: Settings, database: Database, search: MusicSearch, rio: int, other: Song
) -> None:
    search.songs["Duran Duran Rio"] = [other]
    track = _looked_up(settings, database, search.url, rio)
    assert (track.youtube_id, track.video_state) == (None, VideoState.MISSING)


def test_the_song_is_taken_from_behind_others(
    settings: Settings, database: Database, search: MusicSearch, rio: int
) -> None:
    search.songs["Duran Duran Rio"] = [Song("Rio", "A Cover Band", "BBBBBBBBBBB"), RIO]
    assert _looked_up(settings, database, search.url, rio).youtube_id == RIO.video_id


def test_what_was_set_aside_is_passed_over(
    settings: Settings, database: Database, search: MusicSearch, rio: int
) -> None:
    other = Song("Rio", "Duran Duran", "CCCCCCCCCCC")
    search.songs["Duran Duran Rio"] = [RIO, other]
    assert _looked_up(settings, database, search.url, rio).youtube_id == RIO.video_id
    database.transact(lambda session: videos.set_aside(session, rio, RIO.video_id))
    _search(settings, database, search.url, rio)
    assert _track(database, rio).youtube_id == other.video_id


def test_without_network_the_track_is_as_unknown_as_before(
    settings: Settings, database: Database, rio: int
) -> None:
    with music_search() as gone:
        pass
    track = _looked_up(settings, database, gone.url, rio)
    assert (track.youtube_id, track.video_state) == (None, VideoState.UNKNOWN)
    assert database.transact(lambda session: videos.wants_lookup(session, rio))


def test_a_track_is_searched_for_by_one_at_a_time(database: Database, rio: int) -> None:
    assert database.transact(lambda session: videos.wants_lookup(session, rio))
    assert not database.transact(lambda session: videos.wants_lookup(session, rio))


def test_a_missing_video_is_not_asked_for_again_at_once(database: Database, rio: int) -> None:
    database.transact(lambda session: videos.keep(session, rio, None))
    assert not database.transact(lambda session: videos.wants_lookup(session, rio))


def test_a_known_video_is_never_replaced_by_a_search(database: Database, rio: int) -> None:
    database.transact(lambda session: videos.keep(session, rio, RIO.video_id))
    database.transact(lambda session: videos.keep(session, rio, "AAAAAAAAAAA"))
    assert _track(database, rio).youtube_id == RIO.video_id


def test_without_a_queue_nobody_is_left_searching(
    settings: Settings, database: Database, rio: int
) -> None:
    nowhere = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    queue = JobQueue(nowhere)
    with pytest.raises(QueueUnavailable):
        videos.request(database, queue, rio, lambda: None)
    queue.close()
    assert _track(database, rio).video_state is VideoState.UNKNOWN


def _looked_up(settings: Settings, database: Database, url: str, track_id: int) -> Track:
    assert database.transact(lambda session: videos.wants_lookup(session, track_id))
    _search(settings, database, url, track_id)
    return _track(database, track_id)


def _search(settings: Settings, database: Database, url: str, track_id: int) -> None:
    asking = settings.model_copy(update={"video_search_url": url})
    queue = JobQueue(asking)
    _find_video(Runtime(asking, database, queue), track_id)
    queue.close()


def _track(database: Database, track_id: int) -> Track:
    with database.read() as session:
        return session.get_one(Track, track_id)
