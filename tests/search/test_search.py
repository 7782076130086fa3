"""Search as people type: over either database, while the catalogue changes."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, delete, select

from app import catalog, changes
from app.db import Database
from app.models import Artist, Track
from app.models.columns import id_of
from app.search import Place, Search
from app.search import following as following_file
from tests import making

LIBRARY = [
    ("Halo", "Beyoncé"),
    ("With or Without You", "U2"),
    ("They Don't Care", "The Theorists"),
    ("Uncertain Smile", "The The"),
    ("The End", "The Doors"),
    ("Группа крови", "Кино"),
    ("夏なんです", "はっぴいえんど"),
    ("Thunderstruck", "AC/DC"),
    ("???", "XXXTentacion"),
    ("100% Pure Love", "Crystal Waters"),
    ("under_score", "C:\\Back\\slash"),
    ("Hey Jude", "The Beatles"),
    ("Halo Effect", "Rush"),
    ("Ζορμπάς", "Μίκης Θεοδωράκης"),
]
"""The better known first."""
EVERYTHING = [title for title, _ in LIBRARY]


@dataclass
class Library:
    database: Database
    search: Search

    def titles(self, text: str | None, first: int = 20) -> list[str]:
        with self.database.read() as session:
            found = [row.title for row, _ in self.search.tracks(session, text, first)]
            assert self.search.count_tracks(session, text) >= len(found)
        return found

    def names(self, text: str) -> list[str]:
        with self.database.read() as session:
            found = self.search.artists(session, text, 20)
            assert self.search.count_artists(session, text) == len(found)
        return [row.name for row, _ in found]


@pytest.fixture
def library(database: Database) -> Iterator[Library]:
    with database.write() as session:
        for place, (title, artist) in enumerate(LIBRARY):
            making.track(session, title, artist, listener_count=len(LIBRARY) - place)
    search = Search(database)
    yield Library(database, search)
    search.stop()


FINDS = {
    "beyonce": ["Halo"],
    "BEYONCÉ": ["Halo"],
    "hal": ["Halo", "Halo Effect"],
    "alo": [],
    "U2": ["With or Without You"],
    "u2 without": ["With or Without You"],
    "you with u2": ["With or Without You"],
    "you halo": [],
    "The The": ["Uncertain Smile", "They Don't Care", "The End", "Hey Jude"],
    "the end": ["The End"],
    "КИНО": ["Группа крови"],
    "кров груп": ["Группа крови"],
    "Група": ["Группа крови"],
    "なんです": ["夏なんです"],
    "えんど 夏": ["夏なんです"],
    "夏": ["夏なんです"],
    "ac/dc": ["Thunderstruck"],
    "acdc": ["Thunderstruck"],
    "thunder struck": ["Thunderstruck"],
    "???": ["???"],
    "100%": ["100% Pure Love"],
    "%": [],
    "_": [],
    "back\\slash": ["under_score"],
    "'; DROP TABLE track; --": [],
    "\x00": [],
    "\ud800": EVERYTHING,
    "x" * 100_000: [],
    "   ": EVERYTHING,
    "beatels": ["Hey Jude"],
    "beatls hey": ["Hey Jude"],
    "beattles jude": ["Hey Jude"],
    "veatles": ["Hey Jude"],
    "beatels hye": [],
    "Ζορμπάσ": ["Ζορμπάς"],
    "ζορπας": ["Ζορμπάς"],
    "u3": [],
}


def test_words_are_found_by_their_beginnings_whatever_the_script(library: Library) -> None:
    assert {text: library.titles(text) for text in FINDS} == FINDS
    assert library.titles(None) == EVERYTHING


def test_artists_are_found_by_their_names(library: Library) -> None:
    found = {text: library.names(text) for text in ("the", "the the", "BEYONCE", "ぴい", "halo")}
    assert found == {
        "the": ["The Theorists", "The The", "The Doors", "The Beatles"],
        "the the": ["The The", "The Theorists", "The Doors", "The Beatles"],
        "BEYONCE": ["Beyoncé"],
        "ぴい": ["はっぴいえんど"],
        "halo": [],
    }
    assert library.names("beyonec") == ["Beyoncé"]
    assert library.names("") == [name for _, name in LIBRARY]


def test_pages_follow_each_other_while_the_catalogue_changes(library: Library) -> None:
    with library.database.write() as session:
        for number in range(7):
            making.track(session, "Song", f"Band {number}", listener_count=number // 3)
        for number in range(7):
            making.track(session, f"Song {number}", "Choir", listener_count=number // 2)
    titles: list[str] = []
    after: Place | None = None
    with library.database.read() as session:
        while found := library.search.tracks(session, "song", 2, after):
            titles += [f"{row.artist_name}: {row.title}" for row, _ in found]
            after = found[-1][1]
            with library.database.write() as other:
                making.track(other, "Song", "Newest", listener_count=1000)
    bands = [f"Band {number}: Song" for number in (6, 3, 4, 5, 0, 1, 2)]
    choir = [f"Choir: Song {number}" for number in (6, 4, 5, 2, 3, 0, 1)]
    assert titles == [*bands, *choir]


def test_what_is_added_is_found_at_once(library: Library) -> None:
    assert library.titles("river") == []
    with library.database.write() as session:
        making.track(session, "River", "Joni Mitchell", listener_count=3)
    assert library.titles("river") == ["River"]
    assert library.names("joni") == ["Joni Mitchell"]


def test_what_is_changed_or_gone_is_no_longer_found_as_it_was(library: Library) -> None:
    assert library.titles("halo") == ["Halo", "Halo Effect"]
    with library.database.write() as session:
        halo, effect = (_track(session, title) for title in ("Halo", "Halo Effect"))
        halo.title, halo.search_key = "Nimbus", catalog.search_key("Nimbus", "Beyoncé")
        session.add(halo)
        session.exec(delete(Track).where(col(Track.id) == effect.id))
        changes.note(session, tracks=[id_of(halo), id_of(effect)])
    assert library.titles("halo") == []
    assert library.titles("nimbus") == ["Nimbus"]
    assert len(library.titles("the", 50)) == 4


def test_the_tracks_of_a_renamed_artist_are_found_by_the_new_name(library: Library) -> None:
    assert library.titles("u2") == ["With or Without You"]
    with library.database.write() as session:
        track = _track(session, "With or Without You")
        artist = session.get_one(Artist, track.artist_id)
        artist.name, artist.name_key = "Feedback", "feedback"
        track.search_key = catalog.search_key(track.title, artist.name)
        changes.note(session, artists=[id_of(artist)])
    assert library.titles("u2") == []
    assert (library.titles("feedback"), library.names("feedb")) == (
        ["With or Without You"],
        ["Feedback"],
    )


def test_much_that_changed_is_read_anew(library: Library) -> None:
    assert library.titles("the", 1) == ["They Don't Care"]
    with library.database.write() as session:
        _track(session, "The End").listener_count = 1000
        changes.note_all(session)
    assert library.titles("the", 1) == ["The End"]


def test_what_a_newer_version_noted_is_read_anew(library: Library) -> None:
    assert library.titles("the", 1) == ["They Don't Care"]
    with library.database.write() as session:
        _track(session, "The End").listener_count = 1000
        changes.note(session, tracks=[1])
        session.flush()
        session.connection().execute(text("UPDATE catalogue_change SET thing = 'album'"))
    assert library.titles("the", 1) == ["The End"]


def test_a_large_catalogue_is_read_anew_beside_the_searches(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert library.titles("the", 1) == ["They Don't Care"]
    monkeypatch.setattr(following_file, "_FEW", 5)
    with library.database.write() as session:
        _track(session, "The End").listener_count = 1000
        changes.note_all(session)
    library.titles("the", 1)
    thread = library.search._following._thread
    if thread is not None:
        thread.join()
    assert library.titles("the", 1) == ["The End"]


def test_until_the_indexes_are_made_the_database_is_asked(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following_file, "_PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(library.search._following, "begin", lambda: None)
    assert library.titles("without you") == ["With or Without You"]
    assert library.names("beyon") == ["Beyoncé"]
    with library.database.read() as session:
        (_, place), *_ = library.search.tracks(session, "the", 1)
        behind = library.search.tracks(session, "the", 20, place)
    assert [row.title for row, _ in behind] == ["Uncertain Smile", "The End", "Hey Jude"]


def test_old_notes_are_cleared_away_and_whoever_missed_them_reads_all(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "_KEPT", 1)
    with library.database.write() as session:
        changes.note(session, tracks=[1])
    assert library.titles("halo") == ["Halo", "Halo Effect"]
    with library.database.write() as session:
        _track(session, "Halo").listener_count = 0
        changes.note(session, tracks=[id_of(_track(session, "Halo"))])
        changes.note(session, tracks=[2])
        assert changes.remove_old(session) >= 2
    assert library.titles("hal") == ["Halo Effect", "Halo"]


def _track(session: Session, title: str) -> Track:
    return session.exec(select(Track).where(Track.title == title)).one()
