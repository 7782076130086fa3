"""Use-cases: have a finished training's recipe measured once more, on the listens of today.

Nothing is promoted by it: what is found is an evaluation that belongs to its run.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app import listening, training
from app.db import Database
from app.errors import EvaluationNotFound, NoChampion, NoListens, PyTuneError, QueueUnavailable
from app.errors.invalid import wrong_state
from app.models import Evaluation, EvaluationRun, TrainingState
from app.models.columns import id_of, utc_now
from app.queue import JobName, JobQueue
from app.turns import take_turn

_ACTIVE = (TrainingState.QUEUED, TrainingState.RUNNING)


class EvaluationOver(PyTuneError):
    code = "evaluation_over"
    template = "Evaluation {run_id} cannot go on: it is {state}."


class EvaluationFailed(PyTuneError):
    code = "evaluation_failed"
    template = "Evaluation {run_id} failed: {reason}"


def launch(
    database: Database, queue: JobQueue, requested_by: str, training_id: int | None = None
) -> int:
    """Write down that a training is to be measured and enqueue the job; the number of the run.

    None: the champion. Where that training is being measured already, it is that run's number,
    and no second job. Raises TrainingNotFound, InvalidInput where it is not finished, NoChampion,
    NoListens, or QueueUnavailable, after which nothing is under way.
    """
    number, is_new = database.transact(lambda session: _request(session, requested_by, training_id))
    if is_new:
        _enqueue(database, queue, number)
    return number


def job_id(run_id: int) -> str:
    """Of its job: known before it is enqueued, so that no run is ever without one."""
    return f"evaluate-{run_id}"


def run(session: Session, run_id: int) -> EvaluationRun:
    """Raises EvaluationNotFound."""
    found = session.get(EvaluationRun, run_id)
    if found is None:
        raise EvaluationNotFound(run_id)
    return found


def start(session: Session, run_id: int) -> EvaluationRun:
    """Raises EvaluationOver where it was cancelled, or begun before."""
    row = _in_state(session, run_id, TrainingState.QUEUED)
    row.state, row.started_at = TrainingState.RUNNING, utc_now()
    row.heartbeat_at = row.started_at
    return row


def progress(session: Session, run_id: int, share: float) -> None:
    """How much is done, 0 to 1; also says that its job lives. Raises EvaluationOver."""
    row = _in_state(session, run_id, TrainingState.RUNNING)
    row.progress, row.heartbeat_at = max(row.progress, share), utc_now()


def finish(
    session: Session, run_id: int, champion_id: int | None, metrics: dict[str, Any], reason: str
) -> Evaluation:
    """Write down what was found, together with its end.

    Raises EvaluationOver where it was cancelled, or given up, while it was measured.
    """
    row = _in_state(session, run_id, TrainingState.RUNNING)
    found = Evaluation(
        training_id=row.training_id,
        champion_id=champion_id,
        metrics=metrics,
        promote=False,
        reason=reason,
    )
    session.add(found)
    session.flush()
    row.evaluation_id, row.progress = found.id, 1.0
    row.state, row.finished_at = TrainingState.FINISHED, utc_now()
    return found


def fail(session: Session, run_id: int, reason: str) -> None:
    """End a run that is not over yet; what is over stays as it is."""
    row = _locked(session, run_id)
    if row.state in _ACTIVE:
        row.state, row.error, row.finished_at = TrainingState.FAILED, reason, utc_now()


def stop(database: Database, queue: JobQueue, run_id: int, reason: str) -> None:
    """`fail`, told to whoever follows it."""
    database.transact(lambda session: fail(session, run_id, reason))
    queue.announce_evaluation(run_id)


def again(database: Database, queue: JobQueue, run_id: int, by: str) -> str:
    """Measure anew what a run was to measure; the job that does so. Raises what `launch` does."""
    with database.read() as session:
        training_id = run(session, run_id).training_id
    return job_id(launch(database, queue, by, training_id))


def fail_abandoned(database: Database, queue: JobQueue, silent: timedelta) -> list[int]:
    """Fail runs whose job has been silent that long, or is lost; their numbers.

    Raises QueueUnavailable.
    """
    latest = utc_now() - silent
    with database.read() as session:
        rows = session.exec(select(EvaluationRun).where(col(EvaluationRun.state).in_(_ACTIVE)))
        lost = [id_of(row) for row in rows if not _lives(queue, row, latest)]
    dead = database.transact(lambda session: _fail_all(session, lost, latest))
    for number in dead:
        queue.announce_evaluation(number)
    return dead


def fail_interrupted(session: Session) -> None:
    """Fail what still runs by its row where no worker can be running: at an embedded start."""
    running = select(EvaluationRun.id).where(EvaluationRun.state == TrainingState.RUNNING)
    for number in session.exec(running).all():
        fail(session, number or 0, "PyTune ended meanwhile. Ask for it again.")


def _request(session: Session, requested_by: str, training_id: int | None) -> tuple[int, bool]:
    """Its number, and whether it is a new one."""
    take_turn(session)
    row = training.training(session, _champion(session) if training_id is None else training_id)
    if row.state is not TrainingState.FINISHED:
        problem = f"training {row.id} is {row.state}: only a finished one is measured again"
        raise wrong_state("trainingId", problem, row.state)
    underway = session.exec(
        select(EvaluationRun.id).where(
            EvaluationRun.training_id == row.id, col(EvaluationRun.state).in_(_ACTIVE)
        )
    ).first()
    if underway is not None:
        return underway, False
    if not listening.has_listens(session):
        raise NoListens
    wanted = EvaluationRun(training_id=id_of(row), requested_by=requested_by)
    session.add(wanted)
    session.flush()
    return id_of(wanted), True


def _champion(session: Session) -> int:
    found = training.champion(session)
    if found is None:
        raise NoChampion
    return found.version


def _enqueue(database: Database, queue: JobQueue, run_id: int) -> None:
    timeout = queue.settings.training_timeout_seconds
    try:
        queue.enqueue(JobName.EVALUATE, run_id, timeout=timeout, job_id=job_id(run_id))
    except QueueUnavailable as error:
        reason = str(error)
        database.transact(lambda session: fail(session, run_id, reason))
        raise
    queue.announce_evaluation(run_id)


def _lives(queue: JobQueue, row: EvaluationRun, latest: datetime) -> bool:
    """A running one by its heartbeat; one that waits by its job, once that was enqueued."""
    if row.state is TrainingState.RUNNING:
        return row.heartbeat_at is None or row.heartbeat_at >= latest
    return row.created_at >= latest or queue.is_alive(job_id(id_of(row)))


def _fail_all(session: Session, lost: list[int], latest: datetime) -> list[int]:
    """Those that have not said since that they live."""
    dead = [
        number
        for number in lost
        if (row := _locked(session, number)).state in _ACTIVE
        and (row.heartbeat_at or row.created_at) < latest
    ]
    for number in dead:
        fail(session, number, "Its worker died. Ask for it again.")
    return dead


def _in_state(session: Session, run_id: int, wanted: TrainingState) -> EvaluationRun:
    row = _locked(session, run_id)
    if row.state is not wanted:
        raise EvaluationOver(run_id=run_id, state=str(row.state))
    return row


def _locked(session: Session, run_id: int) -> EvaluationRun:
    """The row as it is now, and as it stays until the transaction ends."""
    found = session.get(EvaluationRun, run_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise EvaluationNotFound(run_id)
    return found
