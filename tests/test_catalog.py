"""Tracks and artists: found by what people type, in pages that inserts do not shift."""

import pytest
from sqlmodel import Session

from app import catalog
from app.catalog import After
from app.db import Database
from app.errors import ArtistNotFound, TrackNotFound
from app.models import Track
from tests import making

LIBRARY = [
    ("Halo", "Beyoncé"),
    ("With or Without You", "U2"),
    ("Uncertain Smile", "The The"),
    ("The End", "The Doors"),
    ("Группа крови", "Кино"),
    ("夏なんです", "はっぴいえんど"),
    ("Thunderstruck", "AC/DC"),
    ("???", "XXXTentacion"),
    ("100% Pure Love", "Crystal Waters"),
    ("under_score", "C:\\Back\\slash"),
]
"""The better known first."""


@pytest.fixture
def library(database: Database) -> Database:
    with database.write() as session:
        for place, (title, artist) in enumerate(LIBRARY):
            making.track(session, title, artist, listener_count=len(LIBRARY) - place)
    return database


def _titles(session: Session, text: str | None) -> list[str]:
    found = catalog.search_tracks(session, text, 20)
    assert catalog.count_tracks(session, text) == len(found)
    return [track.title for track in found]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("beyonce", ["Halo"]),
        ("BEYONCÉ", ["Halo"]),
        ("hal", ["Halo"]),
        ("alo", []),
        ("U2", ["With or Without You"]),
        ("u2 without", ["With or Without You"]),
        ("you with u2", ["With or Without You"]),
        ("you halo", []),
        ("the", ["Uncertain Smile", "The End"]),
        ("The The", ["Uncertain Smile", "The End"]),
        ("КИНО", ["Группа крови"]),
        ("кров груп", ["Группа крови"]),
        ("なんです", ["夏なんです"]),
        ("えんど 夏", ["夏なんです"]),
        ("ac/dc", ["Thunderstruck"]),
        ("AC DC", ["Thunderstruck"]),
        ("acdc", []),
        ("???", ["???"]),
        ("100%", ["100% Pure Love"]),
        ("%", []),
        ("_", []),
        ("under score", ["under_score"]),
        ("back\\slash", ["under_score"]),
        ("'; DROP TABLE track; --", []),
        ("\x00", []),
        ("\ud800", [title for title, _ in LIBRARY]),
        ("x" * 100_000, []),
        ("   ", [title for title, _ in LIBRARY]),
        (None, [title for title, _ in LIBRARY]),
    ],
)
def test_every_word_begins_a_word(library: Database, text: str | None, titles: list[str]) -> None:
    with library.read() as session:
        assert _titles(session, text) == titles


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("the", ["The The", "The Doors"]),
        ("BEYONCE", ["Beyoncé"]),
        ("doo the", ["The Doors"]),
        ("кин", ["Кино"]),
        ("ぴい", ["はっぴいえんど"]),
        ("halo", []),
    ],
)
def test_artists_are_found_by_their_names(library: Database, text: str, names: list[str]) -> None:
    with library.read() as session:
        found = catalog.search_artists(session, text, 20)
        assert catalog.count_artists(session, text) == len(found)
    assert [artist.name for artist in found] == names


def test_an_artist_is_as_known_as_all_their_tracks(database: Database) -> None:
    with database.write() as session:
        making.track(session, "Hit", "One Hit", listener_count=5)
        for number in range(3):
            making.track(session, f"Song {number}", "Steady", listener_count=2)
        first, second = catalog.search_artists(session, None, 20)
    assert (first.name, first.listener_count, first.track_count) == ("Steady", 6, 3)
    assert (second.name, second.listener_count, second.track_count) == ("One Hit", 5, 1)


