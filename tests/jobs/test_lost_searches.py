"""Searches whose worker or launcher died, and what they chose while it waits for its training."""

from datetime import timedelta

import pytest

from app import recipes, training, tuning
from app.errors import InvalidInput
from app.jobs import JobState
from app.models import TrainingState
from app.models.columns import utc_now
from app.queue import JsonJob
from app.queue_names import QueueName
from app.tuning import launching
from app.tuning.errors import TuningUnderway
from jobs.runtime import Runtime
from jobs.worker import Worker, _DeathWatch
from tests.jobs.conftest import RECIPE, requested
from tests.jobs_at_work import fail, waiting_jobs

LONG_AGO = timedelta(minutes=5)
SILENT = timedelta(seconds=30)


@pytest.fixture
def launched(rt: Runtime, tracks: list[int]) -> int:
    return tuning.launch(rt.database, rt.queue, "root", 10, seed=1)


def _row(rt: Runtime, number: int) -> tuple[TrainingState, str | None]:
    with rt.database.read() as session:
        row = tuning.tuning(session, number)
        return row.state, row.error


def _aged(rt: Runtime, number: int) -> None:
    with rt.database.write() as session:
        row = tuning.tuning(session, number)
        row.created_at -= LONG_AGO
        row.heartbeat_at = row.heartbeat_at and row.heartbeat_at - LONG_AGO


@pytest.mark.parametrize("begun", [False, True], ids=["never enqueued", "job not noted"])
def test_one_whose_launcher_died_at_the_wrong_moment_is_taken_up(
    rt: Runtime, launched: int, *, begun: bool
) -> None:
    rt.queue.redis.flushdb()
    with rt.database.write() as session:
        row = tuning.start(session, launched) if begun else tuning.tuning(session, launched)
        row.job_id = None
    assert tuning.resume_lost(rt.database, rt.queue, SILENT) == [], "it may be about to"
    _aged(rt, launched)
    assert tuning.resume_lost(rt.database, rt.queue, SILENT) == [launched]
    (job,) = waiting_jobs(rt.queue)
    with rt.database.read() as session:
        row = tuning.tuning(session, launched)
        assert (row.state, row.job_id) == (TrainingState.QUEUED, job.id)


@pytest.mark.parametrize("noted", [False, True])
def test_two_workers_take_a_dead_search_up_once(rt: Runtime, launched: int, *, noted: bool) -> None:
    with rt.database.write() as session:
        row = tuning.start(session, launched)
        row.job_id = row.job_id if noted else None
    _aged(rt, launched)
    rt.queue.redis.flushdb()
    latest = utc_now() - SILENT
    with rt.database.read() as session:
        seen = tuning.tuning(session, launched)
        session.expunge(seen)
    assert launching._taken_up(rt.database, rt.queue, seen, latest)
    assert not launching._taken_up(rt.database, rt.queue, seen, latest), "it waits"
    with rt.database.write() as session:
        tuning.start(session, launched)
    assert not launching._taken_up(rt.database, rt.queue, seen, latest), "it lives"
    with rt.database.read() as session:
        row = tuning.tuning(session, launched)
        assert (row.state, row.resumed) == (TrainingState.RUNNING, 1)
    assert len(waiting_jobs(rt.queue)) == 1


def test_a_failed_search_goes_on_when_its_job_is_tried_again(rt: Runtime, launched: int) -> None:
    (job_id,) = rt.queue.waiting_ids()
    with pytest.raises(InvalidInput, match="only a failed job"):
        tuning.retry_job(rt.database, rt.queue, job_id, "root")
    fail(rt.queue, job_id, "no")
    with pytest.raises(TuningUnderway):
        tuning.retry_job(rt.database, rt.queue, job_id, "root")
    rt.database.transact(lambda session: tuning.fail(session, launched, "no"))
    again = tuning.retry_job(rt.database, rt.queue, job_id, "root")
    assert (again.state, again.tuning_id) == (JobState.QUEUED, launched)
    assert _row(rt, launched) == (TrainingState.QUEUED, None)
    assert rt.queue.waiting_ids() == [again.id]


def test_a_search_that_kills_its_workers_is_given_up(rt: Runtime, launched: int) -> None:
    for _ in range(4):
        rt.queue.redis.flushdb()
        tuning.resume_lost(rt.database, rt.queue, timedelta(seconds=30))
    state, error = _row(rt, launched)
    assert state is TrainingState.FAILED
    assert error == "Its worker died again and again."


def _leave(rt: Runtime) -> None:
    """A worker that does the search is told to end, and looks around for the last time."""
    (job_id,) = rt.queue.waiting_ids()
    queues, name = [rt.queue.queues[QueueName.MODELS]], f"worker-{job_id}"
    leaving = Worker(queues, name, connection=rt.queue.redis)
    rt.queue.remove(job_id)
    leaving.prepare_execution(JsonJob.fetch(job_id, connection=rt.queue.redis))
    leaving.handle_warm_shutdown_request()
    assert leaving.leaves
    _DeathWatch(rt.database, rt.queue, SILENT, leaving)._let_go()


def test_a_search_whose_workers_are_told_to_end_goes_on(rt: Runtime, launched: int) -> None:
    for _ in range(5):
        with rt.database.write() as session:
            tuning.start(session, launched)
        _leave(rt)
        with rt.database.write() as session:
            assert not tuning.progress(session, launched, 0.5), "its job is to end"
        assert tuning.resume_lost(rt.database, rt.queue, SILENT) == [], "which takes a moment"
        _aged(rt, launched)
        assert tuning.resume_lost(rt.database, rt.queue, SILENT) == [launched]
    with rt.database.read() as session:
        row = tuning.tuning(session, launched)
        assert (row.state, row.error, row.resumed) == (TrainingState.QUEUED, None, 0)


def test_who_is_told_to_end_without_a_search_lets_nothing_go(rt: Runtime, launched: int) -> None:
    with rt.database.write() as session:
        tuning.start(session, launched)
        assert tuning.let_go(session, "another") is None
    assert _row(rt, launched) == (TrainingState.RUNNING, None)


def test_what_was_chosen_waits_until_a_training_of_it_ends_well(rt: Runtime, launched: int) -> None:
    with rt.database.write() as session:
        row = tuning.start(session, launched)
        row.state, row.finished_at = TrainingState.FINISHED, utc_now()
        row.algorithm, row.settings = RECIPE.algorithm, recipes.stored(RECIPE.complete())
    for left in (2, 1, 0):
        number = requested(rt)
        with rt.database.write() as session:
            assert tuning.untried_recipe(session) is None, "it is being tried"
            training.fail(session, number, "Cancelled by root.")
            assert (tuning.untried_recipe(session) is not None) == (left > 0)
