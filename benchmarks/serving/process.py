"""The web process on the first core, with the key-value server that it counts in."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_server
from urllib.request import urlopen

from app.lifeline import LIFELINE
from app.settings import Settings
from benchmarks.serving import rival
from benchmarks.serving.world import Size, World, make

_READY_SECONDS = 300
"""On a busy machine a million tracks take minutes."""
_MANY = "1000000000"


@contextmanager
def made_world(size: Size | None = None) -> Iterator[World]:
    """A world in a folder of its own, with a key-value server, for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="pytune-") as folder:
        settings = Settings(data_dir=Path(folder))
        reading, writing = os.pipe()
        server = subprocess.Popen(
            [sys.executable, "-m", "app.keyvalue"],
            env=os.environ | {"PYTUNE_DATA_DIR": folder, LIFELINE: str(reading)},
            pass_fds=[reading],
            stdout=subprocess.DEVNULL,
        )
        os.close(reading)
        try:
            yield make(Path(folder), settings.key_value_url, size)
        finally:
            os.close(writing)
            server.wait()


@contextmanager
def served(world: World, *, ready: bool) -> Iterator[int]:
    """The port of a web process on the first core."""
    with process(world, min(os.sched_getaffinity(0)), ready=ready) as made:
        yield made.port


@dataclass(frozen=True, slots=True)
class Web:
    port: int
    number: int
    """Of the process."""


@contextmanager
def process(world: World, core: int, *, ready: bool = False) -> Iterator[Web]:
    """A web process that keeps to one core; the first request waits until it answers."""
    environment = {
        "PYTUNE_DATA_DIR": str(world.settings.folder),
        "PYTUNE_REDIS_URL": world.settings.key_value_url,
        "PYTUNE_REQUESTS_PER_MINUTE": _MANY,
        "OPENBLAS_NUM_THREADS": "1",
        rival.READY: str(int(ready)),
    }
    with create_server(("127.0.0.1", 0)) as door:
        server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.serving.rival", str(door.fileno())],
            env=os.environ | environment,
            pass_fds=[door.fileno()],
        )
        os.sched_setaffinity(server.pid, {core})
        port: int = door.getsockname()[1]
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=_READY_SECONDS):
                yield Web(port, server.pid)
        finally:
            server.terminate()
            server.wait()


def request(
    world: World, method: str, path: str, body: object = None, token: str | None = None
) -> str:
    """As it goes over the line, signed in, as the world's own listener unless said."""
    content = "" if body is None else json.dumps(body)
    return (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
        f"Authorization: Bearer {token or world.token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content.encode())}\r\n\r\n{content}"
    )