def test_pages_follow_each_other(database: Database) -> None:
    """Ties are broken by id."""
    with database.write() as session:
        made = [making.track(session, "Song", listener_count=n // 3) for n in range(9)]
        pages, after = [], None
        while page := catalog.search_tracks(session, "song", 2, after):
            pages += [track.id for track in page]
            after = After(page[-1].listener_count, page[-1].id)
    assert pages == [*made[6:], *made[3:6], *made[:3]]


def test_what_is_added_meanwhile_shifts_no_page(database: Database) -> None:
    with database.write() as session:
        made = making.tracks(session, 4)
        artist_id = catalog.track(session, made[0]).artist_id
        first = catalog.tracks_of_artist(session, artist_id, 2)
        making.track(session, "Newest", listener_count=100)
        making.track(session, "Rarest", listener_count=0)
        after = After(first[-1].listener_count, first[-1].id)
        second = catalog.tracks_of_artist(session, artist_id, 2, after)
    assert [track.id for track in [*first, *second]] == made


def test_pages_of_artists_follow_each_other(database: Database) -> None:
    with database.write() as session:
        for name, known in [("A", 1), ("B", 3), ("C", 1), ("D", 2)]:
            making.track(session, "Song", name, listener_count=known)
        names, after = [], None
        while page := catalog.search_artists(session, None, 1, after):
            names += [artist.name for artist in page]
            after = After(page[-1].listener_count, page[-1].id)
    assert names == ["B", "D", "A", "C"]


def test_a_track_comes_with_all_that_a_list_shows(database: Database) -> None:
    with database.write() as session:
        number = making.track(
            session, "Halo", "Beyoncé", year=2008, album="Sasha", youtube_id="bnVUHWCynig"
        )
        found = catalog.track(session, number)
    assert (found.title, found.artist_name, found.album) == ("Halo", "Beyoncé", "Sasha")
    assert (found.year, found.genre, found.youtube_id) == (2008, None, "bnVUHWCynig")


def test_what_is_not_there_is_named(database: Database) -> None:
    with database.read() as session:
        with pytest.raises(TrackNotFound, match="No track has id 12345"):
            catalog.track(session, 12345)
        with pytest.raises(ArtistNotFound, match="No artist has id 12345"):
            catalog.artist(session, 12345)


def test_tracks_and_artists_come_in_the_order_of_their_ids(database: Database) -> None:
    with database.write() as session:
        first, second = making.track(session, "A", "A"), making.track(session, "B", "B")
        tracks = catalog.tracks_by_id(session, [second, -1, first, second])
        ids = [track.artist_id for track in tracks if track]
        artists = catalog.artists_by_id(session, [*ids, -1])
        assert catalog.existing_tracks(session, [first, -1]) == {first}
    assert [track and track.title for track in tracks] == ["B", None, "A", "B"]
    assert [artist and artist.name for artist in artists] == ["B", "A", "B", None]


def test_the_best_known_tracks_come_first(library: Database) -> None:
    with library.read() as session:
        popular = catalog.popular_tracks(session, 3)
    assert [track.title for track in popular] == [title for title, _ in LIBRARY[:3]]
    assert [track.listener_count for track in popular] == [10, 9, 8]


def test_akin_are_the_artists_tracks_then_those_of_the_genre(database: Database) -> None:
    with database.write() as session:
        genre = {"genre": "soul"}
        asked = making.track(session, "A", "Nina", **genre)
        making.track(session, "B", "Otis", listener_count=9, **genre)
        making.track(session, "C", "Nina", listener_count=1)
        making.track(session, "D", "Nina", listener_count=2)
        making.track(session, "E", "Abba", listener_count=99, genre="pop")
        akin = catalog.tracks_akin(session, catalog.track(session, asked), 10)
        assert [track.title for track in akin] == ["D", "C", "B"]
        without_genre = session.get_one(Track, asked)
        without_genre.genre = None
        session.flush()
        akin = catalog.tracks_akin(session, catalog.track(session, asked), 10)
    assert [track.title for track in akin] == ["D", "C"]
