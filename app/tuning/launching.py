"""Begin searches, go on with them, and take up those whose worker died."""

from datetime import datetime, timedelta

from rq.exceptions import NoSuchJobError
from rq.job import JobStatus
from sqlmodel import Session, col, select

from app import jobs, listening
from app.db import Database
from app.errors import NoListens, QueueUnavailable
from app.errors.invalid import out_of_range
from app.jobs import QueuedJob
from app.models import TrainingState, Tuning
from app.models.columns import id_of, utc_now
from app.queue import JobName, JobQueue, JsonJob
from app.tuning.errors import TuningOver, TuningUnderway
from app.tuning.rows import ACTIVE, fail, locked
from app.turns import take_turn

LEAST_SECONDS, MOST_SECONDS = 10, 24 * 3600
DEFAULT_SECONDS, DEFAULT_SEED = 900, 42
_MOST_RESUMED = 3
"""A search whose worker died so often is given up: it is what kills them."""
_BEYOND = 3600
"""Seconds beyond the search's own that its job may take: reading, and the last fits."""


def launch(
    database: Database, queue: JobQueue, requested_by: str, seconds: int, seed: int = DEFAULT_SEED
) -> int:
    """Write down a search and enqueue its job; its number.

    Raises InvalidInput, NoListens, TuningUnderway, or QueueUnavailable, after which none waits.
    """
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        raise out_of_range("seconds", seconds, LEAST_SECONDS, MOST_SECONDS)
    if seed < 0:
        raise out_of_range("seed", seed, 0, None)
    number = database.transact(lambda session: _request(session, requested_by, seconds, seed))
    _enqueue(database, queue, number, seconds)
    return number


def resume(database: Database, queue: JobQueue, tuning_id: int) -> str:
    """Go on with a search that failed or was stopped, where it was; the job that does so.

    Raises TuningNotFound, TuningOver where it is finished, TuningUnderway, QueueUnavailable.
    """
    seconds = database.transact(lambda session: _waits_again(session, tuning_id))
    return _enqueue(database, queue, tuning_id, seconds)


def cancel_job(database: Database, queue: JobQueue, job_id: str, by: str) -> QueuedJob:
    """`jobs.cancel`; a search that it did ends at once too, not when its death is noticed."""
    job = jobs.cancel(database, queue, job_id, by)
    number = job.tuning_id
    if number is not None:
        why = f"Cancelled by {by}."
        database.transact(lambda session: fail(session, number, why, by_hand=True))
        queue.announce_tuning(number)
    return job


def retry_job(database: Database, queue: JobQueue, job_id: str, by: str) -> QueuedJob:
    """`jobs.retry`; a search that failed goes on where it was, by a job of its own.

    Raises what `resume` raises too.
    """
    number = jobs.failed(queue, job_id).tuning_id
    if number is None:
        return jobs.retry(database, queue, job_id, by)
    return jobs.job(queue, resume(database, queue, number))


def let_go(session: Session, job_id: str) -> int | None:
    """The job's worker was told to end: its search waits for the next one, which is no death.

    Its number, if the job does one. The job sees it within a second; its trials stay.
    """
    mine = select(Tuning.id).where(Tuning.job_id == job_id, Tuning.state == TrainingState.RUNNING)
    number = session.exec(mine).first()
    if number is None:
        return None
    row = locked(session, number)
    if row.state is TrainingState.RUNNING and row.job_id == job_id:
        _queued(row)
    return number


def resume_lost(database: Database, queue: JobQueue, silent: timedelta) -> list[int]:
    """Take up again searches whose worker died, a few times; their numbers.

    One whose job was cancelled ends as failed. Raises QueueUnavailable.
    """
    with database.read() as session:
        rows = session.exec(select(Tuning).where(col(Tuning.state).in_(ACTIVE))).all()
    latest = utc_now() - silent
    lost = [row for row in rows if not _lives(queue, row, latest)]
    return [id_of(row) for row in lost if _taken_up(database, queue, row, latest)]


def _lives(queue: JobQueue, row: Tuning, latest: datetime) -> bool:
    """A running search by its heartbeat; one that waits by its job, once it has one."""
    if row.state is TrainingState.QUEUED and row.job_id is not None:
        return queue.is_alive(row.job_id)
    return (row.heartbeat_at or row.created_at) >= latest


def _taken_up(database: Database, queue: JobQueue, seen: Tuning, latest: datetime) -> bool:
    cancelled = seen.job_id is not None and _is_cancelled(queue, seen.job_id)
    seconds = database.transact(
        lambda session: _take_up(session, seen, latest, cancelled=cancelled)
    )
    if seconds is not None:
        _enqueue(database, queue, id_of(seen), seconds)
    else:
        queue.announce_tuning(id_of(seen))
    return seconds is not None


def _request(session: Session, requested_by: str, seconds: int, seed: int) -> int:
    take_turn(session)
    _none_underway(session)
    if not listening.has_listens(session):
        raise NoListens
    row = Tuning(requested_by=requested_by, seconds=seconds, seed=seed)
    session.add(row)
    session.flush()
    return id_of(row)


def _waits_again(session: Session, tuning_id: int) -> int:
    take_turn(session)
    row = locked(session, tuning_id)
    if row.state is TrainingState.FINISHED:
        raise TuningOver(tuning_id=tuning_id, state=str(row.state))
    _none_underway(session)
    return _queued(row)


def _take_up(session: Session, seen: Tuning, latest: datetime, *, cancelled: bool) -> int | None:
    row = locked(session, id_of(seen))
    waits = row.state is TrainingState.QUEUED and row.job_id is not None
    began = not waits and (row.heartbeat_at or row.created_at) >= latest
    if row.state not in ACTIVE or row.job_id != seen.job_id or began:
        return None  # it ended, goes on, or another worker has taken it up
    if _was_let_go(row):
        return _queued(row)
    if cancelled or row.resumed >= _MOST_RESUMED:
        reason = "Its job was cancelled." if cancelled else "Its worker died again and again."
        fail(session, id_of(row), reason, by_hand=cancelled)
        return None
    row.resumed += 1
    return _queued(row)


def _was_let_go(row: Tuning) -> bool:
    """It had begun, and waits without a job: nothing that it did ended its worker."""
    return row.state is TrainingState.QUEUED and row.job_id is None and row.started_at is not None


def _none_underway(session: Session) -> None:
    found = session.exec(select(Tuning.id).where(col(Tuning.state).in_(ACTIVE))).first()
    if found is not None:
        raise TuningUnderway(tuning_id=found)


def _enqueue(database: Database, queue: JobQueue, tuning_id: int, seconds: int) -> str:
    try:
        job_id = queue.enqueue(JobName.TUNE, tuning_id, timeout=seconds + _BEYOND)
    except QueueUnavailable as error:
        reason = str(error)
        database.transact(lambda session: fail(session, tuning_id, reason))
        raise

    def note(session: Session) -> None:
        locked(session, tuning_id).job_id = job_id

    database.transact(note)
    queue.announce_tuning(tuning_id)
    return job_id


def _is_cancelled(queue: JobQueue, job_id: str) -> bool:
    with queue.answering():
        try:
            status = JsonJob.fetch(job_id, connection=queue.redis).get_status(refresh=False)
        except NoSuchJobError:
            return False
    return status in {JobStatus.STOPPED, JobStatus.CANCELED}


def _queued(row: Tuning) -> int:
    """Its seconds."""
    row.state, row.error, row.finished_at, row.job_id = TrainingState.QUEUED, None, None, None
    row.heartbeat_at = utc_now()  # its silence begins anew
    return row.seconds
