"""MariaDB and what stands for Redis killed, frozen, cut off and slowed; our processes killed.

Five times each: 40 minutes.
"""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
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
from tests.soak.faults.processes import of_processes
from tests.soak.faults.scene import QUICK, Scene, Timetable
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


class KeyValue:
    """A server in Redis' place, for all that PyTune knows, that can be killed and starts again."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.start()

    def start(self) -> None:
        self._up = ExitStack()
        self.launcher = self._up.enter_context(servers.key_value(self.settings))

    def kill(self) -> None:
        """kill -9 of the server itself, below its launcher, which ends with it."""
        below_it = ["pgrep", "-P", str(self.launcher.pid)]
        found = subprocess.run(below_it, capture_output=True, text=True, check=True)
        os.kill(int(found.stdout), signal.SIGKILL)
        self.close()

    def close(self) -> None:
        self._up.close()


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
def redis() -> Iterator[KeyValue]:
    with tempfile.TemporaryDirectory(prefix="pytune-") as folder:
        server = KeyValue(Settings(data_dir=Path(folder)))
        yield server
        server.close()


@pytest.fixture
def redis_proxy(redis: KeyValue) -> Iterator[Proxy]:
    with Proxy(str(redis.settings.embedded_socket)) as opened:
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
    with running(settings.folder, "demo", addresses | QUICK) as started:
        yield started


def test_faults_of_servers_cost_no_listen_and_give_no_wrong_answer(
    stack: Running,
    settings: Settings,
    mariadb: MariaDB,
    redis: KeyValue,
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
            Fault("kill -9 of Redis", redis.kill, redis.start, seconds=1, is_over=work.runs),
            *_of_connections("Redis", redis_proxy, work, fails_requests=False),
        ]
        costs = suffer(faults, clients, say)
    database.dispose()
    assert [str(cost) for cost in costs if not cost.is_as_promised] == []


def test_killed_processes_cost_no_listen_with_servers_of_their_own(
    stack: Running, settings: Settings, say: Say
) -> None:
    scene = Scene(stack, settings, Work(stack, stack.signed_in(stack.accounts["administrator"])))
    timetable, database = Timetable(scene), open_database(settings)
    with busy(stack, settings, database) as clients:
        costs = suffer(of_processes(scene, timetable), clients, say)
    timetable.close()
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
