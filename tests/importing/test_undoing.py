"""An import is taken back as a whole: listens, sums, and what only it has added."""

import json
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from app import listening
from app.db import Database
from app.importing import records, undoing
from app.importing.csv_import import import_csv
from app.importing.errors import ImportOver
from app.importing.formats import ImportFormat
from app.importing.records import Claim, Wanted
from app.importing.report import ImportReport
from app.importing.run import import_now
from app.listening import Listen
from app.models import Artist, DataImport, Event, ExternalId, Feedback, ImportState, Track, User
from app.settings import Settings
from app.verifying import findings
from tests import making
from tests.importing.conftest import Files, titles
from tests.importing.packing import listen, packed, stream

_NOTICE_SECONDS = 0.3
"""Long enough for an undoing that need not wait to be through."""


@pytest.fixture
def ann(database: Database) -> int:
    return database.transact(making.user)


def _bring(database: Database, tmp_path: Path, user: int, *streams: Any) -> int:
    path = packed(tmp_path / "x.zip", {"endsong_0.json": streams})
    wanted = Wanted.of(ImportFormat.SPOTIFY, path, user_id=user)
    return import_now(database, wanted, tmp_path / "reports", lambda *_: None).import_id


def _claimed(database: Database, import_id: int) -> Claim:
    def begin(session: Session) -> None:
        row = records.locked(session, import_id)
        row.state, row.job_id = ImportState.UNDOING, "undo"

    database.transact(begin)
    return Claim(import_id, "undo")


def _check(database: Database, settings: Settings) -> None:
    with database.read() as session:
        assert list(findings(session, settings)) == []


def _row(database: Database, import_id: int) -> DataImport:
    with database.read() as session:
        return records.record(session, import_id)


def test_everything_is_as_before(
    settings: Settings, database: Database, ann: int, tmp_path: Path
) -> None:
    first = _bring(database, tmp_path, ann, *(stream(n) for n in range(1, 9)))
    undoing.undo(database, _claimed(database, first))
    row = _row(database, first)
    assert (row.state, row.progress) == (ImportState.UNDONE, 1.0)
    with database.read() as session:
        for table in (Event, Track, Artist, ExternalId):
            assert session.exec(select(table)).first() is None
        assert session.get(User, ann) is not None
    _check(database, settings)


def test_what_comes_after_an_import_taken_back_is_nothing_that_was_there(
    database: Database, ann: int, tmp_path: Path
) -> None:
    """A model that learnt from the first would recommend the second's tracks in their place."""

    def ids() -> set[int]:
        with database.read() as session:
            return {each or 0 for each in session.exec(select(Track.id))}

    first = _bring(database, tmp_path, ann, *(stream(n) for n in range(1, 9)))
    gone = ids()
    undoing.undo(database, _claimed(database, first))
    _bring(database, tmp_path, ann, *(stream(n) for n in range(21, 29)))
    assert min(ids()) > max(gone)


def test_what_others_use_stays(
    settings: Settings, database: Database, ann: int, tmp_path: Path
) -> None:
    with database.write() as session:
        bob, there = making.user(session, "bob"), making.track(session, "Song 1")
        listening.record_listen(session, ann, Listen(there))
        listening.set_feedback(session, ann, there, Feedback.LOVED)
    first = _bring(database, tmp_path, ann, *(stream(n) for n in range(1, 6)))
    _bring(database, tmp_path, bob, stream(2), stream(9))
    with database.write() as session:
        loved = session.exec(select(Track).where(Track.title == "Song 3")).one()
        listening.set_feedback(session, bob, loved.id or 0, Feedback.LOVED)
    undoing.undo(database, _claimed(database, first))
    assert sorted(title for title, _ in titles(database)) == [
        "Song 1", "Song 2", "Song 3", "Song 9",
    ]  # fmt: skip
    with database.read() as session:
        state = listening.states_of(session, ann, [there])[there]
        assert (state.plays, state.feedback) == (1, Feedback.LOVED)
        # Bob's next import finds by its id what Ann's has brought.
        known = select(ExternalId).where(ExternalId.source == "spotify")
        assert len(session.exec(known).all()) == 4
    _check(database, settings)


