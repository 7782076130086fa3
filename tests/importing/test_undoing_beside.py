"""An import is taken back beside others, and while somebody listens to what it has brought."""

from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from sqlmodel import select

from app import listening
from app.db import Database
from app.importing import undoing
from app.importing.csv_import import import_csv
from app.listening import Listen
from app.models import Event, ExternalId, ExternalKind, Track
from app.settings import Settings
from tests import making
from tests.importing.conftest import Files, titles
from tests.importing.packing import stream
from tests.importing.taking_back import bring, check, claimed

_NOTICE_SECONDS = 0.3
"""Long enough for an undoing that need not wait to be through."""


@pytest.fixture
def ann(database: Database) -> int:
    return database.transact(making.user)


def test_a_listen_at_the_same_moment_stays_in_the_sums(
    settings: Settings, database: Database, ann: int, tmp_path: Path
) -> None:
    first = bring(database, tmp_path, ann, *(stream(n) for n in range(1, 4)))
    bring(database, tmp_path, ann, stream(9))  # the undoing waits nowhere before the sums
    claim = claimed(database, first)
    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            heard = session.exec(select(Track).where(Track.title == "Song 3")).one()
            listening.record_listen(session, ann, Listen(heard.id or 0))
            undone = pool.submit(undoing.undo, database, claim)
            assert not wait([undone], _NOTICE_SECONDS).done
        undone.result()
    with database.read() as session:
        assert listening.states_of(session, ann, [heard.id or 0])[heard.id or 0].plays == 1
    check(database, settings)


def test_a_track_that_is_heard_at_the_same_moment_stays(
    settings: Settings, database: Database, ann: int, tmp_path: Path
) -> None:
    claim = claimed(database, bring(database, tmp_path, ann, stream(1), stream(2)))
    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            bob = making.user(session, "bob")
            heard = session.exec(select(Track).where(Track.title == "Song 2")).one()
            listening.record_listen(session, bob, Listen(heard.id or 0))
            undone = pool.submit(undoing.undo, database, claim)
            assert not wait([undone], _NOTICE_SECONDS).done
        undone.result()
    assert [title for title, _ in titles(database)] == ["Song 2"]
    check(database, settings)


def test_listens_of_another_import_forget_the_id_that_is_taken_back(
    settings: Settings, database: Database, files: Files, tmp_path: Path
) -> None:
    """By a dead id no file could tell them again: after a split it would bring them twice."""
    database.transact(lambda session: making.track(session, "Halo", "Beyoncé"))
    files.tracks("1,Halo,Beyoncé")
    imports = []
    for listens in (["a,1,2026-03-01"], ["a,1,2026-03-01", "a,1,2026-03-02"]):
        files.listens(*listens)
        imports.append(import_csv(database, files.folder, tmp_path, lambda *_: None).import_id)
    undoing.undo(database, claimed(database, imports[0]))
    assert _came_by(database) == [None]
    assert import_csv(database, files.folder, tmp_path, lambda *_: None).listens.loaded == 1
    with database.read() as session:
        known = select(ExternalId.id).where(ExternalId.kind == ExternalKind.TRACK)
        (number,) = session.exec(known)
    assert _came_by(database) == [number, number]
    check(database, settings)


def _came_by(database: Database) -> list[int | None]:
    with database.read() as session:
        return list(session.exec(select(Event.came_by)))
