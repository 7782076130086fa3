"""Faults of the embedded set-up while listeners ask and listen, five times each. 30 minutes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db import open_database
from tests.soak.conftest import Say
from tests.soak.faults.clients import busy
from tests.soak.faults.conftest import scene
from tests.soak.faults.processes import REST_SECONDS, of_pytune
from tests.soak.faults.scene import Scene, Timetable
from tests.soak.faults.table import TIMES, Fault, suffer

pytestmark = [
    pytest.mark.soak,
    pytest.mark.stack,
    pytest.mark.tmpfs,
    pytest.mark.timeout(1200 * (1 + TIMES)),
]


@pytest.fixture
def embedded(disk: Path) -> Iterator[Scene]:
    yield from scene(disk / "data", {})


def test_faults_cost_no_listen_and_give_no_wrong_answer(
    embedded: Scene, tmp_path: Path, say: Say
) -> None:
    timetable, database = Timetable(embedded), open_database(embedded.settings)
    key_value = Fault(
        "kill -9 of key-value server",
        embedded.stack.kill_key_value_server,
        is_over=embedded.work.runs,
        rest_seconds=REST_SECONDS,
    )
    faults = of_pytune(embedded, timetable, key_value, tmp_path, lambda _: {})
    with busy(embedded.stack, embedded.settings, database) as clients:
        costs = suffer(faults, clients, say)
    timetable.close()
    database.dispose()
    assert [str(cost) for cost in costs if not cost.is_as_promised] == []
