"""Servers are started once a run; every test has an empty, migrated database of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import hypothesis
import pymysql
import pytest
from pymysql.constants import CLIENT
from redis import Redis
from sqlalchemy.engine import URL
from sqlmodel import SQLModel

from app.db import Database, database_url, open_database
from app.migrations import migrate
from app.settings import Settings
from tests import servers

pytest_plugins = [
    "pytester",
    "tests.memory",
    "tests.garbage",
    "tests.statements",
    "tests.omissions",
    "tests.sharing",
    "tests.chrome",
]

BOTH = ["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)]

hypothesis.settings.register_profile("pytune", deadline=None, print_blob=True)
hypothesis.settings.load_profile("pytune")


@pytest.fixture(scope="session")
def key_value_server() -> Iterator[str]:
    """Address of the one that the environment names, or of PyTune's own embedded server."""
    given = os.environ.get(servers.REDIS_URL, "").split()
    if given:
        # Each process of the run has a database of its own.
        number = int(_worker().lstrip("gw") or 0)
        yield f"{given[number % len(given)]}/{1 + number}"
        return
    with tempfile.TemporaryDirectory(prefix="pytune-") as folder:
        settings = Settings(data_dir=Path(folder))
        with servers.key_value(settings):
            yield settings.key_value_url


@pytest.fixture
def key_value_url(key_value_server: str) -> str:
    """The key-value server, emptied."""
    with Redis.from_url(key_value_server) as redis:
        redis.flushdb()
    return key_value_server


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[URL]:
    with servers.database() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_mariadb(mariadb_server: URL) -> URL:
    """One database for the run, at the newest schema."""
    url = create_mariadb(mariadb_server, "pytune")
    database = Database(url)
    migrate(database)
    database.dispose()
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file at the newest schema, to be copied."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("migrated"))
    database = open_database(settings)
    migrate(database)
    database.dispose()
    return settings.folder / "pytune.db"


@pytest.fixture
def sqlite_settings(tmp_path: Path, key_value_url: str, migrated_sqlite: Path) -> Settings:
    """A data folder with an empty SQLite database, and the emptied key-value server."""
    settings = Settings(data_dir=tmp_path / "data", redis_url=key_value_url)
    settings.folder.mkdir()
    shutil.copy(migrated_sqlite, settings.folder / "pytune.db")
    return settings


@pytest.fixture
def mariadb_settings(tmp_path: Path, key_value_url: str, migrated_mariadb: URL) -> Settings:
    """The same with MariaDB, every table of it emptied."""
    empty_tables(migrated_mariadb)
    address = migrated_mariadb.render_as_string(hide_password=False)
    return Settings(data_dir=tmp_path / "data", redis_url=key_value_url, database_url=address)


@pytest.fixture(params=BOTH)
def settings(request: pytest.FixtureRequest) -> Settings:
    """Either database in turn."""
    chosen: Settings = request.getfixturevalue(f"{request.param}_settings")
    return chosen


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """Empty, at the newest schema; SQLite and MariaDB in turn."""
    opened = open_database(settings)
    yield opened
    opened.dispose()


def create_mariadb(server: URL, name: str) -> URL:
    """Create a database without tables; its address, as settings give it."""
    own = name_here(name)
    _execute(server, f"DROP DATABASE IF EXISTS {own}", f"CREATE DATABASE {own}")
    address = server.set(database=own).render_as_string(hide_password=False)
    return database_url(Settings(database_url=address))


def drop_mariadb(server: URL, name: str) -> None:
    _execute(server, f"DROP DATABASE {name_here(name)}")


def name_here(name: str) -> str:
    """A name on the server for this process of the run alone: others may share the server."""
    return f"{name}_test_{_worker()}"


def _worker() -> str:
    """This process of the run, as pytest-xdist numbers them."""
    return os.environ.get("PYTEST_XDIST_WORKER", "gw0")


def _execute(server: URL, *statements: str) -> None:
    """In one round trip and one transaction."""
    with closing(
        pymysql.connect(
            unix_socket=server.query["unix_socket"],
            user="root",
            database=server.database,
            ssl_disabled=True,
            client_flag=CLIENT.MULTI_STATEMENTS,
        )
    ) as root:
        cursor = root.cursor()
        cursor.execute("; ".join(statements))
        while cursor.nextset():
            pass
        root.commit()


def empty_tables(url: URL) -> None:
    """Delete every row; numbering goes on, so that no test counts on ids from 1."""
    deletions = [f"DELETE FROM `{name}`" for name in SQLModel.metadata.tables]
    _execute(url, "SET foreign_key_checks = 0", *deletions)
