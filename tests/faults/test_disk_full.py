"""A full disk, a small one of its own: a clear error, a sound database, and on it goes."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import func, select

from app import listening
from app.db import Database, open_database
from app.importing.csv_import import import_csv
from app.listening import Listen
from app.models import Event
from app.settings import Settings
from app.verifying import findings
from tests import making
from tests.faults.test_import_kills import LISTENS, write_library

pytestmark = pytest.mark.tmpfs

MOMENT = datetime(2020, 1, 1, tzinfo=UTC)


class Disk:
    """A file system in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def mount(self, megabytes: int, *options: str) -> None:
        words = ",".join([f"size={megabytes}m", *options])
        subprocess.run(["mount", "-t", "tmpfs", "-o", words, "tmpfs", self.folder], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path / "disk")
    made.mount(4)
    yield made
    subprocess.run(["umount", made.folder], check=True)


@pytest.fixture
def settings(disk: Disk, migrated_sqlite: Path) -> Settings:
    """A data folder on the small disk."""
    (disk.folder / "pytune.db").write_bytes(migrated_sqlite.read_bytes())
    return Settings(data_dir=disk.folder)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = open_database(settings)
    yield opened
    opened.dispose()


def _events(database: Database) -> int:
    with database.read() as session:
        return session.exec(select(func.count()).select_from(Event)).one()


def _check(database: Database, settings: Settings) -> None:
    """As `pytune check` does it."""
    with database.read() as session:
        assert list(findings(session, settings)) == []


def test_an_import_stops_and_goes_in_whole_once_there_is_room(
    disk: Disk, database: Database, settings: Settings, tmp_path: Path
) -> None:
    write_library(tmp_path / "library")
    with pytest.raises(OperationalError, match="disk is full"):
        import_csv(database, tmp_path / "library", tmp_path, lambda *_: None)
    assert _events(database) < LISTENS
    _check(database, settings)
    disk.mount(64, "remount")
    import_csv(database, tmp_path / "library", tmp_path, lambda *_: None)
    assert _events(database) == LISTENS
    _check(database, settings)


def test_what_was_acknowledged_is_kept_and_recording_goes_on_once_there_is_room(
    disk: Disk, database: Database, settings: Settings
) -> None:
    with database.write() as session:
        ann, track = making.user(session), making.track(session, "Sinnerman")
    moments = (MOMENT + timedelta(seconds=n) for n in count())

    def record() -> int:
        batch = [Listen(track, next(moments)) for _ in range(listening.MAX_BATCH)]
        return len(database.transact(lambda session: listening.record_listens(session, ann, batch)))

    acknowledged = []

    def fill() -> None:
        while True:
            acknowledged.append(record())

    with pytest.raises(OperationalError, match="disk is full"):
        fill()
    assert _events(database) == sum(acknowledged) > 0
    _check(database, settings)
    disk.mount(64, "remount")
    assert _events(database) == sum(acknowledged)
    acknowledged.append(record())
    assert _events(database) == sum(acknowledged)
    _check(database, settings)
