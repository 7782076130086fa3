"""What faults are tried on: the product embedded, or with servers that can be broken."""

import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import create_mariadb, name_here
from tests.proxy import Proxy
from tests.soak.faults.scene import QUICK, Scene
from tests.soak.faults.work import Work
from tests.soak.killable import KeyValue, MariaDB
from tests.soak.swapping import demo_with_two
from tests.stack.running import running

_DISK_MEGABYTES = 1024


@pytest.fixture
def disk() -> Iterator[Path]:
    with small_disk(_DISK_MEGABYTES) as mounted:
        yield mounted


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system in memory, with a path short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="pytune-disk-") as folder:
        words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder]
        subprocess.run(words, check=True)
        yield Path(folder)
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def place() -> Iterator[Path]:
    """Where servers and product keep their files."""
    with tempfile.TemporaryDirectory(prefix="pytune-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def mariadb(place: Path) -> Iterator[MariaDB]:
    server = MariaDB(place / "mariadb")
    yield server
    server.kill()


@pytest.fixture
def database_proxy(mariadb: MariaDB) -> Iterator[Proxy]:
    with Proxy(str(mariadb.path)) as opened:
        yield opened


@pytest.fixture
def redis(place: Path) -> Iterator[KeyValue]:
    server = KeyValue(place / "redis")
    yield server
    server.kill()


@pytest.fixture
def redis_proxy(redis: KeyValue) -> Iterator[Proxy]:
    with Proxy(str(redis.path)) as opened:
        yield opened


@pytest.fixture
def addresses(mariadb: MariaDB, database_proxy: Proxy, redis_proxy: Proxy) -> dict[str, str]:
    """Settings that lead to both servers, through proxies."""
    create_mariadb(mariadb.url, "faults")
    host = f"root@127.0.0.1:{database_proxy.port}"
    return {
        "PYTUNE_DATABASE_URL": f"mysql://{host}/{name_here('faults')}?ssl_disabled=true",
        "PYTUNE_REDIS_URL": f"redis://127.0.0.1:{redis_proxy.port}/0",
        "PYTUNE_DATABASE_SILENCE_SECONDS": "3",
    }


@pytest.fixture
def with_servers(place: Path, addresses: dict[str, str]) -> Iterator[Scene]:
    yield from scene(place / "data", addresses)


def scene(folder: Path, addresses: Mapping[str, str]) -> Iterator[Scene]:
    """The product with two models, the second of which has an earlier champion to fall back on."""
    administrator, settings = demo_with_two(folder, addresses)
    with running(folder, settings={**addresses, **QUICK}) as stack:
        work = Work(stack, stack.signed_in(administrator), settings)
        work.promote_another()
        yield Scene(stack, settings, work, addresses)