def test_a_catalogue_takes_its_listeners_and_ids_along(
    settings: Settings, database: Database, files: Files, tmp_path: Path
) -> None:
    with database.write() as session:
        there = making.track(session, "Halo", "Beyoncé")
    files.tracks("1,Halo,Beyoncé", "2,Blue,Joni")
    files.listens("a,1,2026-03-01", "b,2,2026-03-01", "c,2,")
    report = import_csv(database, files.folder, tmp_path, lambda *_: None)
    with database.write() as session:
        claimed = session.exec(select(User).where(User.name == "demo-b")).one()
        claimed.password_hash = "claimed"
        session.add(claimed)
    undoing.undo(database, _claimed(database, report.import_id))
    with database.read() as session:
        assert [track.id for track in session.exec(select(Track))] == [there]
        assert [user.name for user in session.exec(select(User))] == ["demo-b"]
        # She who has signed in meanwhile is known again.
        assert [known.external_id for known in session.exec(select(ExternalId))] == ["b"]
    _check(database, settings)
    again = import_csv(database, files.folder, tmp_path, lambda *_: None)
    assert (again.listens.loaded, again.tracks_added) == (3, 1)
    _check(database, settings)


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
    first = _bring(database, tmp_path, ann, *(stream(n) for n in range(1, 9)))
    claim, transact = _claimed(database, first), database.transact
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
    _check(database, settings)
    undoing.undo(database, claim)
    assert titles(database) == []
    _check(database, settings)


def test_only_who_holds_the_claim_takes_back(database: Database, ann: int, tmp_path: Path) -> None:
    first = _bring(database, tmp_path, ann, stream(1))
    _claimed(database, first)
    with pytest.raises(ImportOver):
        undoing.undo(database, Claim(first, "another"))
    assert len(titles(database)) == 1


def test_listens_that_came_first_from_elsewhere_stay(
    database: Database, ann: int, tmp_path: Path
) -> None:
    _bring(database, tmp_path, ann, stream(1))
    same = dict(listen(1), listened_at=1_709_323_200)
    lines = (json.dumps(same) + "\n").encode()
    path = packed(tmp_path / "lb.zip", {"listens/2024/3.jsonl": lines})
    wanted = Wanted.of(ImportFormat.LISTENBRAINZ, path, user_id=ann)
    second = import_now(database, wanted, tmp_path / "reports", lambda *_: None)
    assert second.listens.unchanged == 1
    undoing.undo(database, _claimed(database, second.import_id))
    with database.read() as session:
        assert len(session.exec(select(Event)).all()) == 1


def test_a_listen_at_the_same_moment_stays_in_the_sums(
    settings: Settings, database: Database, ann: int, tmp_path: Path
) -> None:
    claim = _claimed(database, _bring(database, tmp_path, ann, *(stream(n) for n in range(1, 4))))
    _bring(database, tmp_path, ann, stream(9))  # the undoing waits nowhere before the sums
    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            heard = session.exec(select(Track).where(Track.title == "Song 3")).one()
            listening.record_listen(session, ann, Listen(heard.id or 0))
            undone = pool.submit(undoing.undo, database, claim)
            assert not wait([undone], _NOTICE_SECONDS).done
        undone.result()
    with database.read() as session:
        assert listening.states_of(session, ann, [heard.id or 0])[heard.id or 0].plays == 1
    _check(database, settings)


def test_what_a_later_import_uses_is_known_to_the_next(
    settings: Settings, database: Database, files: Files, tmp_path: Path
) -> None:
    def bring() -> ImportReport:
        return import_csv(database, files.folder, tmp_path, lambda *_: None)

    files.tracks("1,Halo,Beyoncé", "2,Blue,Joni")
    files.listens("a,1,2026-03-01", "b,2,2026-03-01")
    first = bring().import_id
    files.listens("a,1,2026-03-02")
    second = bring().import_id
    undoing.undo(database, _claimed(database, first))
    files.tracks("1,Halo!,Beyoncé")
    again = bring()
    assert (again.listens.loaded, again.tracks_added) == (0, 0)
    assert titles(database) == [("Halo!", "Beyoncé")]
    with database.read() as session:
        assert [user.name for user in session.exec(select(User))] == ["demo-a"]
    for number in (second, again.import_id):
        undoing.undo(database, _claimed(database, number))
    with database.read() as session:
        for table in (Event, Track, Artist, User, ExternalId):
            assert session.exec(select(table)).first() is None
    _check(database, settings)


def test_a_track_that_is_heard_at_the_same_moment_stays(
    settings: Settings, database: Database, ann: int, tmp_path: Path
) -> None:
    claim = _claimed(database, _bring(database, tmp_path, ann, stream(1), stream(2)))
    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            bob = making.user(session, "bob")
            heard = session.exec(select(Track).where(Track.title == "Song 2")).one()
            listening.record_listen(session, bob, Listen(heard.id or 0))
            undone = pool.submit(undoing.undo, database, claim)
            assert not wait([undone], _NOTICE_SECONDS).done
        undone.result()
    assert [title for title, _ in titles(database)] == ["Song 2"]
    _check(database, settings)
