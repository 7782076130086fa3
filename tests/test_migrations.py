"""The migrations lead from nothing to what the models say, and back, one process at a time."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from app.db import Database, database_url, open_database
from app.errors import DatabaseUnavailable, SchemaAhead
from app.migrations import ROOT, is_current, migrate
from app.settings import Settings
from tests.conftest import BOTH, create_mariadb, drop_mariadb

VERSION_TABLE = "alembic_version"
VERSIONS = ROOT / "alembic" / "versions"


@pytest.fixture
def bare_sqlite(tmp_path: Path) -> URL:
    return database_url(Settings(data_dir=tmp_path))


@pytest.fixture
def bare_mariadb(mariadb_server: URL) -> Iterator[URL]:
    yield create_mariadb(mariadb_server, "bare")
    drop_mariadb(mariadb_server, "bare")


@pytest.fixture(params=BOTH)
def bare_url(request: pytest.FixtureRequest) -> URL:
    """A database without a single table."""
    url: URL = request.getfixturevalue(f"bare_{request.param}")
    return url


@pytest.fixture
def bare(bare_url: URL) -> Iterator[Database]:
    database = Database(bare_url)
    yield database
    database.dispose()


def _tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def test_an_upgrade_from_nothing_makes_every_table_and_a_second_nothing(bare: Database) -> None:
    assert not is_current(bare)
    for _ in range(2):
        migrate(bare)
        assert is_current(bare)
        assert _tables(bare) == {*SQLModel.metadata.tables, VERSION_TABLE}


def test_migrations_and_models_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_down_and_up_again(bare: Database) -> None:
    migrate(bare)
    migrate(bare, "base")
    assert _tables(bare) == {VERSION_TABLE}
    assert not is_current(bare)
    migrate(bare)
    assert is_current(bare)


@pytest.mark.mariadb
def test_an_upgrade_that_is_killed_before_a_revision_is_noted_goes_on(bare_mariadb: URL) -> None:
    """Every change of a table is done by then: MariaDB commits each at once."""
    database, noted = Database(bare_mariadb), set[str]()

    def break_off(*executed: Any) -> None:
        statement = executed[2]
        notes = statement.startswith(("INSERT INTO alembic", "UPDATE alembic"))
        if notes and statement not in noted:
            noted.add(statement)
            raise _BrokenOffError

    event.listen(database.engine, "before_cursor_execute", break_off)
    for _ in VERSIONS.glob("[0-9]*.py"):
        with pytest.raises(_BrokenOffError):
            migrate(database)
    migrate(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    database.dispose()


class _BrokenOffError(Exception):
    """As by kill -9: nothing after it is done."""


@pytest.mark.mariadb
def test_a_table_of_another_is_not_taken_for_ours(bare_mariadb: URL) -> None:
    database = Database(bare_mariadb)
    with database.write() as session:
        session.connection().exec_driver_sql("CREATE TABLE artist (number INT)")
    with pytest.raises(OperationalError, match="already exists"):
        migrate(database)
    database.dispose()


def test_a_database_of_a_newer_version_is_refused_with_the_remedy(bare: Database) -> None:
    migrate(bare, "0001")
    with bare.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for look in (is_current, migrate):
        with pytest.raises(SchemaAhead, match="schema 9999, which a newer PyTune made"):
            look(bare)
    assert "training" in _tables(bare)


def test_two_upgrades_at_once_take_turns(bare: Database) -> None:
    upgrades = [_waiting_upgrade(bare.url) for _ in range(2)]
    for upgrade in upgrades:
        assert upgrade.stdout is not None
        assert upgrade.stdout.readline() == "ready\n"
    for upgrade in upgrades:
        assert upgrade.stdin is not None
        upgrade.stdin.write("go\n")
        upgrade.stdin.flush()
    assert [upgrade.communicate()[0] for upgrade in upgrades] == ["True\n", "True\n"]
    assert is_current(bare)


def _waiting_upgrade(url: URL) -> subprocess.Popen[str]:
    """A process with everything loaded, that upgrades when it is told to."""
    command = [sys.executable, "-c", _UPGRADE, url.render_as_string(hide_password=False)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


_UPGRADE = """
import sys
import app.models
from sqlalchemy import make_url
from app.db import Database
from app.migrations import is_current, migrate

print("ready", flush=True)
sys.stdin.readline()
database = Database(make_url(sys.argv[1]))
migrate(database)
print(is_current(database))
"""


@pytest.mark.mariadb
def test_an_upgrade_that_is_kept_waiting_too_long_is_not_begun(
    bare_mariadb: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.migrations._LOCK_SECONDS", 0)
    database, other = Database(bare_mariadb), Database(bare_mariadb)
    with other.engine.connect() as connection:
        connection.exec_driver_sql("SELECT GET_LOCK('pytune-migrate', 0)")
        with pytest.raises(DatabaseUnavailable, match="another process"):
            migrate(database)
    assert _tables(database) == set()
    for one in (database, other):
        one.dispose()


def test_mariadb_and_mysql_compare_keys_bit_by_bit() -> None:
    for table in SQLModel.metadata.tables.values():
        assert table.dialect_options["mysql"]["collate"] == "utf8mb4_bin", table.name


def test_every_text_has_a_length() -> None:
    """SQLite would let longer ones through, MySQL refuses them."""
    texts = [
        column
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if column.type.python_type is str and column.type.__class__.__name__ != "Text"
    ]
    assert [str(column) for column in texts if getattr(column.type, "length", None) is None] == []


def test_alembic_upgrades_the_database_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import command

    from app.migrations import _config

    monkeypatch.setenv("PYTUNE_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("PYTUNE_DATABASE_URL", raising=False)
    command.upgrade(_config(), "head")
    database = open_database(Settings())
    assert make_url(database.url).database == str(tmp_path / "pytune.db")
    assert is_current(database)
    database.dispose()
