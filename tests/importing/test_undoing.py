"""An import is taken back as a whole: listens, sums, and what only it has added."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from app import listening, recommending
from app.db import Database
from app.importing import records, undoing
from app.importing.csv_import import import_csv
from app.importing.errors import ImportOver
from app.importing.formats import ImportFormat
from app.importing.records import Claim, Wanted
from app.importing.report import ImportReport
from app.importing.run import import_now
from app.listening import Listen
from app.models import (
    Artist,
    ArtistPick,
    DataImport,
    Event,
    ExternalId,
    Feedback,
    ImportState,
    Track,
    User,
)
from app.search import Search
from app.settings import Settings
from tests import making
from tests.importing.conftest import Files, titles
from tests.importing.packing import listen, packed, stream
from tests.importing.taking_back import bring, check, claimed


@pytest.fixture
def ann(database: Database) -> int:
    return database.transact(making.user)


def _row(database: Database, import_id: int) -> DataImport:
    with database.read() as session:
        return records.record(session, import_id)


def test_everything_is_as_before(
    settings: Settings, database: Database, ann: int, tmp_path: Path
) -> None:
    first = bring(database, tmp_path, ann, *(stream(n) for n in range(1, 9)))
    undoing.undo(database, claimed(database, first))
    row = _row(database, first)
    assert (row.state, row.progress) == (ImportState.UNDONE, 1.0)
    with database.read() as session:
        for table in (Event, Track, Artist, ExternalId):
            assert session.exec(select(table)).first() is None
        assert session.get(User, ann) is not None
    check(database, settings)


def test_what_comes_after_an_import_taken_back_is_nothing_that_was_there(
    database: Database, ann: int, tmp_path: Path
) -> None:
    """A model that learnt from the first would recommend the second's tracks in their place."""

    def ids() -> set[int]:
        with database.read() as session:
            return {each or 0 for each in session.exec(select(Track.id))}

    first = bring(database, tmp_path, ann, *(stream(n) for n in range(1, 9)))
    gone = ids()
    undoing.undo(database, claimed(database, first))
    bring(database, tmp_path, ann, *(stream(n) for n in range(21, 29)))
    assert min(ids()) > max(gone)


def test_what_others_use_stays(
    settings: Settings, database: Database, ann: int, tmp_path: Path
) -> None:
    with database.write() as session:
        bob, there = making.user(session, "bob"), making.track(session, "Song 1")
        listening.record_listen(session, ann, Listen(there))
        listening.set_feedback(session, ann, there, Feedback.LOVED)
    first = bring(database, tmp_path, ann, *(stream(n) for n in range(1, 6)))
    bring(database, tmp_path, bob, stream(2), stream(9))
    with database.write() as session:
        loved = session.exec(select(Track).where(Track.title == "Song 3")).one()
        listening.set_feedback(session, bob, loved.id or 0, Feedback.LOVED)
    undoing.undo(database, claimed(database, first))
    assert sorted(title for title, _ in titles(database)) == [
        "Song 1", "Song 2", "Song 3", "Song 9",
    ]  # fmt: skip
    with database.read() as session:
        state = listening.states_of(session, ann, [there])[there]
        assert (state.plays, state.feedback) == (1, Feedback.LOVED)
        # Bob's next import finds by its id what Ann's has brought.
        known = select(ExternalId).where(ExternalId.source == "spotify")
        assert len(session.exec(known).all()) == 4
    check(database, settings)


def test_a_catalogue_takes_its_listeners_and_ids_along(
    settings: Settings, database: Database, files: Files, tmp_path: Path
) -> None:
    with database.write() as session:
        there = making.track(session, "Halo", "Beyoncé")
    files.tracks("1,Halo,Beyoncé", "2,Blue,Joni")
    files.listens("a,1,2026-03-01", "b,2,2026-03-01", "c,2,")
    report = import_csv(database, files.folder, tmp_path, lambda *_: None)
    with database.write() as session:
        taken = session.exec(select(User).where(User.name == "demo-b")).one()
        taken.password_hash = "taken"
        session.add(taken)
    undoing.undo(database, claimed(database, report.import_id))
    with database.read() as session:
        assert [track.id for track in session.exec(select(Track))] == [there]
        assert [user.name for user in session.exec(select(User))] == ["demo-b"]
        # She who has signed in meanwhile is known again.
        assert [known.external_id for known in session.exec(select(ExternalId))] == ["b"]
    check(database, settings)
    again = import_csv(database, files.folder, tmp_path, lambda *_: None)
    assert (again.listens.loaded, again.tracks_added) == (3, 1)
    check(database, settings)


