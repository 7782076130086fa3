"""kill -9 of each process: nothing acknowledged is lost, and the old model goes on being served."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import func
from sqlmodel import col, delete, select

from app.db import open_database
from app.models import Event, Promotion, Training, TrainingState, UserItem
from app.models.columns import utc_now
from app.settings import Settings
from tests.stack.client import RECORD_LISTEN, STATUS, TRAIN, Client
from tests.stack.conftest import Demo
from tests.stack.running import ROOT, Running, running

pytestmark = pytest.mark.stack

QUICK_DETECTION = {"PYTUNE_WORKER_DEATH_SECONDS": "3", "PYTUNE_CHAMPION_POLL_SECONDS": "0.2"}
LONG_TRAINING = {"iterations": 1000, "factors": 128}
LONG_AGO, YEARS = datetime(2015, 1, 1, tzinfo=UTC), timedelta(days=3650)
"""When no listener of the demo listened yet."""


@pytest.fixture
def stack(copy_of_demo: Path) -> Iterator[Running]:
    with running(copy_of_demo, settings=QUICK_DETECTION) as started:
        yield started


@pytest.fixture
def listener(stack: Running, demo: Demo) -> Client:
    return stack.signed_in(demo.accounts["listener"])


@pytest.fixture
def administrator(stack: Running, demo: Demo) -> Client:
    return stack.signed_in(demo.accounts["administrator"])


def test_no_acknowledged_listen_is_lost_with_the_web_process(
    stack: Running, listener: Client
) -> None:
    before = _plays(stack)
    listening = Listening(listener, listener.recommended(1)["items"][0]["track"]["id"])
    with listening:
        assert listening.enough.wait(60)
        stack.kill_child("app.cli web")
    with stack.database().read() as session:
        early = select(Event.occurred_at).where(col(Event.occurred_at) < LONG_AGO + YEARS)
        kept = set(session.exec(early))
    assert set(listening.acknowledged) <= kept
    assert _plays(stack) - before == len(kept)
    assert _sums_agree(stack)
    assert stack.client().ask(STATUS)["status"]["modelVersion"] == 1


class Listening:
    """Records one listen after another from a thread, and keeps what was acknowledged."""

    def __init__(self, client: Client, track: str) -> None:
        self.client = client
        self.track = track
        self.acknowledged: list[datetime] = []
        self.enough, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._listen)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _listen(self) -> None:
        moment = LONG_AGO
        while not self._over.is_set():
            moment += timedelta(minutes=3)
            given = {"trackId": self.track, "listenedAt": moment.isoformat()}
            with suppress(httpx2.HTTPError):
                self.client.ask(RECORD_LISTEN, input=given)
                self.acknowledged.append(moment)
            if len(self.acknowledged) >= 30:
                self.enough.set()


@pytest.mark.soak
def test_a_training_whose_worker_was_killed_fails_and_the_next_one_works(
    stack: Running, administrator: Client
) -> None:
    number = _start(administrator, LONG_TRAINING)
    _await(administrator, number, lambda row: row["state"] == "RUNNING" and row["progress"] > 0.05)
    stack.kill_child("app.cli worker")
    lost = _await(administrator, number, lambda row: row["state"] == "FAILED")
    assert lost["error"] == "Its worker died. Train again."
    assert administrator.ask(STATUS)["status"]["modelVersion"] == 1
    assert [path.name for path in _models(stack)] == ["model-000001"]
    again = _start(administrator, {})
    done = _await(administrator, again, lambda row: row["state"] in {"FINISHED", "FAILED"})
    assert done["state"] == "FINISHED", done


@pytest.mark.soak
def test_the_key_value_server_comes_back_with_everything_working(
    stack: Running, listener: Client, administrator: Client
) -> None:
    stack.kill_key_value_server()
    assert listener.recommended()["modelVersion"] == 1
    _await_running(listener)
    number = _start(administrator, {})
    done = _await(administrator, number, lambda row: row["state"] in {"FINISHED", "FAILED"})
    assert done["state"] == "FINISHED", done


def test_a_second_parent_is_refused_and_serves_the_old_model_after_the_firsts_death(
    stack: Running, listener: Client, demo: Demo
) -> None:
    _is_refused_in_one_line(stack)
    served = listener.recommended()
    track = served["items"][0]["track"]["id"]
    listener.ask(RECORD_LISTEN, input={"trackId": track})
    afterwards = listener.recommended()
    stack.kill()
    stack.await_no_process()
    with running(stack.folder) as again:
        client = again.signed_in(demo.accounts["listener"])
        assert client.ask(STATUS)["status"]["modelVersion"] == 1
        assert client.recommended()["items"] == afterwards["items"]


@pytest.mark.soak
def test_a_first_training_that_was_interrupted_is_made_up_for(copy_of_demo: Path) -> None:
    database = open_database(Settings(data_dir=copy_of_demo))
    with database.write() as session:
        session.exec(delete(Promotion))
        row = session.get_one(Training, 1)
        row.state, row.heartbeat_at = TrainingState.RUNNING, utc_now()
        session.add(row)
    database.dispose()
    with running(copy_of_demo, "demo") as again:
        assert again.client().ask(STATUS)["status"] == {"state": "RUNNING", "modelVersion": 2}


def _is_refused_in_one_line(stack: Running) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "app.cli", "up", "--port", "0"],
        env={**os.environ, "PYTUNE_DATA_DIR": str(stack.folder)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert refused.stderr == (
        f"pytune: PyTune is running on {stack.folder} already, as process {stack.process.pid}.\n"
    )


def _start(administrator: Client, settings: dict[str, int]) -> int:
    answer = administrator.ask(TRAIN, input=settings)["trainModel"]
    assert answer["__typename"] == "TrainingStarted", answer
    version: int = answer["training"]["version"]
    return version


def _await(
    administrator: Client, number: int, wanted: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Ask until the training is as wanted; the test's own time limit ends it otherwise."""
    moment = threading.Event()
    while not wanted(row := administrator.trainings()[number]):
        assert row["state"] in {"QUEUED", "RUNNING"}, row
        moment.wait(0.1)
    return row


def _await_running(client: Client) -> None:
    moment = threading.Event()
    while client.ask(STATUS)["status"]["state"] != "RUNNING":
        moment.wait(0.1)


def _plays(stack: Running) -> int:
    with stack.database().read() as session:
        return session.exec(select(func.sum(UserItem.plays))).one()


def _sums_agree(stack: Running) -> bool:
    with stack.database().read() as session:
        return session.exec(select(func.sum(Event.plays))).one() == _plays(stack)


def _models(stack: Running) -> list[Path]:
    return sorted((stack.folder / "models").glob("model-*"))
