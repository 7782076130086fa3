"""Use-cases: the queue's jobs, tried again or cancelled."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from rq.command import send_stop_job_command
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job, JobStatus
from rq.registry import BaseRegistry, FailedJobRegistry

from app import evaluating, recipes, training
from app.db import Database
from app.errors import InvalidInput, JobNotFound
from app.errors.invalid import wrong_state
from app.importing import asking
from app.queue import JobName, JobQueue, JsonJob

_OUR_ERROR = re.compile(r"^app\.[\w.]+: ")
_NAMES = {name.value: name for name in JobName}


class JobState(StrEnum):
    RUNNING = "running"
    QUEUED = "queued"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A job that waits, runs or failed; those that went well are forgotten."""

    id: str
    name: JobName
    state: JobState
    error: str | None
    """The last line of what it died of."""
    training_id: int | None
    """The training that it makes, if it makes one."""
    tuning_id: int | None
    """The search that it does, if it does one."""
    evaluation_id: int | None
    """The run of an evaluation that it does, if it does one."""
    import_id: int | None
    """The import that it goes on with or takes back, if it does."""
    enqueued_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None


def jobs(queue: JobQueue, first: int, state: JobState | None = None) -> list[QueuedJob]:
    """Running ones, those that wait in their order, then failed ones, the last first.

    Raises QueueUnavailable.
    """
    with queue.answering():
        ids = [
            job_id
            for each in JobState
            if state in {None, each}
            for job_id in _ids(queue, each)[:first]
        ]
        found = JsonJob.fetch_many(ids, connection=queue.redis)
        known = [seen for job in found if job is not None and (seen := _seen(job))]
    return [job for job in known if state in {None, job.state}][:first]


def counts(queue: JobQueue) -> dict[str, int]:
    """How many jobs there are in each state. Raises QueueUnavailable."""
    with queue.answering():
        return {state.value: len(_ids(queue, state)) for state in JobState}


def job(queue: JobQueue, job_id: str) -> QueuedJob:
    """Raises JobNotFound, QueueUnavailable."""
    with queue.answering():
        try:
            found = _seen(JsonJob.fetch(job_id, connection=queue.redis))
        except (NoSuchJobError, ValueError):  # ValueError: no id that was ever given out
            found = None
    if found is None:
        raise JobNotFound(job_id)
    return found


def failed(queue: JobQueue, job_id: str) -> QueuedJob:
    """One that can be tried again. Raises InvalidInput where it has not failed, and as `job`."""
    found = job(queue, job_id)
    if found.state is not JobState.FAILED:
        raise _not_failed(found.state)
    return found


def retry(database: Database, queue: JobQueue, job_id: str, by: str) -> QueuedJob:
    """Try a failed job again; the job that does so. Trainings and evaluations are begun anew, as
    others; an import goes on where it was.

    Raises JobNotFound, InvalidInput where it has not failed, QueueUnavailable, and what
    `training.launch` and `evaluating.launch` raise.
    """
    tried = failed(queue, job_id)
    if tried.training_id is not None:
        again = _train_again(database, queue, tried.training_id, by)
        return _instead(queue, job_id, again)
    if tried.evaluation_id is not None:
        again = evaluating.again(database, queue, tried.evaluation_id, by)
        return _instead(queue, job_id, again)
    if tried.import_id is not None:
        return job(queue, asking.try_again(database, queue, tried.import_id))
    with queue.answering():
        if not any(_requeued(registry, job_id) for registry in _failures(queue)):
            raise _not_failed(JobState.QUEUED)  # somebody else has tried it again at this moment
    return job(queue, job_id)


def _instead(queue: JobQueue, job_id: str, again: str) -> QueuedJob:
    """The job that does what the other one failed to do, which is listed no more."""
    with queue.answering():
        for registry in _failures(queue):
            registry.remove(job_id)
    return job(queue, again)


def _failures(queue: JobQueue) -> list[FailedJobRegistry]:
    return [each.failed_job_registry for each in queue.queues.values()]


def _requeued(registry: FailedJobRegistry, job_id: str) -> bool:
    try:
        registry.requeue(job_id)
    except InvalidJobOperation:  # it is not there
        return False
    return True


