"""Which database the settings name, and what is said where it is away."""

import sqlite3
from pathlib import Path

import pytest

from app import sqlite_engine
from app.db import Database, database_url, open_database
from app.errors import DatabaseUnavailable, InvalidInput
from app.settings import Settings


def test_a_database_that_answers_passes_its_check(database: Database) -> None:
    database.check()


@pytest.mark.parametrize("url", ["mysql://nobody:secret@127.0.0.1:1/none", "mysql://[::1]:1/none"])
def test_a_database_that_is_away_is_named_without_its_password(url: str) -> None:
    database = open_database(Settings(database_url=url))
    with pytest.raises(DatabaseUnavailable) as caught:
        database.check()
    assert "secret" not in str(caught.value)
    assert ":1/none" in str(caught.value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "pytune.db").write_bytes(b"this is no database " * 100)
    database = open_database(Settings(data_dir=tmp_path))
    with pytest.raises(DatabaseUnavailable, match="not a database"):
        database.check()
    database.dispose()


@pytest.mark.parametrize("url", ["nonsense", "mysql://host:port/name", "oracle://host/name"])
def test_an_address_that_makes_no_sense_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="PYTUNE_DATABASE_URL"):
        database_url(Settings(database_url=url))


@pytest.mark.parametrize("scheme", ["mysql", "mariadb", "mysql+pymysql", "mariadb+pymysql"])
def test_mysql_and_mariadb_are_one_dialect(scheme: str) -> None:
    url = database_url(Settings(database_url=f"{scheme}://host/name"))
    assert url.drivername == "mysql+pymysql"
    assert url.query["charset"] == "utf8mb4"


def test_the_data_folder_of_sqlite_is_private(tmp_path: Path) -> None:
    database = open_database(Settings(data_dir=tmp_path / "new"))
    database.check()
    database.dispose()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_what_sqlite_commits_is_on_the_disk(sqlite_settings: Settings) -> None:
    database = open_database(sqlite_settings)
    with database.read() as session:
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        connection = session.connection()
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in pragmas]
    assert values == ["wal", 2, 1]
    database.dispose()


def test_a_new_file_that_another_process_prepares_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(tmp_path / "pytune.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    class Pause:
        def wait(self, _: float) -> None:
            """The other ends meanwhile."""
            other.execute("ROLLBACK")

    monkeypatch.setattr(sqlite_engine, "_PAUSE", Pause())
    database = open_database(Settings(data_dir=tmp_path))
    database.check()
    assert not other.in_transaction
    for each in (database.dispose, other.close):
        each()


def test_a_new_file_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "pytune.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    database = open_database(Settings(data_dir=tmp_path, database_busy_seconds=0.05))
    with pytest.raises(DatabaseUnavailable, match="locked"):
        database.check()
    for each in (database.dispose, other.close):
        each()
