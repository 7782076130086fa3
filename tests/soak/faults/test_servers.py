"""MariaDB killed and frozen, its connections and Redis' cut and slowed, five times each.

10 minutes.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from app.db import open_database
from app.settings import Settings
from tests import servers
from tests.conftest import create_mariadb, name_here
from tests.proxy import Proxy
from tests.soak.conftest import Say
from tests.soak.faults.clients import busy
from tests.soak.faults.table import TIMES, Fault, suffer
from tests.soak.faults.work import Work
from tests.stack.running import Running, running

pytestmark = [
    pytest.mark.soak,
    pytest.mark.stack,
    pytest.mark.mariadb,
    pytest.mark.timeout(1200 + 600 * TIMES),
]

CUT_SECONDS, SLOW_SECONDS, SILENT_SECONDS, DELAY_SECONDS = 3, 5, 8, 0.1
MANY_REQUESTS = {"PYTUNE_REQUESTS_PER_MINUTE": "1000000"}


class MariaDB:
    """A private server that can be killed and starts again, as a system's supervisor has it.

    It syncs every commit: what was acknowledged survives.
    """

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        self.folder, self.path = folder, folder / "socket"
        self.user = servers._server_user(folder)
        servers._install(folder, self.user)
        self.start()

    def start(self) -> None:
        data = f"--datadir={self.folder}/data"
        command = ["mariadbd", "--no-defaults", *self.user, data, *servers.LASTING]
        log = self.folder / "log"
        with log.open("ab") as said:
            self.process = subprocess.Popen(
                [*command, f"--socket={self.path}"], stdout=said, stderr=said
            )
        servers._await_mariadb(self.process, self.path, log)

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    @property
    def url(self) -> URL:
        return servers._through(self.path)


@pytest.fixture
def mariadb() -> Iterator[MariaDB]:
    with tempfile.TemporaryDirectory(prefix="pytune-mariadb-") as folder:
        server = MariaDB(Path(folder))
        yield server
        server.kill()


@pytest.fixture
def database_proxy(mariadb: MariaDB) -> Iterator[Proxy]:
    with Proxy(str(mariadb.path)) as opened:
        yield opened


@pytest.fixture
def redis_proxy() -> Iterator[Proxy]:
    with tempfile.TemporaryDirectory(prefix="pytune-") as folder:
        alone = Settings(data_dir=Path(folder))
        with servers.key_value(alone), Proxy(str(alone.embedded_socket)) as opened:
            yield opened


@pytest.fixture
def settings(
    tmp_path: Path, mariadb: MariaDB, database_proxy: Proxy, redis_proxy: Proxy
) -> Settings:
    create_mariadb(mariadb.url, "faults")
    host = f"root@127.0.0.1:{database_proxy.port}"
    return Settings(
        data_dir=tmp_path / "data",
        database_url=f"mysql://{host}/{name_here('faults')}?ssl_disabled=true",
        redis_url=f"redis://127.0.0.1:{redis_proxy.port}/0",
    )


@pytest.fixture
def stack(settings: Settings) -> Iterator[Running]:
    addresses = {
        "PYTUNE_DATABASE_URL": str(settings.database_url),
        "PYTUNE_REDIS_URL": str(settings.redis_url),
        "PYTUNE_DATABASE_SILENCE_SECONDS": "3",
    }
    with running(settings.folder, "demo", addresses | MANY_REQUESTS) as started:
        yield started


def test_faults_of_servers_cost_no_listen_and_give_no_wrong_answer(
    stack: Running,
    settings: Settings,
    mariadb: MariaDB,
    database_proxy: Proxy,
    redis_proxy: Proxy,
    say: Say,
) -> None:
    work = Work(stack, stack.signed_in(stack.accounts["administrator"]))
    database = open_database(settings)
    with busy(stack, settings, database) as clients:
        faults = [
            Fault(
                "kill -9 of MariaDB", mariadb.kill, mariadb.start, seconds=1, fails_requests=True
            ),
            *_of_connections("MariaDB", database_proxy, work, fails_requests=True),
            Fault(
                "MariaDB silent",
                database_proxy.swallow,
                database_proxy.speak,
                seconds=SILENT_SECONDS,
                fails_requests=True,
            ),
            *_of_connections("Redis", redis_proxy, work, fails_requests=False),
        ]
        costs = suffer(faults, clients, say)
    database.dispose()
    assert [str(cost) for cost in costs if not cost.is_as_promised] == []


def _of_connections(name: str, proxy: Proxy, work: Work, *, fails_requests: bool) -> list[Fault]:
    """Cut for some seconds, and slowed for some; slow ones fail no request."""
    return [
        Fault(
            f"connections to {name} cut",
            proxy.cut,
            proxy.join,
            seconds=CUT_SECONDS,
            is_over=work.runs,
            fails_requests=fails_requests,
        ),
        Fault(
            f"connections to {name} slowed",
            partial(_slow, proxy, DELAY_SECONDS),
            partial(_slow, proxy, 0),
            seconds=SLOW_SECONDS,
            is_over=work.runs,
        ),
    ]


def _slow(proxy: Proxy, seconds: float) -> None:
    proxy.delay_seconds = seconds
