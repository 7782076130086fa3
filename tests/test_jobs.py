"""The queue's jobs as data, tried again and cancelled; the timetable."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rq.job import JobStatus
from rq_scheduler import Scheduler

from app import jobs, listening, timetable, training
from app.db import Database
from app.errors import InvalidInput, JobNotFound, QueueUnavailable, TrainingUnderway
from app.jobs import JobState
from app.listening import Listen
from app.ml.recipe import Recipe
from app.models import TrainingState
from app.queue import JobName, JobQueue, JsonJob, JsonQueue
from app.queue_names import QueueName
from app.settings import Settings
from tests import making
from tests.announced import await_subscribed, next_told
from tests.jobs_at_work import begin, fail

RECIPE = Recipe("als", settings={"factors": 8})


@pytest.fixture
def queue(settings: Settings) -> Iterator[JobQueue]:
    opened = JobQueue(settings)
    yield opened
    opened.close()


@pytest.fixture
def launched(database: Database, queue: JobQueue) -> int:
    """A training whose job waits."""
    with database.write() as session:
        listen = Listen(making.track(session, "Sinnerman"))
        listening.record_listen(session, making.user(session), listen)
    return training.launch(database, queue, "root", RECIPE, seed=7)


def _states(queue: JobQueue) -> list[tuple[JobName, JobState]]:
    return [(job.name, job.state) for job in jobs.jobs(queue, 20)]


def _state(database: Database, number: int) -> tuple[TrainingState, str | None]:
    with database.read() as session:
        row = training.training(session, number)
    return row.state, row.error


def test_what_runs_waits_and_failed_is_listed(queue: JobQueue) -> None:
    failed, running, waiting = (queue.enqueue(JobName.FIND_VIDEO, number) for number in range(3))
    fail(queue, failed, "Traceback\n  File …\nValueError: no answer\n")
    begin(queue, running)
    found = jobs.jobs(queue, 20)
    assert [(job.id, job.state) for job in found] == [
        (running, JobState.RUNNING),
        (waiting, JobState.QUEUED),
        (failed, JobState.FAILED),
    ]
    assert [job.error for job in found] == [None, None, "ValueError: no answer"]
    assert [job.id for job in jobs.jobs(queue, 20, JobState.FAILED)] == [failed]
    assert [job.id for job in jobs.jobs(queue, 2)] == [running, waiting]


def test_an_error_of_ours_is_its_sentence(queue: JobQueue) -> None:
    failed = queue.enqueue(JobName.FIND_VIDEO, 1)
    fail(queue, failed, "Traceback\n  File …\napp.errors.missing.TrackNotFound: No track has id 1.")
    assert jobs.job(queue, failed).error == "No track has id 1."


def test_the_last_to_fail_comes_first(queue: JobQueue) -> None:
    names = (JobName.FIND_VIDEO, JobName.TRAIN, JobName.FIND_VIDEO)
    ids = [queue.enqueue(name, number) for number, name in enumerate(names)]
    for place, (job_id, name) in enumerate(zip(ids, names, strict=True)):
        fail(queue, job_id, "no")
        registry = queue.queues[name.queue].failed_job_registry
        queue.redis.zadd(registry.key, {job_id: 2**40 + place})
    assert [job.id for job in jobs.jobs(queue, 20)] == ids[::-1]


def test_what_is_next_in_its_queue_comes_first(queue: JobQueue) -> None:
    names = (JobName.TRAIN, JobName.TRAIN, JobName.TIDY)
    first, second, short = (queue.enqueue(name, number) for number, name in enumerate(names))
    assert [job.id for job in jobs.jobs(queue, 20)] == [first, short, second]
    assert jobs.counts(queue) == {"running": 0, "queued": 3, "failed": 0}


def test_a_job_of_somebody_else_is_none_of_ours(queue: JobQueue) -> None:
    queue.queues[QueueName.SHORT].enqueue_call("os.getpid")
    assert jobs.jobs(queue, 20) == []


def test_a_waiting_training_is_cancelled(
    database: Database, queue: JobQueue, launched: int
) -> None:
    (job,) = jobs.jobs(queue, 20)
    assert (job.name, job.training_id) == (JobName.TRAIN, launched)
    jobs.cancel(database, queue, job.id, "root")
    assert jobs.jobs(queue, 20) == []
    assert queue.waiting_ids() == []
    assert _state(database, launched) == (TrainingState.FAILED, "Cancelled by root.")
    with pytest.raises(JobNotFound):
        jobs.cancel(database, queue, job.id, "root")


def test_a_running_training_is_stopped_by_its_worker(
    database: Database, queue: JobQueue, launched: int
) -> None:
    (job,) = jobs.jobs(queue, 20)
    begin(queue, job.id)
    database.transact(lambda session: training.start(session, launched))
    with queue.redis.pubsub() as commands:  # type: ignore[no-untyped-call]
        commands.subscribe("rq:pubsub:worker")
        await_subscribed(commands)
        jobs.cancel(database, queue, job.id, "root")
        assert b"stop-job" in next_told(commands)
    assert _state(database, launched) == (TrainingState.FAILED, "Cancelled by root.")


def test_one_that_a_worker_takes_at_this_very_moment_is_stopped(
    database: Database, queue: JobQueue, launched: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (job,) = jobs.jobs(queue, 20)
    fail_row = training.fail

    def taken_meanwhile(*arguments: Any, by_hand: bool) -> None:
        fail_row(*arguments, by_hand=by_hand)
        begin(queue, job.id)

    monkeypatch.setattr(training, "fail", taken_meanwhile)
    with queue.redis.pubsub() as commands:  # type: ignore[no-untyped-call]
        commands.subscribe("rq:pubsub:worker")
        await_subscribed(commands)
        assert jobs.cancel(database, queue, job.id, "root").state is JobState.QUEUED
        assert b"stop-job" in next_told(commands)


def test_a_failed_job_is_not_cancelled(database: Database, queue: JobQueue) -> None:
    job_id = queue.enqueue(JobName.TIDY)
    fail(queue, job_id, "no")
    with pytest.raises(InvalidInput) as refused:
        jobs.cancel(database, queue, job_id, "root")
    assert refused.value.field == "jobId"


def test_a_failed_job_is_tried_again(database: Database, queue: JobQueue) -> None:
    job_id = queue.enqueue(JobName.FIND_VIDEO, 3)
    with pytest.raises(InvalidInput):
        jobs.retry(database, queue, job_id, "root")
    fail(queue, job_id, "no")
    again = jobs.retry(database, queue, job_id, "root")
    assert (again.id, again.state) == (job_id, JobState.QUEUED)
    assert _states(queue) == [(JobName.FIND_VIDEO, JobState.QUEUED)]


def test_of_two_who_try_a_job_again_at_once_one_is_refused(
    database: Database, queue: JobQueue
) -> None:
    job_id = queue.enqueue(JobName.FIND_VIDEO, 3)
    fail(queue, job_id, "no")
    queue.queues[QueueName.SHORT].failed_job_registry.remove(job_id)  # as the other one does first
    with pytest.raises(InvalidInput) as refused:
        jobs.retry(database, queue, job_id, "root")
    assert refused.value.field == "jobId"


def test_a_failed_training_is_begun_anew_by_its_recipe(
    database: Database, queue: JobQueue, launched: int
) -> None:
    (job,) = jobs.jobs(queue, 20)
    fail(queue, job.id, "no")
    with pytest.raises(TrainingUnderway):
        jobs.retry(database, queue, job.id, "root")
    database.transact(lambda session: training.fail(session, launched, "no"))
    again = jobs.retry(database, queue, job.id, "eve")
    assert again.state is JobState.QUEUED
    assert again.training_id not in {None, launched}
    with database.read() as session:
        row = training.training(session, again.training_id or 0)
    assert (row.requested_by, row.seed, row.settings["factors"]) == ("eve", 7, 8)
    assert [one.id for one in jobs.jobs(queue, 20)] == [again.id]


def test_a_job_of_a_fixed_id_waits_once_and_goes_again_without_its_failure(queue: JobQueue) -> None:
    for _ in range(2):
        queue.enqueue(JobName.WATCH_DRIFT, job_id="watch")
    assert _states(queue) == [(JobName.WATCH_DRIFT, JobState.QUEUED)]
    queue.queues[QueueName.SHORT].pop_job_id()
    fail(queue, "watch", "no")
    assert jobs.counts(queue) == {"running": 0, "queued": 0, "failed": 1}
    queue.enqueue(JobName.WATCH_DRIFT, job_id="watch")
    assert jobs.counts(queue) == {"running": 0, "queued": 1, "failed": 0}
    assert _states(queue) == [(JobName.WATCH_DRIFT, JobState.QUEUED)]


def test_a_stopped_job_is_not_alive(queue: JobQueue) -> None:
    job_id = queue.enqueue(JobName.TIDY)
    assert queue.is_alive(job_id)
    JsonJob.fetch(job_id, connection=queue.redis).set_status(JobStatus.STOPPED)
    assert not queue.is_alive(job_id)


@pytest.mark.filterwarnings("ignore:Version 0.22:FutureWarning")  # of rq-scheduler's own calls
def test_the_timetable_says_what_runs_next(sqlite_settings: Settings) -> None:
    chosen = sqlite_settings.model_copy(
        update={
            "retrain_cron": "0 4 * * *",
            "tidy_cron": "",
            "watch_drift_cron": "",
            "tune_cron": "",
        }
    )
    queue = JobQueue(chosen)
    (before,) = timetable.schedule(queue)
    assert (before.name, before.cron, before.next_run_at) == (JobName.RETRAIN, "0 4 * * *", None)
    scheduler = Scheduler(connection=queue.redis, job_class=JsonJob, queue_class=JsonQueue)
    scheduler.cron("0 4 * * *", JobName.RETRAIN.value, id=timetable.schedule_id(JobName.RETRAIN))
    (after,) = timetable.schedule(queue)
    assert after.next_run_at is not None
    assert after.next_run_at > datetime.now(UTC)
    assert (after.next_run_at.hour, after.next_run_at.minute) == (4, 0)
    queue.close()


def test_without_a_key_value_server_nothing_is_known(tmp_path: Path) -> None:
    queue = JobQueue(Settings(redis_url=f"unix://{tmp_path}/nobody"))
    with pytest.raises(QueueUnavailable):
        jobs.jobs(queue, 20)
    with pytest.raises(QueueUnavailable):
        timetable.schedule(queue)
