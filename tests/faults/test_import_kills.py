"""kill -9 in the middle of an import and of its undoing: everything agrees, nothing is doubled."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session, func, select

from app.db import Database, open_database
from app.importing import records
from app.importing.records import Claim
from app.importing.undoing import undo
from app.models import DataImport, Event, ImportState, Track
from app.settings import Settings
from app.verifying import findings
from tests.stack.running import ROOT

LISTENS, LISTENERS, TRACKS = 45_000, 50, 300
UNDO = """
import sys
from app.db import open_database
from app.importing.records import Claim
from app.importing.undoing import undo
from app.settings import Settings
undo(open_database(Settings()), Claim(int(sys.argv[1]), "undo"))
"""


def write_library(folder: Path) -> None:
    folder.mkdir()
    tracks = (f"{n},Song {n},Artist {n % 40}\n" for n in range(TRACKS))
    (folder / "tracks.csv").write_text("track_id,title,artist\n" + "".join(tracks))
    listens = (
        f"u{n % LISTENERS},{n % TRACKS},2025-{1 + n // 8000:02}-01T{n // 3600 % 24:02}:"
        f"{n // 60 % 60:02}:{n % 60:02}Z\n"
        for n in range(LISTENS)
    )
    (folder / "listens.csv").write_text("user_id,track_id,listened_at\n" + "".join(listens))


def _process(settings: Settings, *words: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTUNE_DATA_DIR": str(settings.folder)}
    return subprocess.Popen(
        [sys.executable, *words], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )


def _killed_once(process: subprocess.Popen[bytes], begun: Callable[[], bool]) -> None:
    moment = threading.Event()
    while not begun():
        assert process.poll() is None, "it was over before it could be killed"
        moment.wait(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()


def _events(database: Database) -> int:
    with database.read() as session:
        return session.exec(select(func.count()).select_from(Event)).one()


def _check(settings: Settings) -> None:
    """As `pytune check` does it."""
    database = open_database(settings)
    with database.read() as session:
        assert list(findings(session, settings)) == []
    database.dispose()


def _undoing(session: Session, import_id: int) -> None:
    row = records.locked(session, import_id)
    row.state, row.job_id = ImportState.UNDOING, "undo"
    session.add(row)


def _undo_killed_once(database: Database, settings: Settings, number: int) -> None:
    database.transact(lambda session: _undoing(session, number))
    before = _events(database)
    undoing = _process(settings, "-c", UNDO, str(number))
    _killed_once(undoing, lambda: _events(database) < before)


@pytest.mark.soak
def test_a_killed_import_and_a_killed_undoing_are_made_good(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    settings, files = sqlite_settings, tmp_path / "library"
    write_library(files)
    database = open_database(settings)
    command = ("-m", "app.cli", "import", "csv", str(files))
    _killed_once(_process(settings, *command), lambda: _events(database) > 0)
    assert 0 < _events(database) < LISTENS
    _check(settings)
    assert _process(settings, *command).wait() == 0
    assert _events(database) == LISTENS
    _check(settings)
    with database.read() as session:
        numbers = [row.id or 0 for row in session.exec(select(DataImport))]
    first, *others = reversed(numbers)
    _undo_killed_once(database, settings, first)
    _check(settings)
    for number in (first, *others):
        database.transact(partial(_undoing, import_id=number))
        undo(database, Claim(number, "undo"))
    assert _events(database) == 0
    with database.read() as session:
        assert session.exec(select(Track)).first() is None
    _check(settings)
    database.dispose()
