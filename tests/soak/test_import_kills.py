"""kill -9 of an import's job and of its worker, at any moment, and of its undoing. 6 minutes."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sqlmodel import func, select

from app.db import Database, open_database
from app.importing import asking, records
from app.importing.formats import ImportFormat
from app.importing.records import Wanted
from app.models import DataImport, Event, ImportState
from app.queue import JobQueue
from app.settings import Settings
from app.verifying import findings
from tests.faults.test_import_kills import LISTENS, write_library
from tests.soak.conftest import Say
from tests.soak.swapping import await_that
from tests.soak.test_kills import kill_job
from tests.stack.running import Running, running

pytestmark = [pytest.mark.soak, pytest.mark.stack, pytest.mark.timeout(3000)]

ROUNDS = 3
OVER = {ImportState.FINISHED, ImportState.FAILED, ImportState.UNDONE}


@pytest.fixture
def stack(short_folder: Path, migrated_sqlite: Path) -> Iterator[Running]:
    folder = short_folder / "imports"
    folder.mkdir()
    (folder / "pytune.db").write_bytes(migrated_sqlite.read_bytes())
    with running(folder) as started:
        yield started


@pytest.fixture
def database(stack: Running) -> Iterator[Database]:
    opened = open_database(Settings(data_dir=stack.folder))
    yield opened
    opened.dispose()


@pytest.fixture
def queue(stack: Running) -> Iterator[JobQueue]:
    opened = JobQueue(Settings(data_dir=stack.folder))
    yield opened
    opened.close()


def test_an_import_and_its_undoing_killed_twice_each_end_whole(
    stack: Running, database: Database, queue: JobQueue, tmp_path: Path, say: Say
) -> None:
    write_library(tmp_path / "library")
    for n in range(ROUNDS):
        wanted = Wanted.of(ImportFormat.CSV, tmp_path / "library")
        number = asking.launch(database, queue, wanted)
        imported = _ended(stack, database, number, ImportState.RUNNING)
        assert (imported.state, _events(database)) == (ImportState.FINISHED, LISTENS)
        _check(stack, database)
        asking.take_back(database, queue, number)
        undone = _ended(stack, database, number, ImportState.UNDOING)
        assert (undone.state, _events(database)) == (ImportState.UNDONE, 0)
        _check(stack, database)
        say(f"{n + 1}: imported at attempt {imported.attempts}, undone at {undone.attempts}")


def _ended(stack: Running, database: Database, number: int, state: ImportState) -> DataImport:
    """After its job and its worker have been killed, where it was not quicker."""
    for attempt, kill in enumerate((kill_job, _kill_worker), 1):
        share = float(np.random.default_rng().uniform(0, 0.9))
        reached = partial(_reached, database, number, attempt, share)
        await_that(reached, 0.01)
        if _row(database, number).state is state:
            kill(stack)
    await_that(lambda: _row(database, number).state in OVER, 0.2)
    return _row(database, number)


def _reached(database: Database, number: int, attempt: int, share: float) -> bool:
    row = _row(database, number)
    return row.state in OVER or (row.attempts == attempt and row.progress >= share)


def _kill_worker(stack: Running) -> None:
    """Its job dies with it."""
    stack.kill_child("app.cli worker")


def _row(database: Database, number: int) -> DataImport:
    with database.read() as session:
        return records.record(session, number)


def _events(database: Database) -> int:
    with database.read() as session:
        return session.exec(select(func.count()).select_from(Event)).one()


def _check(stack: Running, database: Database) -> None:
    with database.read() as session:
        assert list(findings(session, Settings(data_dir=stack.folder))) == []
