"""Long tests say how far they are and what they measured, whether output is captured or not."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from tests import servers
from tests.soak.killable import KeyValue
from tests.stack.conftest import copy_of_demo, demo, short_folder

__all__ = ["copy_of_demo", "demo", "short_folder"]

Say = Callable[[str], None]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Prints a line at once."""

    def print_line(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n  {text}")
            sys.stdout.flush()

    return print_line


@pytest.fixture
def lasting_mariadb() -> Iterator[URL]:
    """The server that the environment names, or one that syncs every commit."""
    with servers.database(servers.LASTING) as url:
        yield url


@pytest.fixture
def redis_url(request: pytest.FixtureRequest, short_folder: Path) -> Iterator[str]:
    """Of the server that the environment names, or of Redis itself where this machine has it."""
    if os.environ.get(servers.REDIS_URL):
        yield request.getfixturevalue("key_value_url")
        return
    server = KeyValue(short_folder / "redis")
    yield server.url
    server.kill()
