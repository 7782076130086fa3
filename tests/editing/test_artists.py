"""Artists made one, separated again, and taken apart."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from app import catalog, editing, recommending, verifying
from app.db import Database
from app.errors import ArtistNotFound, InvalidInput
from app.importing.csv_import import import_csv
from app.importing.formats import ImportFormat
from app.importing.identity import Ids, Origin
from app.importing.records import Wanted
from app.importing.rows import TrackRow
from app.importing.run import import_now
from app.importing.tracks import add_tracks
from app.models import Artist, CatalogueEdit, EditKind, Track
from app.models.columns import id_of
from app.search import Search
from app.settings import Settings
from tests import making
from tests.importing.conftest import Files, titles
from tests.importing.packing import packed, stream


def _artist(session: Session, track: int) -> int:
    return catalog.track(session, track).artist_id


def _names(session: Session) -> dict[str, str]:
    """By title who each track is by, and that it is found so."""
    rows = session.exec(select(Track, Artist).join(Artist).order_by(col(Track.id)))
    for track, artist in rows:
        assert track.search_key == catalog.search_key(track.title, artist.name)
    return {row.title: row.artist_name for row in catalog.search_tracks(session, None, 99)}


def test_merged_artists_share_tracks_and_picks_and_each_has_its_own_again(
    database: Database, settings: Settings
) -> None:
    with database.write() as session:
        one = _artist(session, making.track(session, "Halo", "Beyonse"))
        other = _artist(session, making.track(session, "Crazy", "Beyoncé"))
        ann, bea = making.user(session), making.user(session, "bea")
        recommending.start_with(session, ann, [one])
        recommending.start_with(session, bea, [one, other])
        for _ in range(2):
            editing.merge_artist(session, one, other, "root")
        session.flush()
        assert catalog.artist(session, one).id == other
        assert catalog.artist(session, other).track_count == 2
        assert catalog.count_artists(session) == 1
        assert recommending.picks_of(session, ann) == recommending.picks_of(session, bea) == [other]
        assert _names(session) == {"Halo": "Beyoncé", "Crazy": "Beyoncé"}
        (merged,) = editing.artists_merged_into(session, other)
        assert (merged.id, merged.name, merged.track_count) == (one, "Beyonse", 1)
        assert [edit.can_be_taken_back for edit in editing.edits(session, 9)] == [True]
        editing.separate_artist(session, one, "root")
        assert recommending.picks_of(session, ann) == [one]
        assert recommending.picks_of(session, bea) == [one, other]
        assert _names(session) == {"Halo": "Beyonse", "Crazy": "Beyoncé"}
        assert [edit.can_be_taken_back for edit in editing.edits(session, 9)] == [False, False]
        assert list(verifying.findings(session, settings)) == []


def test_what_was_merged_before_goes_along_when_its_artist_is_separated(database: Database) -> None:
    with database.write() as session:
        first, second, third = (
            _artist(session, making.track(session, title, name))
            for title, name in (("A", "One"), ("B", "Two"), ("C", "Three"))
        )
        editing.merge_artist(session, first, second, "root")
        editing.merge_artist(session, second, third, "root")
        assert set(_names(session).values()) == {"Three"}
        editing.separate_artist(session, second, "root")
        assert _names(session) == {"A": "Two", "B": "Two", "C": "Three"}
        assert catalog.artist(session, first).id == second
        editing.separate_artist(session, first, "root")
        assert _names(session) == {"A": "One", "B": "Two", "C": "Three"}


def test_what_was_given_to_another_since_stays_there(database: Database) -> None:
    with database.write() as session:
        tracks = making.tracks(session, 2, "One")
        kept = making.track(session, "C", "Two")
        one, two = _artist(session, tracks[0]), _artist(session, kept)
        editing.merge_artist(session, one, two, "root")
        three = editing.split_artist(session, two, [tracks[0]], "Three", "root")
        editing.separate_artist(session, one, "root")
        assert _names(session) == {"Song 0": "Three", "Song 1": "One", "C": "Two"}
        with pytest.raises(InvalidInput, match="is merged into no other"):
            editing.separate_artist(session, three, "root")


def test_no_two_artists_of_one_name_are_shown_by_separating(database: Database) -> None:
    with database.write() as session:
        wrong = _artist(session, making.track(session, "A", "Beyonse"))
        right = _artist(session, making.track(session, "B", "Beyoncé"))
        editing.merge_artist(session, right, wrong, "root")
        editing.rename_artist(session, wrong, "Beyoncé", "root")
        with pytest.raises(InvalidInput, match="rename that one first"):
            editing.separate_artist(session, right, "root")
        editing.rename_artist(session, wrong, "Beyonse", "root")
        editing.separate_artist(session, right, "root")
        assert _names(session) == {"A": "Beyonse", "B": "Beyoncé"}


def test_tracks_of_an_artist_become_those_of_another_and_are_found_so(database: Database) -> None:
    search = Search(database)
    with database.write() as session:
        tracks = making.tracks(session, 3, "Nirvana")
        artist = _artist(session, tracks[0])
    with database.read() as session:
        assert len(search.tracks(session, "nirvana", 9)) == 3
    with database.write() as session:
        new = editing.split_artist(session, artist, tracks[:1], " Nirvana  (UK)", "root")
        assert editing.split_artist(session, artist, tracks[1:2], "nirvana uk", "root") == new
        assert catalog.artist(session, new).name == "Nirvana (UK)"
        edit = session.exec(select(CatalogueEdit)).first()
        assert edit
        assert (edit.kind, edit.our_id, edit.other_id) == (EditKind.SPLIT, artist, new)
        assert edit.details == {"name": "Nirvana (UK)", "tracks": tracks[:1]}
    with database.read() as session:
        found = [row.id for row, _ in search.tracks(session, "nirvana uk", 9)]
        assert sorted(found) == tracks[:2]
        counts = {row.name: row.track_count for row, _ in search.artists(session, "nirvana", 9)}
        assert counts == {"Nirvana": 1, "Nirvana (UK)": 2}
    search.stop()


def test_what_cannot_be_split_is_said_and_changes_nothing(database: Database) -> None:
    with database.write() as session:
        tracks = making.tracks(session, 2, "Nirvana")
        artist = _artist(session, tracks[0])
        strange = making.track(session, "Halo", "Beyoncé")
        merged = making.track(session, "Lithium", "Nirvana")
        editing.merge_track(session, merged, tracks[0], "root")
    before = titles(database)
    for chosen, name, words in (
        ([], "X", "one track at least"),
        (tracks, "X", "must not be all"),
        ([tracks[0], strange], "X", "tracks of this artist"),
        ([merged], "X", "tracks of this artist"),
        (range(1001), "X", "at most 1000"),
        (tracks[:1], "NIRVANA!", "this very artist"),
        (tracks[:1], " ", "1 to 500"),
    ):
        with pytest.raises(InvalidInput, match=words), database.write() as session:
            editing.split_artist(session, artist, list(chosen), name, "root")
    with pytest.raises(ArtistNotFound), database.write() as session:
        editing.split_artist(session, 10**6, tracks[:1], "X", "root")
    with database.write() as session:
        other = _artist(session, strange)
        editing.merge_artist(session, other, artist, "root")
        with pytest.raises(InvalidInput, match="this very artist"):
            editing.split_artist(session, artist, tracks[:1], "Beyoncé", "root")
        with pytest.raises(InvalidInput, match="split that one"):
            editing.split_artist(session, other, tracks[:1], "X", "root")
        editing.separate_artist(session, other, "root")
    assert titles(database) == before


@pytest.fixture
def bring_in(database: Database, tmp_path: Path) -> Callable[[], int]:
    """Imports a catalogue and a history; how much was new."""
    (tmp_path / "shop").mkdir()
    files = Files(tmp_path / "shop")
    files.tracks("1,Lithium,Nirvana", "2,Rainbow Chaser,Nirvana", "3,Halo,Beyonse")
    files.listens("ann,1,2026-03-01", "ann,2,2026-03-02", "ann,3,2026-03-03")
    songs = [stream(n, master_metadata_album_artist_name="Nirvana") for n in (1, 2)]
    history = packed(tmp_path / "my.zip", {"Streaming_History_Audio_1.json": songs})
    own = Wanted.of(ImportFormat.SPOTIFY, history, user_id=database.transact(making.user))

    def run() -> int:
        catalogue = import_csv(database, files.folder, tmp_path, lambda *_: None)
        listens = import_now(database, own, tmp_path, lambda *_: None).listens
        return catalogue.listens.loaded + listens.loaded + catalogue.tracks.loaded

    return run


def test_no_file_that_comes_again_puts_tracks_back(
    database: Database, settings: Settings, bring_in: Callable[[], int]
) -> None:
    assert bring_in() == 3 + 2 + 3
    with database.write() as session:
        ids = {row.title: row.id for row in catalog.search_tracks(session, None, 99)}
        nirvana, beyonse = _artist(session, ids["Lithium"]), _artist(session, ids["Halo"])
        moved = [ids["Rainbow Chaser"], ids["Song 2"]]
        editing.split_artist(session, nirvana, moved, "Nirvana (UK)", "root")
        editing.merge_artist(session, beyonse, nirvana, "root")
    assert bring_in() == 0
    with database.write() as session:
        assert _names(session)["Halo"] == "Nirvana"
        other = {"x": TrackRow("x", "Halo", "BEYONSE")}
        found = add_tracks(session, Origin("radio"), other, Ids(), joins=True)
        assert found.tracks == {"x": ids["Halo"]}, "found by the artist's old name"
        editing.separate_artist(session, beyonse, "root")
    assert bring_in() == 0
    with database.read() as session:
        names = _names(session)
        assert {names[title] for title in ("Rainbow Chaser", "Song 2")} == {"Nirvana (UK)"}
        own = [names[title] for title in ("Lithium", "Song 1", "Halo")]
        assert own == ["Nirvana", "Nirvana", "Beyonse"]
        assert list(verifying.findings(session, settings)) == []


def test_no_file_that_comes_again_gives_an_artist_the_old_name(
    database: Database, tmp_path: Path
) -> None:
    files = Files(tmp_path)
    files.tracks("3,Halo,Beyonse")
    import_csv(database, files.folder, tmp_path, lambda *_: None, source="shop")
    with database.write() as session:
        artist = session.exec(select(Artist)).one()
        editing.rename_artist(session, id_of(artist), "Beyoncé", "root")
    import_csv(database, files.folder, tmp_path, lambda *_: None, source="shop")
    assert titles(database) == [("Halo", "Beyoncé")]
