"""Use-cases: trainings, the champion, promotion. The newest promotion names the champion."""

import importlib.metadata
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from app import listening, recipes, training_log, unattended
from app.db import Database
from app.errors import (
    ModelRemoved,
    NoListens,
    QueueUnavailable,
    TrainingNotFound,
    TrainingOver,
    TrainingUnderway,
)
from app.errors.invalid import wrong_state
from app.ml.recipe import Recipe
from app.models import Evaluation, Promotion, Training, TrainingStage, TrainingState
from app.models.columns import id_of, utc_now
from app.queue import JobName, JobQueue
from app.turns import take_turn

DEFAULT_SEED = 42
_LIBRARIES = ("implicit", "numpy", "scipy", "pytune")
_ACTIVE = (TrainingState.QUEUED, TrainingState.RUNNING)


@dataclass(frozen=True, slots=True)
class Champion:
    """The model to serve: its training and the promotion that made it champion."""

    training: Training
    promotion: Promotion

    @property
    def version(self) -> int:
        return id_of(self.training)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a fit left behind: where its model lies, and what it was fitted on."""

    artifact: str
    """Folder name below the artifact folder."""
    checksum: str
    listeners: int
    tracks: int
    interactions: int
    data_from: datetime | None
    data_until: datetime | None
    last_event_id: int
    fingerprint: str


def launch(
    database: Database, queue: JobQueue, requested_by: str, recipe: Recipe, seed: int = DEFAULT_SEED
) -> int:
    """Write down a training and enqueue its job; its number.

    Raises NoListens, TrainingUnderway, or QueueUnavailable, after which nothing is under way.
    """
    training_id = database.transact(
        lambda session: id_of(request(session, requested_by, recipe, seed))
    )
    timeout = queue.settings.training_timeout_seconds
    try:
        job_id = queue.enqueue(JobName.TRAIN, training_id, timeout=timeout)
    except QueueUnavailable as error:
        reason = str(error)
        database.transact(lambda session: fail(session, training_id, reason))
        raise
    database.transact(lambda session: _set_job(session, training_id, job_id))
    return training_id


def _set_job(session: Session, training_id: int, job_id: str) -> None:
    training(session, training_id).job_id = job_id


def request(session: Session, requested_by: str, recipe: Recipe, seed: int) -> Training:
    """Write down that a training is wanted. Raises NoListens or TrainingUnderway."""
    take_turn(session)
    underway = active_training(session)
    if underway is not None:
        raise TrainingUnderway(training_id=underway.id)
    if not listening.has_listens(session):
        raise NoListens
    training = Training(
        requested_by=requested_by,
        algorithm=recipe.algorithm,
        settings=recipes.stored(recipe),
        seed=seed,
    )
    session.add(training)
    session.flush()
    return training


def training(session: Session, training_id: int) -> Training:
    """Raises TrainingNotFound."""
    found = session.get(Training, training_id)
    if found is None:
        raise TrainingNotFound(training_id)
    return found


def trainings(
    session: Session, first: int, before_id: int | None = None, state: TrainingState | None = None
) -> list[Training]:
    """Newest first."""
    statement = select(Training).order_by(col(Training.id).desc()).limit(first)
    if before_id is not None:
        statement = statement.where(col(Training.id) < before_id)
    if state is not None:
        statement = statement.where(Training.state == state)
    return list(session.exec(statement))


def trainings_by_id(session: Session, numbers: list[int]) -> dict[int, Training]:
    """Those that there are."""
    rows = session.exec(select(Training).where(col(Training.id).in_(numbers)))
    return {id_of(row): row for row in rows}


def count_trainings(session: Session, state: TrainingState | None = None) -> int:
    statement = select(func.count()).select_from(Training)
    if state is not None:
        statement = statement.where(Training.state == state)
    return session.exec(statement).one()


def active_training(session: Session) -> Training | None:
    """The training that waits or runs, if any."""
    statement = select(Training).where(col(Training.state).in_(_ACTIVE)).order_by(col(Training.id))
    return session.exec(statement).first()


def start(session: Session, training_id: int) -> Training:
    """Raises TrainingOver where it was cancelled, or begun before."""
    row = _in_state(session, training_id, TrainingState.QUEUED)
    row.state, row.started_at = TrainingState.RUNNING, utc_now()
    row.heartbeat_at = row.started_at
    row.library_versions = {name: importlib.metadata.version(name) for name in _LIBRARIES}
    return row


def progress(session: Session, training_id: int, stage: TrainingStage, share: float) -> bool:
    """What it does now and how much of all is done, 0 to 1; also says that its job lives.

    False if it should stop: it is over, and a last word changes nothing.
    """
    row = _locked(session, training_id)
    if row.state is TrainingState.RUNNING:
        row.stage, row.progress, row.heartbeat_at = stage, share, utc_now()
    return row.state in _ACTIVE


def finish(session: Session, training_id: int, fitted: Fitted) -> Training:
    """Write down what was fitted. The training's model can be promoted from now on.

    Raises TrainingOver where it was cancelled, or given up, while it was fitted.
    """
    row = _in_state(session, training_id, TrainingState.RUNNING)
    row.sqlmodel_update(asdict(fitted))
    row.state, row.stage, row.progress = TrainingState.FINISHED, TrainingStage.PROMOTING, 1.0
    row.finished_at = utc_now()
    return row


def fail(session: Session, training_id: int, reason: str, *, by_hand: bool = False) -> None:
    """End a training unless it is over; an alert tells of it where nobody had a hand in it."""
    row = _locked(session, training_id)
    if row.state in _ACTIVE:
        row.state, row.error, row.finished_at = TrainingState.FAILED, reason, utc_now()
        training_log.write(session, training_id, [training_log.line(f"Failed: {reason}")])
        if not by_hand:
            unattended.training_failed(session, row)


def _in_state(session: Session, training_id: int, wanted: TrainingState) -> Training:
    row = _locked(session, training_id)
    if row.state is not wanted:
        raise TrainingOver(training_id=training_id, state=str(row.state))
    return row


def _locked(session: Session, training_id: int) -> Training:
    """The row as it is now, and as it stays until the transaction ends."""
    found = session.get(Training, training_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise TrainingNotFound(training_id)
    return found


def champion(session: Session) -> Champion | None:
    row = session.exec(
        select(Training, Promotion)
        .join(Promotion, col(Promotion.training_id) == col(Training.id))
        .order_by(col(Promotion.id).desc())
        .limit(1)
    ).first()
    return Champion(*row) if row else None


def promote(
    session: Session,
    training_id: int,
    promoted_by: str,
    reason: str,
    evaluation: Evaluation | None = None,
    *,
    is_rollback: bool = False,
) -> Promotion:
    """Make a finished training's model champion.

    Raises TrainingNotFound, InvalidInput where it has no model, or ModelRemoved.
    """
    take_turn(session)
    check_promotable(training(session, training_id))
    current = champion(session)
    promotion = Promotion(
        training_id=training_id,
        previous_id=current.version if current else None,
        evaluation_id=evaluation.id if evaluation else None,
        promoted_by=promoted_by,
        reason=reason,
        is_rollback=is_rollback,
    )
    session.add(promotion)
    session.flush()
    return promotion


def check_promotable(row: Training) -> None:
    """Raises InvalidInput where it has no model, or ModelRemoved where it has none any more."""
    if row.state is not TrainingState.FINISHED or row.artifact is None:
        raise wrong_state("trainingId", f"training {row.id} has no model to promote", row.state)
    if row.artifact_removed_at is not None:
        raise ModelRemoved(version=row.id, day=row.artifact_removed_at.date())


def artifact_name(training_id: int) -> str:
    """Folder of a training's model, below the artifact folder."""
    return f"model-{training_id:06d}"
