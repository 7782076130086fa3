"""Alerts of trainings and searches that began by themselves and failed."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import Session

from app import alerts, jobs, listening, lost_trainings, training, tuning, unattended
from app.db import Database
from app.listening import Listen
from app.ml.recipe import Recipe
from app.models import Alert, AlertKind, Evaluation, TrainingState
from app.models.columns import id_of, utc_now
from app.queue import JobQueue
from app.settings import Settings
from tests import making

SILENT = timedelta(seconds=30)


@pytest.fixture
def queue(settings: Settings, database: Database) -> Iterator[JobQueue]:
    with database.write() as session:
        track = making.track(session, "Sinnerman")
        listening.record_listen(session, making.user(session), Listen(track))
    opened = JobQueue(settings)
    yield opened
    opened.close()


def _alerts(database: Database) -> list[Alert]:
    with database.read() as session:
        return alerts.alerts(session, 10)


def _training(database: Database, queue: JobQueue, by: str) -> int:
    return training.launch(database, queue, by, Recipe())


def _fail(database: Database, number: int, reason: str) -> None:
    database.transact(lambda session: training.fail(session, number, reason))


@pytest.mark.parametrize("by", [unattended.SCHEDULE, unattended.DRIFT])
def test_a_training_that_fails_by_itself_is_told_once(
    database: Database, queue: JobQueue, by: str
) -> None:
    first = _training(database, queue, by)
    _fail(database, first, "no disk")
    _fail(database, _training(database, queue, by), "no memory")
    (row,) = _alerts(database)
    assert row.kind == AlertKind.TRAINING_FAILED
    assert row.details == {"training": first, "reason": "no disk", "same": "training_failed"}
    assert row.message.endswith("The reason: no disk")
    with database.write() as session:
        alerts.acknowledge(session, id_of(row), "root")
    _fail(database, _training(database, queue, by), "no memory")
    assert _alerts(database)[0].details["reason"] == "no memory"


def test_one_whose_worker_died_is_told(database: Database, queue: JobQueue) -> None:
    number = _training(database, queue, unattended.SCHEDULE)
    queue.redis.flushdb()
    assert lost_trainings.fail_abandoned(database, queue, SILENT) == [number]
    (row,) = _alerts(database)
    assert "Its worker died" in row.message


def test_what_somebody_asked_for_or_ended_is_told_to_nobody(
    database: Database, queue: JobQueue
) -> None:
    _fail(database, _training(database, queue, "root"), "no disk")
    _training(database, queue, unattended.SCHEDULE)
    jobs.cancel(database, queue, queue.waiting_ids()[-1], "root")
    tuning.launch(database, queue, unattended.SCHEDULE, 10)
    tuning.cancel_job(database, queue, queue.waiting_ids()[-1], "root")
    assert _alerts(database) == []


def test_a_search_that_kills_its_workers_is_told(database: Database, queue: JobQueue) -> None:
    number = tuning.launch(database, queue, unattended.SCHEDULE, 10)
    for _ in range(4):
        queue.redis.flushdb()
        tuning.resume_lost(database, queue, SILENT)
    (row,) = _alerts(database)
    assert (row.kind, row.details["tuning"]) == (AlertKind.TUNING_FAILED, number)
    assert row.details["reason"] == "Its worker died again and again."


def _judged(session: Session, by: str, *, stale: bool) -> None:
    row = training.request(session, by, Recipe(), seed=1)
    row.state, row.finished_at = TrainingState.FINISHED, utc_now()
    made = Evaluation(
        training_id=id_of(row), metrics={"stale": stale}, promote=False, reason="because"
    )
    session.add(made)
    session.flush()
    unattended.judged(session, row, made)


def test_a_verdict_that_does_not_count_is_told_the_second_time(
    database: Database, queue: JobQueue
) -> None:
    for stale, told in [(True, 0), (False, 0), (True, 0), (True, 1), (True, 1)]:
        with database.write() as session:
            _judged(session, unattended.SCHEDULE, stale=stale)
            _judged(session, "root", stale=True)
        assert len(_alerts(database)) == told
    (row,) = _alerts(database)
    assert (row.kind, row.details["why"]) == (AlertKind.TRAINING_UNDECIDED, "stale")
