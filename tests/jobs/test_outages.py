"""A server that is away is waited for: the database by a job, the key-value server by a worker."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from rq import Worker
from sqlalchemy import select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlmodel import Session

from app.db import Database
from app.migrations import migrate
from app.queue import JobQueue
from app.settings import Settings
from jobs import runtime
from jobs.runtime import Runtime
from tests import servers
from tests.proxy import Proxy


@pytest.fixture
def proxy(mariadb_server: URL) -> Iterator[Proxy]:
    with Proxy(str(mariadb_server.query["unix_socket"])) as opened:
        yield opened


@pytest.fixture
def far(mariadb_settings: Settings, proxy: Proxy) -> Iterator[Runtime]:
    """What a job works with, its database behind the proxy."""
    name = make_url(str(mariadb_settings.database_url)).database
    query = {"ssl_disabled": "true"}
    url = URL.create("mysql+pymysql", "root", None, "127.0.0.1", proxy.port, name, query)
    database, queue = Database(url), JobQueue(mariadb_settings)
    yield Runtime(mariadb_settings, database, queue)
    queue.close()
    database.dispose()


def _one(session: Session) -> int:
    return int(session.connection().execute(select(1)).scalar_one())


@pytest.mark.mariadb
def test_a_job_goes_on_when_the_database_is_back(
    far: Runtime, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = threading.Event()

    def told(*_: object, **__: object) -> None:
        tried.set()

    monkeypatch.setattr(runtime.log, "warning", told)
    monkeypatch.setattr(runtime, "_AGAIN_SECONDS", 0.01)
    assert far.read(_one) == 1
    proxy.cut()
    found: list[int] = []
    asking = threading.Thread(target=lambda: found.extend([far.read(_one), far.transact(_one)]))
    asking.start()
    assert tried.wait(60)
    assert found == []
    proxy.join()
    asking.join(60)
    assert found == [1, 1]


@pytest.mark.mariadb
def test_patience_has_an_end_and_is_for_outages_alone(
    far: Runtime, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ProgrammingError):
        far.read(lambda session: session.connection().execute(text("SELECT * FROM nowhere")))
    monkeypatch.setattr(runtime, "_PATIENCE_SECONDS", -1.0)
    proxy.cut()
    far.database.dispose()
    with pytest.raises(OperationalError):
        far.read(_one)


def test_a_worker_waits_for_the_key_value_server(short: Path) -> None:
    settings = Settings(data_dir=short)
    database = Database(URL.create("sqlite", database=str(short / "pytune.db")))
    migrate(database)
    database.dispose()
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "worker"],
        env=os.environ | {"PYTUNE_DATA_DIR": str(short), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert "does not answer" in next(iter(process.stdout.readline, ""))
        with servers.key_value(settings), Redis.from_url(settings.key_value_url) as redis:
            moment = threading.Event()
            while not Worker.count(connection=redis):
                assert process.poll() is None
                moment.wait(0.05)
            process.terminate()
            process.wait()
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("w")
