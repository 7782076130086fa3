"""One training at a time, whoever asks at the same moment, and none that nobody works on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from threading import Barrier

import pytest
from sqlmodel import Session

from app import listening, lost_trainings, training
from app.db import Database
from app.errors import TrainingOver, TrainingUnderway
from app.listening import Listen
from app.ml.recipe import Recipe
from app.models import TrainingState
from app.models.columns import id_of, utc_now
from app.queue import JobQueue
from app.settings import Settings
from app.training import Fitted
from tests import making
from tests.jobs_at_work import waiting_jobs

LONG = timedelta(hours=1)
_NOTICE_SECONDS = 0.3
"""Long enough for a request that need not wait to be through."""


@pytest.fixture
def queue(settings: Settings) -> Iterator[JobQueue]:
    opened = JobQueue(settings)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def listens(database: Database) -> None:
    with database.write() as session:
        listen = Listen(making.track(session, "Sinnerman"))
        listening.record_listen(session, making.user(session), listen)


def _request(session: Session) -> int:
    return id_of(training.request(session, "root", Recipe(), seed=1))


def test_a_request_waits_for_one_that_is_not_committed(database: Database) -> None:
    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            first = _request(session)
            second = pool.submit(database.transact, _request)
            assert not wait([second], _NOTICE_SECONDS).done
        with pytest.raises(TrainingUnderway) as refused:
            second.result()
    assert refused.value.values == {"training_id": first}


def test_of_many_launches_at_once_one_starts(database: Database, queue: JobQueue) -> None:
    together = Barrier(4)

    def launch() -> int | None:
        together.wait()
        try:
            return training.launch(database, queue, "root", Recipe())
        except TrainingUnderway:
            return None

    with ThreadPoolExecutor(4) as pool:
        started = [future.result() for future in [pool.submit(launch) for _ in range(4)]]
    assert sum(number is not None for number in started) == 1
    with database.read() as session:
        assert training.count_trainings(session) == 1
    assert len(waiting_jobs(queue)) == 1


def test_a_training_that_was_never_enqueued_is_given_up(
    database: Database, queue: JobQueue
) -> None:
    number = database.transact(_request)
    assert lost_trainings.fail_abandoned(database, queue, LONG) == []
    with database.write() as session:
        training.training(session, number).created_at = utc_now() - 2 * LONG
    assert lost_trainings.fail_abandoned(database, queue, LONG) == [number]
    with database.read() as session:
        assert training.training(session, number).state is TrainingState.FAILED


def test_what_is_over_neither_starts_nor_finishes(database: Database) -> None:
    number = database.transact(_request)
    fitted = Fitted("model-1", "0" * 64, 1, 1, 1, None, None, 1, "f" * 64)
    with database.write() as session, pytest.raises(TrainingOver):
        training.finish(session, number, fitted)
    with database.write() as session:
        training.fail(session, number, "cancelled")
    with database.write() as session, pytest.raises(TrainingOver):
        training.start(session, number)
    with database.write() as session, pytest.raises(TrainingOver):
        training.finish(session, number, fitted)
    with database.read() as session:
        row = training.training(session, number)
    assert (row.state, row.error, row.artifact) == (TrainingState.FAILED, "cancelled", None)
