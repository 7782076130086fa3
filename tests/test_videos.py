"""When a video is looked for, and whose."""

from datetime import datetime, timedelta

import pytest

from app import videos
from app.db import Database
from app.errors import TrackNotFound
from app.models import Track, VideoState
from app.models.columns import utc_now
from app.videos import _is_the_song
from tests import making

ID = "e3W6yf6c-FA"
SONG = {"title": "Rio", "artists": [{"name": "Duran Duran", "id": None}], "videoId": ID}


@pytest.mark.parametrize(
    ("state", "age", "wanted"),
    [
        (VideoState.UNKNOWN, None, True),
        (VideoState.UNKNOWN, timedelta(0), True),
        (VideoState.SEARCHING, timedelta(seconds=110), False),
        (VideoState.SEARCHING, timedelta(seconds=130), True),
        (VideoState.SEARCHING, None, True),
        (VideoState.MISSING, timedelta(days=6), False),
        (VideoState.MISSING, timedelta(days=8), True),
        (VideoState.FOUND, timedelta(days=800), False),
    ],
)
def test_a_search_is_due_when_the_last_one_is_over_or_old(
    database: Database, state: VideoState, age: timedelta | None, *, wanted: bool
) -> None:
    checked_at: datetime | None = None if age is None else utc_now() - age
    with database.write() as session:
        number = making.track(session, "Rio", video_state=state, video_checked_at=checked_at)
        assert videos.wants_lookup(session, number) == wanted
        track = session.get_one(Track, number)
    assert track.video_state is (VideoState.SEARCHING if wanted else state)


def test_a_video_that_is_known_is_not_looked_for(database: Database) -> None:
    with database.write() as session:
        number = making.track(session, "Rio", youtube_id=ID)
        assert not videos.wants_lookup(session, number)
        with pytest.raises(TrackNotFound):
            videos.wants_lookup(session, number + 1000)


def test_giving_up_undoes_a_search_alone(database: Database) -> None:
    with database.write() as session:
        states = {}
        for state in VideoState:
            number = making.track(session, "Rio", video_state=state)
            videos.give_up(session, number)
            states[state] = session.get_one(Track, number).video_state
        videos.give_up(session, 12345)
        videos.keep(session, 12345, ID)
    assert states == {**{state: state for state in VideoState}, VideoState.SEARCHING: "unknown"}


@pytest.mark.parametrize(
    "found",
    [
        SONG,
        SONG | {"title": "RIO"},
        SONG | {"artists": [{"name": "Somebody"}, {"name": "DURAN DURAN"}]},
    ],
)
def test_it_is_the_song_by_title_and_one_of_the_artists(found: dict[str, object]) -> None:
    assert _is_the_song(found, "Rio", "Duran Duran")


@pytest.mark.parametrize(
    "found",
    [
        {},
        SONG | {"title": "Rio (Live)"},
        SONG | {"title": None},
        SONG | {"artists": None},
        SONG | {"artists": []},
        SONG | {"artists": [{"name": None}]},
        SONG | {"artists": [{"name": "Duran"}]},
        SONG | {"videoId": None},
        SONG | {"videoId": "short"},
        SONG | {"videoId": 12345678901},
    ],
)
def test_anything_else_is_not_the_song(found: dict[str, object]) -> None:
    assert not _is_the_song(found, "Rio", "Duran Duran")


def test_a_video_that_was_set_aside_is_not_taken_again(database: Database) -> None:
    with database.write() as session:
        number = making.track(session, "Rio", youtube_id=ID, video_state=VideoState.FOUND)
        assert videos.set_aside(session, number, ID)
        assert not videos.set_aside(session, number, ID)
        track = session.get_one(Track, number)
        assert (track.youtube_id, track.video_state) == (None, VideoState.SEARCHING)
        videos.keep(session, number, ID)
        assert (track.youtube_id, track.video_state) == (None, VideoState.SEARCHING)
        videos.keep(session, number, "AAAAAAAAAAA")
        assert videos.set_aside(session, number, "AAAAAAAAAAA")
        assert videos.refused_for(session, number) == {ID, "AAAAAAAAAAA"}


def test_nothing_is_set_aside_of_nobody(database: Database) -> None:
    with database.write() as session, pytest.raises(TrackNotFound):
        videos.set_aside(session, 12345, ID)