def _not_failed(state: JobState) -> InvalidInput:
    problem = f"only a failed job is tried again, this one is {state}"
    return wrong_state("jobId", problem, state)


def cancel(database: Database, queue: JobQueue, job_id: str, by: str) -> QueuedJob:
    """Take a job off the queue, or stop it where it runs; the job as it was.

    Its training or evaluation ends as failed, its import as cancelled. Raises JobNotFound,
    InvalidInput where it has failed already, QueueUnavailable.
    """
    found = job(queue, job_id)
    if found.state is JobState.FAILED:
        raise wrong_state("jobId", "has failed already", found.state)
    number = found.training_id
    if number is not None:
        # First: a job that ends at this very moment finds that nobody wants its model.
        why = f"Cancelled by {by}."
        database.transact(lambda session: training.fail(session, number, why, by_hand=True))
        queue.announce_progress(number)
    if found.evaluation_id is not None:
        evaluating.stop(database, queue, found.evaluation_id, f"Cancelled by {by}.")
    if found.import_id is not None:
        asking.stop(database, queue, found.import_id, f"Cancelled by {by}.")
    _stop(queue, job_id)
    return found


def _stop(queue: JobQueue, job_id: str) -> None:
    """Off the queue; where it is not there, by its worker, which may have taken it a moment ago."""
    # What ended meanwhile needs no stopping.
    with queue.answering(), suppress(InvalidJobOperation, NoSuchJobError):
        if queue.remove(job_id):
            JsonJob.fetch(job_id, connection=queue.redis).cancel()
        else:
            send_stop_job_command(queue.redis, job_id)


def _train_again(database: Database, queue: JobQueue, training_id: int, by: str) -> str:
    with database.read() as session:
        row = training.training(session, training_id)
    number = training.launch(database, queue, by, recipes.recipe_of(row), row.seed)
    with database.read() as session:
        return training.training(session, number).job_id or ""


def _ids(queue: JobQueue, state: JobState) -> list[str]:
    """Of all queues."""
    match state:
        case JobState.QUEUED:
            return queue.waiting_ids()
        case JobState.RUNNING:
            return _of([each.started_job_registry for each in queue.queues.values()])
        case JobState.FAILED:
            return _of(_failures(queue))


def _of(registries: Iterable[BaseRegistry]) -> list[str]:
    """The last to go in comes first: their scores are the times at which they will be forgotten."""
    entries: list[tuple[float, str]] = []
    for each in registries:
        found: Any = each.connection.zrange(each.key, 0, -1, withscores=True)
        entries += [(score, each.parse_job_id(entry.decode())) for entry, score in found]
    return [job_id for _, job_id in sorted(entries, reverse=True)]


def _seen(job: Job) -> QueuedJob | None:
    """None for a job that went well, was cancelled, or is none of ours."""
    name = _NAMES.get(job.func_name or "")
    state = {
        JobStatus.QUEUED: JobState.QUEUED,
        JobStatus.STARTED: JobState.RUNNING,
        JobStatus.FAILED: JobState.FAILED,
        JobStatus.STOPPED: JobState.FAILED,
    }.get(job.get_status(refresh=False))
    if name is None or state is None:
        return None
    return QueuedJob(
        id=str(job.id),
        name=name,
        state=state,
        error=_error(job) if state is JobState.FAILED else None,
        training_id=int(job.args[0]) if name is JobName.TRAIN else None,
        tuning_id=int(job.args[0]) if name is JobName.TUNE else None,
        evaluation_id=int(job.args[0]) if name is JobName.EVALUATE else None,
        import_id=int(job.args[0]) if name is JobName.IMPORT_DATA else None,
        enqueued_at=job.enqueued_at,
        started_at=job.started_at,
        ended_at=job.ended_at if state is JobState.FAILED else None,
    )


def _error(job: Job) -> str:
    """The last line of the traceback; of our own errors the sentence alone."""
    result = job.latest_result()
    lines = (result.exc_string or "").strip().splitlines() if result else []
    return _OUR_ERROR.sub("", str(lines[-1])) if lines else "It ended without a word."
