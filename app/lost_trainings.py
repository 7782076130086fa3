"""Use-cases: trainings whose job or worker is lost."""

from datetime import timedelta

from sqlmodel import Session, col, select

from app import evaluating, training
from app.db import Database
from app.models import Training, TrainingState
from app.models.columns import id_of, utc_now
from app.queue import JobQueue


def fail_abandoned(database: Database, queue: JobQueue, silent: timedelta) -> list[int]:
    """Fail trainings whose job has been silent that long, was lost, or was never enqueued.

    Their numbers. Raises QueueUnavailable.
    """
    with database.read() as session:
        waiting = [
            (id_of(row), row.job_id)
            for row in session.exec(select(Training).where(Training.state == TrainingState.QUEUED))
        ]
    lost = [number for number, job in waiting if job is not None and not queue.is_alive(job)]
    dead = database.transact(lambda session: _fail_all(session, lost, silent))
    for number in dead:
        queue.announce_progress(number)
    return dead


def fail_interrupted(database: Database) -> None:
    """Fail what still runs by its row where no worker can be running: at an embedded start."""

    def write(session: Session) -> None:
        running = select(Training).where(Training.state == TrainingState.RUNNING)
        for row in session.exec(running).all():
            training.fail(session, id_of(row), "PyTune ended meanwhile. Train again.")
        evaluating.fail_interrupted(session)

    database.transact(write)


def _fail_all(session: Session, lost: list[int], silent: timedelta) -> list[int]:
    queued, latest = col(Training.state) == TrainingState.QUEUED, utc_now() - silent
    never_started = queued & col(Training.id).in_(lost)
    never_enqueued = queued & col(Training.job_id).is_(None) & (col(Training.created_at) < latest)
    went_silent = (col(Training.state) == TrainingState.RUNNING) & (
        col(Training.heartbeat_at) < latest
    )
    dead = never_started | never_enqueued | went_silent
    rows = list(session.exec(select(Training).where(dead)))
    for row in rows:
        training.fail(session, id_of(row), "Its worker died. Train again.")
    return [id_of(row) for row in rows]
