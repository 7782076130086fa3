"""Real servers for a run of tests: a private MariaDB, PyTune's key-value server and web process."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import AF_UNIX, create_server, socket
from threading import Event
from typing import Any
from urllib.request import urlopen

import pytest
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.engine import URL

from app.lifeline import LIFELINE
from app.settings import Settings

DATABASE_SOCKET = "PYTUNE_TEST_DATABASE_SOCKET"
"""Socket of a MySQL or MariaDB server to test with, where root needs no password; ours if unset."""
REDIS_URL = "PYTUNE_TEST_REDIS_URL"
"""redis://host:port of a server to test with; its databases are emptied. Ours if unset.

One for each process of a run, with spaces between: announcements are heard in every database.
"""

_READY_SECONDS = 150.0
_LOOK_SECONDS = 0.05
_SERVER_USER = "mysql"
_HELD = '"$@" & server=$!; cat > /dev/null; kill -9 $server; wait; rm -rf "$0"'
"""Ends the server and its folder when standard input does, so also when the run is killed."""
_QUICK = (
    "--skip-networking",
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=OFF",
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=16M",
)
LASTING = ("--skip-networking", "--skip-log-bin")
"""The durability that MariaDB comes with: every commit is synced."""


@contextmanager
def database(options: Sequence[str] = _QUICK) -> Iterator[URL]:
    """The server to test with: one that the environment names, or a private MariaDB."""
    given = os.environ.get(DATABASE_SOCKET)
    if given:
        yield _through(Path(given))
        return
    with mariadb(options) as url:
        yield url


@contextmanager
def mariadb(options: Sequence[str] = _QUICK) -> Iterator[URL]:
    """Address of a server that lives until the end; a database's name is to be added."""
    folder = Path(tempfile.mkdtemp(prefix="pytune-mariadb-"))
    folder.chmod(0o755)
    path, user = folder / "socket", _server_user(folder)
    _install(folder, user)
    command = ["mariadbd", "--no-defaults", *user, f"--datadir={folder}/data", *options]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            ["sh", "-c", _HELD, str(folder), *command, f"--socket={path}"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
        )
    try:
        _await_mariadb(server, path, folder / "log")
        yield _through(path)
    finally:
        server.communicate()


def _through(path: Path) -> URL:
    """Through a socket no TLS is needed, and to prepare for it takes longer than most tests."""
    query = {"unix_socket": str(path), "ssl_disabled": "true"}
    return URL.create("mysql", "root", host="localhost", query=query)


def _server_user(folder: Path) -> list[str]:
    """MariaDB refuses to run as root."""
    if os.getuid():
        return []
    shutil.chown(folder, _SERVER_USER)
    return [f"--user={pwd.getpwnam(_SERVER_USER).pw_name}"]


def _install(folder: Path, user: list[str]) -> None:
    command = ["mariadb-install-db", "--no-defaults", *user, f"--datadir={folder}/data"]
    options = ["--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run([*command, *options], check=True, capture_output=True)


def _await_mariadb(server: subprocess.Popen[bytes], path: Path, log: Path) -> None:
    for _ in _looks():
        with suppress(OSError), socket(AF_UNIX) as probe:
            probe.connect(str(path))
            return
        if server.poll() is not None:
            break
    pytest.fail(f"MariaDB did not start:\n{log.read_text()}")


@contextmanager
def child(
    command: Sequence[str], environment: Mapping[str, str], shared: Sequence[int] = (), **more: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of PyTune's, which ends here, or with this one, however that ends."""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        env=os.environ | environment | {LIFELINE: str(reading)},
        pass_fds=[*shared, reading],
        **more,
    )
    os.close(reading)
    try:
        yield process
    finally:
        os.close(writing)
        process.wait()


@contextmanager
def key_value(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """PyTune's own launcher of the embedded server, as a process, answering."""
    environment = {"PYTUNE_DATA_DIR": str(settings.folder)}
    with child(["app.keyvalue"], environment, stdout=subprocess.DEVNULL) as process:
        _await_key_value(process, settings.key_value_url)
        yield process


def _await_key_value(process: subprocess.Popen[bytes], url: str) -> None:
    with Redis.from_url(url) as redis:
        for _ in _looks():
            with suppress(RedisError):
                redis.ping()
                return
            assert process.poll() is None, "the key-value server ended"
    pytest.fail("the key-value server does not answer")


@contextmanager
def served(settings: Settings, more: Mapping[str, str] | None = None) -> Iterator[str]:
    """Origin of the web process on a free port; the first request waits until it answers."""
    environment = {
        "PYTUNE_DATA_DIR": str(settings.folder),
        "PYTUNE_REDIS_URL": settings.key_value_url,
        "PYTUNE_CHAMPION_POLL_SECONDS": "0.1",
        **(more or {}),
    }
    with create_server(("127.0.0.1", 0)) as door:
        command = ["tests.web_process", str(door.fileno())]
        origin = f"http://127.0.0.1:{door.getsockname()[1]}"
        with (
            child(command, environment, [door.fileno()]),
            urlopen(f"{origin}/healthz", timeout=_READY_SECONDS),
        ):
            yield origin


def _looks() -> Iterator[None]:
    """Times to look whether a server, which tells nobody when it is ready, answers."""
    moment = Event()
    for _ in range(int(_READY_SECONDS / _LOOK_SECONDS)):
        yield
        moment.wait(_LOOK_SECONDS)
