"""kill -9 in the middle of trainings, at the shipped settings. 12 minutes."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import training
from app.ml.model_slot import LoadedModel
from app.models import TrainingState
from tests.soak.conftest import Say
from tests.soak.swapping import await_that
from tests.stack.client import STATUS, TRAIN, Client
from tests.stack.conftest import Demo
from tests.stack.running import Running, running

pytestmark = [pytest.mark.soak, pytest.mark.stack, pytest.mark.timeout(3000)]

ROUNDS = 10
LONG = {"iterations": 60, "factors": 128}
QUICK = {"iterations": 3, "factors": 8}
OVER = {"FINISHED", "FAILED"}


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
    rng, slowest = np.random.default_rng(), 0.0
    for n in range(ROUNDS):
        number, at = _start(administrator, LONG), float(rng.uniform(0, 0.7))
        _reach(administrator, number, at)
        whom = "job" if n % 2 else "worker"
        started = time.monotonic()
        kill_job(stack) if n % 2 else stack.kill_child("app.cli worker")
        row = _end(administrator, number)
        took = time.monotonic() - started
        slowest = max(slowest, took)
        _check_models(stack)
        champion = administrator.ask(STATUS)["status"]["modelVersion"]
        following = _end(administrator, _start(administrator, QUICK))["state"]
        say(f"{n + 1}: {whom} killed at {at:.0%}: {row['state']} after {took:.0f} s, {following}")
        assert row["state"] in OVER
        assert champion == 1
        assert following == "FINISHED"
    say(f"{ROUNDS} kills, the slowest noticed after {slowest:.0f} s (aim: 90)")


def test_a_training_during_which_the_key_value_server_is_killed_ends(
    stack: Running, administrator: Client, say: Say
) -> None:
    for n in range(3):
        number = _start(administrator, LONG)
        _reach(administrator, number, 0.1 + 0.2 * n)
        started = time.monotonic()
        stack.kill_key_value_server()
        row = _end(administrator, number)
        took = time.monotonic() - started
        _check_models(stack)
        following = _end(administrator, _start(administrator, QUICK))["state"]
        say(f"key-value server killed: {row['state']} after {took:.0f} s, then {following}")
        assert following == "FINISHED"


@pytest.mark.parametrize("whom", ["worker", "job"])
def test_an_evaluation_that_is_killed_has_failed_and_is_done_when_asked_again(
    stack: Running, administrator: Client, say: Say, whom: str
) -> None:
    run = administrator.evaluated()
    await_that(lambda: administrator.evaluation(run)["progress"] > 0, 0.05)
    kill_job(stack) if whom == "job" else stack.kill_child("app.cli worker")
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


def _reach(administrator: Client, number: int, share: float) -> None:
    def there() -> bool:
        row = administrator.trainings()[number]
        assert row["state"] not in OVER, row
        return bool(row["state"] == "RUNNING" and row["progress"] >= share)

    await_that(there, 0.05)


def _end(administrator: Client, number: int) -> dict[str, Any]:
    await_that(lambda: administrator.trainings()[number]["state"] in OVER, 0.2)
    return administrator.trainings()[number]


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
