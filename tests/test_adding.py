"""A song is added once, as the search names it, and to whichever track it is already."""

from collections.abc import Iterator

import pytest

from app import adding, catalog, videos
from app.catalog import CatalogTrack
from app.db import Database
from app.editing import merge_track
from app.errors import InvalidInput, SongNotFound, VideoSearchFailed
from app.matching import Recording
from app.models import VideoState
from app.videos import VideoSearch
from tests import making
from tests.music_search import MusicSearch, Song, music_search

TEXT = "duran rio"
ID = "e3W6yf6c-FA"
RIO = Song("Rio", "Duran Duran", ID, "5:36")


@pytest.fixture(scope="module")
def music() -> Iterator[MusicSearch]:
    with music_search() as started:
        yield started


@pytest.fixture
def search(music: MusicSearch) -> VideoSearch:
    music.songs[TEXT] = [Song("Rio", "A Cover Band", "BBBBBBBBBBB"), RIO]
    return VideoSearch(music.url)


def test_a_song_is_added_once_with_its_video(database: Database, search: VideoSearch) -> None:
    added = adding.add(database, search, TEXT, ID)
    track = _track(database, added.track_id)
    assert added.is_new
    assert (track.title, track.artist_name, track.duration_seconds) == ("Rio", "Duran Duran", 336)
    assert (track.youtube_id, track.video_state) == (ID, VideoState.FOUND)
    again = adding.add(database, search, TEXT, ID)
    assert again == adding.Added(added.track_id, is_new=False)
    cover = adding.add(database, search, TEXT, "BBBBBBBBBBB")
    assert cover.is_new
    assert cover.track_id != added.track_id


def test_a_song_that_is_there_is_found_and_left_as_it_is(
    database: Database, search: VideoSearch
) -> None:
    wrong = "AAAAAAAAAAA"
    with database.write() as session:
        there = making.track(session, "RIO (2009 Remaster)", "Duran Duran", youtube_id=wrong)
    for _ in range(2):
        found = adding.add(database, search, TEXT, ID)
        assert found == adding.Added(there, is_new=False)
    assert _track(database, there).youtube_id == wrong


def test_a_track_that_shows_the_video_is_the_song(database: Database, search: VideoSearch) -> None:
    with database.write() as session:
        there = making.track(session, "Rio", "Duran x Duran", youtube_id=ID)
    assert adding.add(database, search, TEXT, ID) == adding.Added(there, is_new=False)


def test_a_song_by_several_is_found_by_any_of_them(database: Database) -> None:
    song = videos.Song(ID, "Rio", ("Somebody Else", "Duran Duran"))
    key = Recording.of("Rio", "Duran Duran").key
    with database.write() as session:
        there = making.track(session, "Rio", "Duran Duran", match_key=key)
        assert adding.add_song(session, song) == adding.Added(there, is_new=False)


def test_what_was_merged_leads_to_what_is_kept(database: Database, search: VideoSearch) -> None:
    added = adding.add(database, search, TEXT, ID)
    with database.write() as session:
        kept = making.track(session, "Rio (Single)", "Duran Duran")
        merge_track(session, added.track_id, kept, "root")
    assert adding.add(database, search, TEXT, ID) == adding.Added(kept, is_new=False)


def test_only_what_the_search_found_is_added(database: Database, search: VideoSearch) -> None:
    with pytest.raises(SongNotFound):
        adding.add(database, search, TEXT, "CCCCCCCCCCC")
    with pytest.raises(SongNotFound):
        adding.add(database, search, "  !?", ID)
    with pytest.raises(InvalidInput):
        adding.add(database, search, "x" * 201, ID)
    with database.read() as session:
        assert catalog.count_tracks(session) == 0


def test_without_the_search_nothing_is_added(database: Database) -> None:
    with music_search() as gone:
        pass
    with pytest.raises(VideoSearchFailed):
        adding.add(database, VideoSearch(gone.url), TEXT, ID)


def test_songs_that_cannot_be_kept_are_left_out(music: MusicSearch, search: VideoSearch) -> None:
    music.songs["long"] = [Song("x" * 501, "A", ID), Song("Rio", "A", "short"), RIO, RIO]
    assert adding.songs(search, "long") == [videos.Song(ID, "Rio", ("Duran Duran",), None, 336)]
    asked = len(music.asked)
    assert adding.songs(search, " ") == []
    assert len(music.asked) == asked


def _track(database: Database, number: int) -> CatalogTrack:
    with database.read() as session:
        return catalog.track(session, number)
