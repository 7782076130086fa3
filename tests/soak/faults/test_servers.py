"""MariaDB and Redis killed, frozen, cut off and slowed, five times each. 10 minutes."""

from functools import partial

import pytest

from app.db import open_database
from tests.proxy import Proxy
from tests.soak.conftest import Say
from tests.soak.faults.clients import busy
from tests.soak.faults.scene import Scene
from tests.soak.faults.table import TIMES, Fault, suffer
from tests.soak.faults.work import Work
from tests.soak.killable import KeyValue, MariaDB

pytestmark = [
    pytest.mark.soak,
    pytest.mark.stack,
    pytest.mark.mariadb,
    pytest.mark.timeout(1200 + 600 * TIMES),
]

CUT_SECONDS, SLOW_SECONDS, SILENT_SECONDS, DELAY_SECONDS = 3, 5, 8, 0.1


def test_faults_of_servers_cost_no_listen_and_give_no_wrong_answer(
    with_servers: Scene,
    mariadb: MariaDB,
    redis: KeyValue,
    database_proxy: Proxy,
    redis_proxy: Proxy,
    say: Say,
) -> None:
    work, database = with_servers.work, open_database(with_servers.settings)
    with busy(with_servers.stack, with_servers.settings, database) as clients:
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
            Fault(
                f"kill -9 of {redis.name}", redis.kill, redis.start, seconds=1, is_over=work.runs
            ),
            *_of_connections(redis.name, redis_proxy, work, fails_requests=False),
            Fault(
                f"{redis.name} silent",
                redis_proxy.swallow,
                redis_proxy.speak,
                seconds=SILENT_SECONDS,
                is_over=work.runs,
            ),
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