class Killed(BaseException):
    pass


@pytest.mark.parametrize("transactions", [1, 2, 4, 6])
def test_one_that_was_interrupted_is_begun_again(
    settings: Settings,
    database: Database,
    ann: int,
    tmp_path: Path,
    transactions: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(undoing, "EVENTS_AT_ONCE", 3)
    monkeypatch.setattr(undoing, "_THINGS_AT_ONCE", 4)
    first = bring(database, tmp_path, ann, *(stream(n) for n in range(1, 9)))
    claim, transact = claimed(database, first), database.transact
    done: list[Any] = []

    def dying(work: Any) -> Any:
        if len(done) == transactions:
            raise Killed
        done.append(work)
        return transact(work)

    with monkeypatch.context() as patch:
        patch.setattr(database, "transact", dying)
        with pytest.raises(Killed):
            undoing.undo(database, claim)
    check(database, settings)
    undoing.undo(database, claim)
    assert titles(database) == []
    check(database, settings)


def test_only_who_holds_the_claim_takes_back(database: Database, ann: int, tmp_path: Path) -> None:
    first = bring(database, tmp_path, ann, stream(1))
    claimed(database, first)
    with pytest.raises(ImportOver):
        undoing.undo(database, Claim(first, "another"))
    assert len(titles(database)) == 1


def test_listens_that_came_first_from_elsewhere_stay(
    database: Database, ann: int, tmp_path: Path
) -> None:
    bring(database, tmp_path, ann, stream(1))
    same = dict(listen(1), listened_at=1_709_323_200)
    lines = (json.dumps(same) + "\n").encode()
    path = packed(tmp_path / "lb.zip", {"listens/2024/3.jsonl": lines})
    wanted = Wanted.of(ImportFormat.LISTENBRAINZ, path, user_id=ann)
    second = import_now(database, wanted, tmp_path / "reports", lambda *_: None)
    assert second.listens.unchanged == 1
    undoing.undo(database, claimed(database, second.import_id))
    with database.read() as session:
        assert len(session.exec(select(Event)).all()) == 1


def test_what_a_later_import_uses_is_known_to_the_next(
    settings: Settings, database: Database, files: Files, tmp_path: Path
) -> None:
    def bring_in() -> ImportReport:
        return import_csv(database, files.folder, tmp_path, lambda *_: None)

    files.tracks("1,Halo,Beyoncé", "2,Blue,Joni")
    files.listens("a,1,2026-03-01", "b,2,2026-03-01")
    first = bring_in().import_id
    files.listens("a,1,2026-03-02")
    second = bring_in().import_id
    undoing.undo(database, claimed(database, first))
    files.tracks("1,Halo!,Beyoncé")
    again = bring_in()
    assert (again.listens.loaded, again.tracks_added) == (0, 0)
    assert titles(database) == [("Halo!", "Beyoncé")]
    with database.read() as session:
        assert [user.name for user in session.exec(select(User))] == ["demo-a"]
    for number in (second, again.import_id):
        undoing.undo(database, claimed(database, number))
    with database.read() as session:
        for table in (Event, Track, Artist, User, ExternalId):
            assert session.exec(select(table)).first() is None
    check(database, settings)


def test_an_artist_whom_a_listener_picked_stays(
    settings: Settings, database: Database, ann: int, tmp_path: Path
) -> None:
    first = bring(database, tmp_path, ann, stream(1))
    with database.write() as session:
        artist = session.exec(select(Artist)).one().id or 0
        recommending.start_with(session, ann, [artist])
    undoing.undo(database, claimed(database, first))
    assert titles(database) == []
    with database.read() as session:
        assert [pick.artist_id for pick in session.exec(select(ArtistPick))] == [artist]
    check(database, settings)


def test_a_search_forgets_what_was_taken_back(database: Database, ann: int, tmp_path: Path) -> None:
    first = bring(database, tmp_path, ann, stream(1))
    strange = stream(2, master_metadata_album_artist_name="Nobody Else")
    second = bring(database, tmp_path, ann, stream(1), strange)
    search = Search(database)

    def found(text: str) -> list[str]:
        with database.read() as session:
            tracks = [track.title for track, _ in search.tracks(session, text, 9)]
            return tracks + [artist.name for artist, _ in search.artists(session, text, 9)]

    try:
        assert found("song") == ["Song 1", "Song 2"]
        assert found("nobody") == ["Song 2", "Nobody Else"]
        undoing.undo(database, claimed(database, second))
        assert (found("song"), found("nobody")) == (["Song 1"], [])
        undoing.undo(database, claimed(database, first))
        assert found("song") == []
    finally:
        search.stop()
