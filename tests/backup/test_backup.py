"""A backup of either database fills either database; what is damaged or full is refused."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy.engine import URL
from sqlmodel import Session

from app import accounts, backup, editing, listening, training
from app.backup import tables
from app.db import Database, open_database
from app.errors import BackupRefused
from app.listening import Listen
from app.migrations import is_current, migrate
from app.ml.model_slot import LoadedModel
from app.models import Role
from app.models.columns import utc_now
from app.settings import Settings
from tests import making, models_made
from tests.conftest import BOTH, create_mariadb, drop_mariadb

Target = tuple[Database, Settings]


def silent(_what: str, _done: int, _total: int) -> None:
    """No progress is shown."""


@pytest.fixture
def other_mariadb(mariadb_server: URL) -> Iterator[URL]:
    yield create_mariadb(mariadb_server, "restored")
    drop_mariadb(mariadb_server, "restored")


@pytest.fixture(params=BOTH)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    """A database without a table, and a folder without a model."""
    settings = Settings(data_dir=tmp_path / "restored")
    if request.param == "mariadb":
        url: URL = request.getfixturevalue("other_mariadb")
        address = url.render_as_string(hide_password=False)
        settings = Settings(data_dir=tmp_path / "restored", database_url=address)
    database = open_database(settings)
    yield database, settings
    database.dispose()


@pytest.fixture
def listened(database: Database, settings: Settings) -> int:
    """A listener with a play, a champion that knows it, and names of all alphabets."""

    def make(session: Session) -> tuple[int, list[int]]:
        user_id = accounts.create_user(
            session, "Zoë 🎧", accounts.hashed("correct horse"), Role.LISTENER
        ).id
        assert user_id is not None
        known = [making.track(session, title, "Кино") for title in ("Группа крови", "E'é\n\"")]
        listening.record_listen(session, user_id, Listen(known[0], utc_now()))
        editing.merge_track(session, making.track(session, "Группа", "Кино"), known[0], "root")
        # The older of two can be the one that is merged away.
        older, newer = making.tracks(session, 2, "Кино")
        editing.merge_track(session, older, newer, "root")
        return user_id, known

    user_id, known = database.transact(make)
    models_made.crowned(database, settings, known)
    return user_id


@pytest.fixture
def file(database: Database, settings: Settings, listened: int, tmp_path: Path) -> Path:
    path = tmp_path / "pytune.zip"
    backup.write(database, settings, path, silent)
    return path


def everything(database: Database) -> dict[str, list[Any]]:
    with tables.snapshot(database) as connection:
        return {
            name: sorted(tables.rows(connection, name, tables.columns(connection, name)), key=repr)
            for name in tables.names(connection)
        }


def test_all_rows_and_models_come_back(
    database: Database, settings: Settings, file: Path, target: Target
) -> None:
    restored, into = target
    report = backup.restore(restored, into, file, silent)
    assert everything(restored) == everything(database)
    assert (report.models, report.missing_models) == (1, [])
    assert is_current(restored)
    with restored.read() as session:
        champion = training.champion(session)
        assert champion is not None
        row = champion.training
        accounts.proven(accounts.user_by_name(session, "Zoë 🎧"), "correct horse")
    assert row.artifact is not None
    folders = [each.artifacts / row.artifact for each in (settings, into)]
    before, after = (LoadedModel.load(each, row.checksum, champion.version) for each in folders)
    assert after.tracks.ids.tolist() == before.tracks.ids.tolist()


def rewrite(file: Path, into: Path, change: Callable[[bytes], bytes]) -> None:
    """The same backup with other contents."""
    with ZipFile(file) as old, ZipFile(into, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == "backup.json" else content)


def test_writes_go_on_and_are_left_out(
    database: Database, settings: Settings, listened: int, tmp_path: Path
) -> None:
    """The first report of progress comes when the moment of the backup has been chosen."""
    path, written = tmp_path / "pytune.zip", threading.Event()

    def write_once(_what: str, _done: int, _total: int) -> None:
        if not written.is_set():
            written.set()
            database.transact(lambda session: making.user(session, "too late"))

    report = backup.write(database, settings, path, write_once)
    assert report.rows == sum(map(len, everything(database).values())) - 1
    with ZipFile(path) as archive:
        assert b"too late" not in archive.read("tables/user.jsonl")


def test_a_model_without_files_is_named_and_cannot_be_served(
    database: Database, settings: Settings, listened: int, tmp_path: Path, target: Target
) -> None:
    (champion,) = settings.artifacts.iterdir()
    champion.rename(tmp_path / "elsewhere")
    path = tmp_path / "pytune.zip"
    assert backup.write(database, settings, path, silent).missing_models == [champion.name]
    report = backup.restore(*target, path, silent)
    assert report.missing_models == [champion.name]
    with target[0].read() as session:
        row = training.champion(session)
    assert row is not None
    assert row.training.artifact_removed_at is not None


def _change_a_row(path: Path) -> None:
    with ZipFile(path) as archive:
        row = archive.getinfo("tables/user.jsonl")
    content = bytearray(path.read_bytes())
    header = content[row.header_offset : row.header_offset + 30]
    extra = int.from_bytes(header[28:30], "little")
    content[row.header_offset + 30 + len(row.filename) + extra + row.compress_size // 2] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"no zip"),
        lambda path: path.write_bytes(path.read_bytes()[:-200]),
        _change_a_row,
        lambda path: ZipFile(path, "w").close(),
    ],
    ids=["no zip", "cut short", "a byte changed", "empty"],
)
def test_a_damaged_file_changes_nothing(
    damage: Callable[[Path], None], file: Path, tmp_path: Path
) -> None:
    damage(file)
    settings = Settings(data_dir=tmp_path / "fresh")
    fresh = open_database(settings)
    with pytest.raises(BackupRefused, match="is no whole backup"):
        backup.restore(fresh, settings, file, silent)
    assert everything(fresh) == {}
    assert not settings.artifacts.exists()
    fresh.dispose()


def test_a_database_with_anything_in_it_is_left_alone(
    database: Database, settings: Settings, file: Path
) -> None:
    before = everything(database)
    with pytest.raises(BackupRefused, match="the database is not empty"):
        backup.restore(database, settings, file, silent)
    assert everything(database) == before


def test_an_existing_file_is_not_overwritten(
    database: Database, settings: Settings, file: Path
) -> None:
    kept = file.read_bytes()
    with pytest.raises(BackupRefused, match="it exists"):
        backup.write(database, settings, file, silent)
    assert file.read_bytes() == kept


def test_models_that_exist_are_not_overwritten_and_no_row_stays(
    settings: Settings, file: Path, tmp_path: Path
) -> None:
    fresh = open_database(Settings(data_dir=tmp_path / "fresh"))
    with pytest.raises(BackupRefused, match="exists: name another PYTUNE_ARTIFACT_DIR"):
        backup.restore(fresh, settings, file, silent)
    assert not any(everything(fresh).values())
    assert len(list(settings.artifacts.iterdir())) == 1
    fresh.dispose()


def test_a_backup_of_a_newer_version_is_refused(file: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.zip"
    rewrite(file, newer, lambda told: told.replace(b'"revision": "0', b'"revision": "9'))
    settings = Settings(data_dir=tmp_path / "fresh")
    fresh = open_database(settings)
    with pytest.raises(BackupRefused, match="of a newer PyTune"):
        backup.restore(fresh, settings, newer, silent)
    fresh.dispose()


def test_an_older_backup_is_brought_to_this_version(tmp_path: Path) -> None:
    old = Settings(data_dir=tmp_path / "old")
    database = open_database(old)
    migrate(database, "0003")
    path = tmp_path / "old.zip"
    backup.write(database, old, path, silent)
    settings = Settings(data_dir=tmp_path / "new")
    fresh = open_database(settings)
    backup.restore(fresh, settings, path, silent)
    assert is_current(fresh)
    for each in (database, fresh):
        each.dispose()
