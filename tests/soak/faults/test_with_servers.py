"""The faults of the embedded set-up with MariaDB and Redis, all on one small disk. 30 minutes."""

from functools import partial
from pathlib import Path

import pytest

from app.db import open_database
from tests.conftest import create_mariadb
from tests.soak.conftest import Say
from tests.soak.faults.clients import busy
from tests.soak.faults.processes import of_pytune
from tests.soak.faults.scene import Scene, Timetable
from tests.soak.faults.table import TIMES, Fault, suffer
from tests.soak.killable import KeyValue, MariaDB

pytestmark = [
    pytest.mark.soak,
    pytest.mark.stack,
    pytest.mark.mariadb,
    pytest.mark.tmpfs,
    pytest.mark.timeout(1200 * (1 + TIMES)),
]


@pytest.fixture
def place(disk: Path) -> Path:
    return disk


def test_faults_cost_no_listen_and_give_no_wrong_answer(
    with_servers: Scene, mariadb: MariaDB, redis: KeyValue, tmp_path: Path, say: Say
) -> None:
    timetable, database = Timetable(with_servers), open_database(with_servers.settings)
    key_value = Fault(
        f"kill -9 of {redis.name}",
        redis.kill,
        redis.start,
        seconds=1,
        is_over=with_servers.work.runs,
    )
    faults = of_pytune(with_servers, timetable, key_value, tmp_path, partial(_new, mariadb))
    with busy(with_servers.stack, with_servers.settings, database) as clients:
        costs = suffer(faults, clients, say)
    timetable.close()
    database.dispose()
    assert [str(cost) for cost in costs if not cost.is_as_promised] == []


def _new(mariadb: MariaDB, number: int) -> dict[str, str]:
    """Settings that lead to a database without tables."""
    url = create_mariadb(mariadb.url, f"new_{number}")
    return {"PYTUNE_DATABASE_URL": url.render_as_string(hide_password=False)}
