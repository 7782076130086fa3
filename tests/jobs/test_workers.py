"""A worker for each queue, as real processes: what takes long holds nothing else up."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from rq import Worker

from app import jobs, training
from app.db import Database
from app.importing import asking, records
from app.importing.formats import ImportFormat
from app.importing.records import Wanted
from app.jobs import JobState
from app.ml.recipe import Recipe
from app.models import ImportState, TrainingState
from app.queue import JobName, JobQueue, JsonJob
from app.queue_names import QueueName
from app.settings import Settings
from jobs.runtime import Runtime
from tests import making
from tests.importing.packing import packed, stream
from tests.jobs_at_work import worker

LONG = Recipe("als", settings={"factors": 1024, "iterations": 1000})


@pytest.fixture
def settings(sqlite_settings: Settings) -> Settings:
    return sqlite_settings


def test_short_jobs_and_imports_are_done_while_a_training_runs(
    rt: Runtime, tracks: list[int], tmp_path: Path
) -> None:
    assert tracks
    number = training.launch(rt.database, rt.queue, "root", LONG, seed=7)
    path = packed(tmp_path / "made.zip", {"endsong_0.json": [stream(1)]})
    wanted = Wanted.of(ImportFormat.SPOTIFY, path, user_id=rt.database.transact(making.user))
    with worker(rt.settings, PYTUNE_WORKER_DEATH_SECONDS="170"):
        _await(lambda: _state(rt, number) is TrainingState.RUNNING)
        with _held(rt):
            short, imported = rt.queue.enqueue(JobName.TIDY), asking.launch(*_both(rt), wanted)
            _await(lambda: _is_done(rt, short))
            _await(lambda: _import_state(rt, imported) is ImportState.FINISHED)
            assert _state(rt, number) is TrainingState.RUNNING
            assert rt.queue.workers() == dict.fromkeys(QueueName, 1)
            _await(lambda: len(_running(rt)) == 1)
            (running,) = _running(rt)
            jobs.cancel(*_both(rt), running, "root")
            _await(lambda: jobs.job(rt.queue, running).state is JobState.FAILED)
            _another_comes(rt)


def _state(rt: Runtime, number: int) -> TrainingState:
    with rt.database.read() as session:
        return training.training(session, number).state


def _import_state(rt: Runtime, number: int) -> ImportState:
    with rt.database.read() as session:
        return records.record(session, number).state


def _is_done(rt: Runtime, job_id: str) -> bool:
    return JsonJob.fetch(job_id, connection=rt.queue.redis).is_finished


def _running(rt: Runtime) -> list[str]:
    return [job.id for job in jobs.jobs(rt.queue, 20, JobState.RUNNING)]


@contextmanager
def _held(rt: Runtime) -> Iterator[None]:
    """The training's process takes for ever, and nothing of this machine."""
    (parent,) = _workers(rt, QueueName.MODELS)
    found = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=True)
    os.kill(int(found.stdout), signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(int(found.stdout), signal.SIGKILL)


def _another_comes(rt: Runtime) -> None:
    """In place of a worker that dies; the others live on."""
    before = {name: _workers(rt, name) for name in QueueName}
    (dead,) = before[QueueName.SHORT]
    os.kill(dead, signal.SIGKILL)
    _await(lambda: bool(_workers(rt, QueueName.SHORT) - {dead}))
    short = rt.queue.enqueue(JobName.TIDY)
    _await(lambda: _is_done(rt, short))
    for name in (QueueName.MODELS, QueueName.IMPORTS):
        assert _workers(rt, name) == before[name]


def _workers(rt: Runtime, name: QueueName) -> set[int]:
    return {each.pid or 0 for each in Worker.all(queue=rt.queue.queues[name])}


def _both(rt: Runtime) -> tuple[Database, JobQueue]:
    return rt.database, rt.queue


def _await(happened: Callable[[], bool]) -> None:
    """The test's own time limit ends it otherwise."""
    moment = threading.Event()
    while not happened():
        moment.wait(0.05)
