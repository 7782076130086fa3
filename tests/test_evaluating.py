"""Asking for a training to be measured again: one run at a time, its end, its job."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlmodel import select

from app import evaluating, evaluations, jobs, listening, lost_trainings, training
from app.db import Database
from app.errors import (
    EvaluationNotFound,
    InvalidInput,
    NoChampion,
    NoListens,
    QueueUnavailable,
    TrainingNotFound,
)
from app.evaluating import EvaluationOver
from app.jobs import JobState
from app.listening import Listen
from app.ml.recipe import Recipe
from app.models import Evaluation, EvaluationRun, TrainingState
from app.queue import JobName, JobQueue
from app.settings import Settings
from tests import making
from tests.announced import await_subscribed, next_told
from tests.jobs_at_work import begin, fail, waiting_jobs
from tests.models_made import crowned, finished

SILENT = timedelta(seconds=30)
LONG_AGO = timedelta(minutes=5)
METRICS = {"promote": True, "verdict": {}}


@pytest.fixture
def queue(settings: Settings) -> Iterator[JobQueue]:
    opened = JobQueue(settings)
    yield opened
    opened.close()


@pytest.fixture
def tracks(database: Database) -> list[int]:
    """One of which somebody played."""
    with database.write() as session:
        made = making.tracks(session, 4)
        listening.record_listen(session, making.user(session), Listen(made[0]))
    return made


@pytest.fixture
def trained(database: Database, settings: Settings, tracks: list[int]) -> int:
    return finished(database, settings, tracks)


@pytest.fixture
def launched(database: Database, queue: JobQueue, trained: int) -> int:
    return evaluating.launch(database, queue, "root", trained)


def _row(database: Database, number: int) -> EvaluationRun:
    with database.read() as session:
        return evaluating.run(session, number)


def test_a_run_waits_for_a_worker(
    database: Database, queue: JobQueue, trained: int, launched: int
) -> None:
    row = _row(database, launched)
    assert (row.training_id, row.requested_by, row.state) == (trained, "root", TrainingState.QUEUED)
    (job,) = jobs.jobs(queue, 5)
    assert (job.id, job.name) == (evaluating.job_id(launched), JobName.EVALUATE)
    assert (job.evaluation_id, job.training_id) == (launched, None)


def test_four_who_ask_at_once_get_one_run_and_one_job(
    database: Database, queue: JobQueue, trained: int
) -> None:
    together = Barrier(4)

    def ask(_: int) -> int:
        together.wait()
        return evaluating.launch(database, queue, "root", trained)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask, range(4)))) == 1
    assert len(waiting_jobs(queue)) == 1


def test_another_training_has_a_run_of_its_own(
    database: Database, settings: Settings, queue: JobQueue, tracks: list[int], trained: int
) -> None:
    other = finished(database, settings, tracks)
    numbers = [evaluating.launch(database, queue, "root", each) for each in (trained, other)]
    assert len(set(numbers)) == 2
    with database.read() as session:
        one, two = evaluations.runs_of(session, [trained, other])
    assert [len(one), len(two)] == [1, 1]


def test_it_is_the_champion_where_no_training_is_named(
    database: Database, settings: Settings, queue: JobQueue, tracks: list[int]
) -> None:
    with pytest.raises(NoChampion):
        evaluating.launch(database, queue, "root")
    champion = crowned(database, settings, tracks)
    finished(database, settings, tracks)
    assert _row(database, evaluating.launch(database, queue, "root")).training_id == champion


def test_only_a_finished_training_is_measured(
    database: Database, queue: JobQueue, tracks: list[int]
) -> None:
    with pytest.raises(TrainingNotFound):
        evaluating.launch(database, queue, "root", 99)
    number = training.launch(database, queue, "root", Recipe())
    with pytest.raises(InvalidInput, match="is queued: only a finished one") as refused:
        evaluating.launch(database, queue, "root", number)
    assert refused.value.field == "trainingId"


def test_without_listens_there_is_nothing_to_measure_on(
    database: Database, settings: Settings, queue: JobQueue, trained: int
) -> None:
    with database.write() as session:
        session.connection().execute(listening.EVENTS.delete())
        session.connection().execute(listening.USER_ITEMS.delete())
    with pytest.raises(NoListens):
        evaluating.launch(database, queue, "root", trained)


def test_without_a_queue_nothing_is_left_under_way(
    database: Database, settings: Settings, trained: int, queue: JobQueue, tmp_path: Path
) -> None:
    away = JobQueue(settings.model_copy(update={"redis_url": f"unix://{tmp_path}/nobody"}))
    with pytest.raises(QueueUnavailable):
        evaluating.launch(database, away, "root", trained)
    with database.read() as session:
        ((first,),) = evaluations.runs_of(session, [trained])
    assert first.state is TrainingState.FAILED
    assert "does not answer" in str(first.error)
    assert evaluating.launch(database, queue, "root", trained) != first.id


def test_what_was_found_belongs_to_its_run_and_not_to_its_training(
    database: Database, trained: int, launched: int
) -> None:
    with database.write() as session:
        session.add(Evaluation(training_id=trained, promote=True, reason="Promoted.", metrics={}))
        evaluating.start(session, launched)
        evaluating.progress(session, launched, 0.5)
    assert _row(database, launched).progress == 0.5
    with database.write() as session:
        evaluating.finish(session, launched, None, METRICS, "It would.")
    row = _row(database, launched)
    assert (row.state, row.progress) == (TrainingState.FINISHED, 1.0)
    with database.read() as session:
        ((own,),) = evaluations.evaluations_of(session, [trained])
        found = evaluations.evaluations_by_id(session, [row.evaluation_id or 0])
        assert own.reason == "Promoted."
    (asked_for,) = found.values()
    assert (asked_for.reason, asked_for.promote) == ("It would.", False)


def test_what_is_over_is_neither_begun_nor_finished(database: Database, launched: int) -> None:
    with database.write() as session:
        evaluating.fail(session, launched, "Cancelled by root.")
        evaluating.fail(session, launched, "no")
    for late in (
        lambda session: evaluating.start(session, launched),
        lambda session: evaluating.progress(session, launched, 0.9),
        lambda session: evaluating.finish(session, launched, None, METRICS, "It would."),
    ):
        with pytest.raises(EvaluationOver, match="it is failed"), database.write() as session:
            late(session)
    with database.read() as session:
        assert session.exec(select(Evaluation)).all() == []
    assert _row(database, launched).error == "Cancelled by root."
    with database.read() as session, pytest.raises(EvaluationNotFound):
        evaluating.run(session, 99)


def _age(database: Database, number: int) -> None:
    with database.write() as session:
        row = evaluating.run(session, number)
        row.created_at -= LONG_AGO
        row.heartbeat_at = row.heartbeat_at and row.heartbeat_at - LONG_AGO


def test_one_whose_worker_died_has_failed_and_can_be_asked_for_again(
    database: Database, queue: JobQueue, trained: int, launched: int
) -> None:
    database.transact(lambda session: evaluating.start(session, launched))
    assert evaluating.fail_abandoned(database, queue, SILENT) == []
    _age(database, launched)
    assert evaluating.fail_abandoned(database, queue, SILENT) == [launched]
    assert evaluating.fail_abandoned(database, queue, SILENT) == []
    assert _row(database, launched).error == "Its worker died. Ask for it again."
    assert evaluating.launch(database, queue, "root", trained) != launched


def test_one_that_waits_is_given_up_where_its_job_is_lost(
    database: Database, queue: JobQueue, launched: int
) -> None:
    _age(database, launched)
    assert evaluating.fail_abandoned(database, queue, SILENT) == [], "its job waits"
    queue.redis.flushdb()
    assert evaluating.fail_abandoned(database, queue, LONG_AGO * 2) == [], "it may be about to"
    assert evaluating.fail_abandoned(database, queue, SILENT) == [launched]


def test_one_interrupted_by_the_end_of_an_embedded_pytune_has_failed(
    database: Database, launched: int
) -> None:
    lost_trainings.fail_interrupted(database)
    assert _row(database, launched).state is TrainingState.QUEUED, "the queue keeps it"
    database.transact(lambda session: evaluating.start(session, launched))
    lost_trainings.fail_interrupted(database)
    assert _row(database, launched).error == "PyTune ended meanwhile. Ask for it again."


def test_a_running_one_is_cancelled_with_its_job(
    database: Database, queue: JobQueue, launched: int
) -> None:
    database.transact(lambda session: evaluating.start(session, launched))
    begin(queue, evaluating.job_id(launched))
    with queue.redis.pubsub() as commands:  # type: ignore[no-untyped-call]
        commands.subscribe("rq:pubsub:worker")
        await_subscribed(commands)
        jobs.cancel(database, queue, evaluating.job_id(launched), "eve")
        assert b"stop-job" in next_told(commands)
    row = _row(database, launched)
    assert (row.state, row.error) == (TrainingState.FAILED, "Cancelled by eve.")


def test_a_failed_one_is_tried_again_as_another(
    database: Database, queue: JobQueue, trained: int, launched: int
) -> None:
    job_id = evaluating.job_id(launched)
    fail(queue, job_id, "no")
    database.transact(lambda session: evaluating.fail(session, launched, "no"))
    again = jobs.retry(database, queue, job_id, "eve")
    assert again.state is JobState.QUEUED
    assert again.evaluation_id not in {None, launched}
    row = _row(database, again.evaluation_id or 0)
    assert (row.training_id, row.requested_by) == (trained, "eve")
