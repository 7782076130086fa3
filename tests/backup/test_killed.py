"""A restore that was killed is run again: it goes on, and takes nothing for its own that is not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app import backup
from app.db import Database
from app.errors import BackupRefused
from app.migrations import is_current
from app.settings import Settings
from tests.backup.test_backup import (
    Target,
    everything,
    file,
    listened,
    other_mariadb,
    silent,
    target,
)

__all__ = ["file", "listened", "other_mariadb", "target"]

ACROSS = pytest.mark.parametrize(
    ("settings", "target"),
    [
        pytest.param("sqlite", "mariadb", marks=pytest.mark.mariadb),
        pytest.param("mariadb", "sqlite", marks=pytest.mark.mariadb),
    ],
    indirect=True,
)
"""From either database to the other one: each is written into once."""

RESTORE = """
import os, signal, sys
from pathlib import Path
from app import backup
from app.backup import numbering
from app.db import open_database
from app.settings import Settings

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def progress(what, done, total):
    if what == sys.argv[2]:
        die()

if sys.argv[2] == "filled":
    numbering.go_on = die
settings = Settings()
backup.restore(open_database(settings), settings, Path(sys.argv[1]), progress)
"""


def _restore_and_die(settings: Settings, file: Path, at: str) -> None:
    environment = os.environ | {
        "PYTUNE_DATA_DIR": str(settings.folder),
        "PYTUNE_DATABASE_URL": settings.database_url or "",
    }
    command = [sys.executable, "-c", RESTORE, str(file), at]
    ended = subprocess.run(command, env=environment, check=False)
    assert ended.returncode == -signal.SIGKILL


@ACROSS
@pytest.mark.parametrize("at", ["event", "filled"])
def test_one_that_was_killed_goes_on_when_it_is_run_again(
    database: Database, settings: Settings, file: Path, target: Target, at: str
) -> None:
    restored, into = target
    _restore_and_die(into, file, at)
    (left,) = into.artifacts.glob("model-*")
    report = backup.restore(restored, into, file, silent)
    assert everything(restored) == everything(database)
    assert (report.rows, report.models) == (sum(map(len, everything(database).values())), 1)
    assert is_current(restored)
    assert list(into.artifacts.iterdir()) == [left]
    with pytest.raises(BackupRefused, match="the database is not empty"):
        backup.restore(restored, into, file, silent)


@ACROSS
def test_a_model_that_it_did_not_leave_is_not_taken_for_its_own(file: Path, target: Target) -> None:
    restored, into = target
    _restore_and_die(into, file, "event")
    (left,) = into.artifacts.glob("model-*")
    (left / "more").write_text("of somebody else")
    with pytest.raises(BackupRefused, match="exists: name another PYTUNE_ARTIFACT_DIR"):
        backup.restore(restored, into, file, silent)
    assert (left / "more").exists()
    (left / "more").unlink()
    backup.restore(restored, into, file, silent)
