"""kill -9 in the middle of trainings, at the shipped settings. 12 minutes."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from sqlmodel import Session, select

from app import training
from app.ml.model_slot import LoadedModel
from app.models import Evaluation, Training, TrainingState
from app.models.columns import utc_now
from tests.soak.conftest import Say
from tests.soak.swapping import await_that
from tests.stack.client import STATUS, TRAIN, Client
from tests.stack.conftest import Demo
from tests.stack.running import Running, running

pytestmark = [pytest.mark.soak, pytest.mark.stack, pytest.mark.timeout(3000)]

T = TypeVar("T")

ROUNDS = 10
LONG = {"iterations": 60, "factors": 128}
QUICK = {"iterations": 3, "factors": 8}
OVER = {"FINISHED", "FAILED"}
PROMISED = timedelta(seconds=90)
"""From a death to the end of what died, at the shipped settings."""


@pytest.fixture
def stack(copy_of_demo: Path) -> Iterator[Running]:
    with running(copy_of_demo) as started:
        yield started


@pytest.fixture
def administrator(stack: Running, demo: Demo) -> Client:
    return stack.signed_in(demo.accounts["administrator"])


def test_a_training_killed_at_any_moment_ends_and_the_next_one_works(
    stack: Running, administrator: Client, say: Say
) -> None:
    rng = np.random.default_rng()
    for n in range(ROUNDS):
        before = _champion(stack)
        number, at = _start(administrator, LONG), float(rng.uniform(0, 0.99))
        late = "" if _reach(administrator, number, at) else ", when it was over"
        whom, kill = list(KILLS.items())[n % len(KILLS)]
        killed_at = utc_now()
        kill(stack)
        _end(administrator, number)
        row = _ended_well(stack, number, before)
        took = (row.finished_at or utc_now()) - killed_at
        following = _end(administrator, _start(administrator, QUICK))["state"]
        say(
            f"{n + 1}: {whom} killed at {at:.0%}{late}: {row.state.value} after"
            f" {took.total_seconds():.0f} s, then {following}"
        )
        assert took <= PROMISED
        assert following == "FINISHED"
        await_that(lambda: administrator.ask(STATUS)["status"]["modelVersion"] == _champion(stack))


def _ended_well(stack: Running, number: int, before: int) -> Training:
    """The row of one that was killed: the champion is as it was, or the training had finished."""
    row = _read(stack, partial(training.training, training_id=number))
    champion, is_there = _champion(stack), (stack.folder / "models" / f"{row.artifact}").is_dir()
    _check_models(stack)
    if row.state is TrainingState.FINISHED:
        assert is_there
        assert champion == (number if _read(stack, partial(_won, number=number)) else before)
    else:
        assert champion == before
    return row


def test_a_training_during_which_the_key_value_server_is_killed_ends(
    stack: Running, administrator: Client, say: Say
) -> None:
    for n in range(3):
        number = _start(administrator, LONG)
        assert _reach(administrator, number, 0.1 + 0.2 * n)
        started = time.monotonic()
        stack.kill_key_value_server()
        row = _end(administrator, number)
        took = time.monotonic() - started
        _check_models(stack)
        following = _end(administrator, _start(administrator, QUICK))["state"]
        say(f"key-value server killed: {row['state']} after {took:.0f} s, then {following}")
        assert following == "FINISHED"


@pytest.mark.parametrize("whom", ["job", "workers", "forked workers"])
def test_an_evaluation_that_is_killed_has_failed_and_is_done_when_asked_again(
    stack: Running, administrator: Client, say: Say, whom: str
) -> None:
    run = administrator.evaluated()
    await_that(lambda: administrator.evaluation(run)["progress"] > 0, 0.05)
    KILLS[whom](stack)
    await_that(lambda: administrator.evaluation(run)["state"] in OVER, 0.2)
    lost = administrator.evaluation(run)
    assert (lost["state"], lost["evaluation"]) == ("FAILED", None)
    again = administrator.evaluated()
    assert again != run
    await_that(lambda: administrator.evaluation(again)["state"] in OVER, 0.2)
    done = administrator.evaluation(again)
    say(f"evaluation's {whom} killed: {lost['error']} Asked again: {done['state']}")
    assert done["state"] == "FINISHED"
    assert administrator.ask(STATUS)["status"]["modelVersion"] == 1
    _check_models(stack)


def _start(administrator: Client, settings: dict[str, int]) -> int:
    answer: dict[str, Any] = {}

    def begun() -> bool:
        answer.update(administrator.ask(TRAIN, input=settings)["trainModel"])
        return bool(answer["__typename"] == "TrainingStarted")

    await_that(begun, 0.5)
    version: int = answer["training"]["version"]
    return version


def _reach(administrator: Client, number: int, share: float) -> bool:
    """Wait until so much is done; whether it was still at it then."""

    def there() -> bool:
        row.update(administrator.trainings()[number])
        return row["state"] in OVER or bool(row["state"] == "RUNNING" and row["progress"] >= share)

    row: dict[str, Any] = {}
    await_that(there, 0.05)
    assert row["state"] != "FAILED", row
    return bool(row["state"] == "RUNNING")


def _end(administrator: Client, number: int) -> dict[str, Any]:
    await_that(lambda: administrator.trainings()[number]["state"] in OVER, 0.2)
    return administrator.trainings()[number]


def _read(stack: Running, look: Callable[[Session], T]) -> T:
    database = stack.database()
    try:
        with database.read() as session:
            return look(session)
    finally:
        database.dispose()


def _champion(stack: Running) -> int:
    found = _read(stack, training.champion)
    assert found is not None
    return found.version


def _won(session: Session, number: int) -> bool:
    statement = select(Evaluation.promote).where(Evaluation.training_id == number)
    return session.exec(statement).one()


def kill_job(stack: Running) -> None:
    """Whatever is done at the moment, by processes below the workers, which are below their own."""
    (parent,) = _children(stack.process.pid, "app.cli worker")
    for worker in _children(parent, "."):
        for job in _children(worker, "."):
            os.kill(job, signal.SIGKILL)


def _children(parent: int, pattern: str) -> list[int]:
    command = ["pgrep", "-P", str(parent), "-f", pattern]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return [int(number) for number in found.stdout.split()]


def kill_workers(stack: Running) -> None:
    """The process that all workers were forked from, and so all of them."""
    stack.kill_child("app.cli worker")


def kill_forked(stack: Running) -> None:
    """Each worker, but not what starts them again."""
    (parent,) = _children(stack.process.pid, "app.cli worker")
    for worker in _children(parent, "."):
        os.kill(worker, signal.SIGKILL)


KILLS = {"job": kill_job, "workers": kill_workers, "forked workers": kill_forked}


def _check_models(stack: Running) -> None:
    """Every folder that has a model's name holds a whole one, of a training that finished."""
    database = stack.database()
    for folder in (stack.folder / "models").glob("model-*"):
        number = int(folder.name.removeprefix("model-"))
        with database.read() as session:
            row = training.training(session, number)
        LoadedModel.load(folder, row.checksum, number)
        assert row.state is TrainingState.FINISHED
    database.dispose()
