"""Use-cases: promote by hand, roll back, what was champion when, and whose files are kept."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session, col, select

from app import training
from app.db import Database
from app.errors import NoChampion, NoPreviousChampion
from app.errors.invalid import wrong_length, wrong_state
from app.ml.model_slot import LoadedModel
from app.models import Promotion, Training, TrainingState
from app.models.columns import id_of, utc_now
from app.queue import JobQueue
from app.settings import Settings
from app.training import Champion
from app.turns import take_turn

MAX_REASON = 1000


def by_hand(
    database: Database, queue: JobQueue, training_id: int, promoted_by: str, reason: str
) -> Champion:
    """Make a model champion whatever the gate said, and tell every web process.

    Raises TrainingNotFound, InvalidInput, ModelRemoved, or BadArtifact where its files are
    damaged: then nothing has changed.
    """
    reason = _checked(reason)
    with database.read() as session:
        row = training.training(session, training_id)
    _check_files(queue.settings, row)

    def promote(session: Session) -> Champion:
        take_turn(session)
        current = training.champion(session)
        if current is not None and current.version == training_id:
            problem = f"model {training_id} is the champion already"
            raise wrong_state("trainingId", problem, "champion")
        training.promote(session, training_id, promoted_by, reason)
        return _champion(session)

    return _announced(queue, database.transact(promote))


def roll_back(
    database: Database, queue: JobQueue, by: str, reason: str, version: int | None = None
) -> Champion:
    """Put the champion before back, and tell every web process. Each time goes one further back.

    With `version`: only if that is the champion still. Raises InvalidInput, NoChampion,
    NoPreviousChampion, ModelRemoved or BadArtifact: then nothing has changed.
    """
    reason = _checked(reason)
    with database.read() as session:
        seen, previous = _previous(session, version)
        row = training.training(session, previous)
    _check_files(queue.settings, row)

    def put_back(session: Session) -> Champion:
        take_turn(session)
        _, target = _previous(session, seen)
        training.promote(session, target, by, reason, is_rollback=True)
        return _champion(session)

    return _announced(queue, database.transact(put_back))


def line(session: Session) -> list[int]:
    """The champion, last, behind those that rolling back leads to.

    A rollback takes the champion off its end; every other promotion puts one there.
    """
    rows = session.exec(
        select(Promotion.training_id, Promotion.is_rollback).order_by(col(Promotion.id))
    )
    stack: list[int] = []
    for training_id, is_rollback in rows:
        if is_rollback:
            stack.pop()
        else:
            stack.append(training_id)
    return stack


def promotions(session: Session, first: int, before_id: int | None = None) -> list[Champion]:
    """Every model that became champion, the newest promotion first."""
    statement = (
        select(Training, Promotion)
        .join(Promotion, col(Promotion.training_id) == col(Training.id))
        .order_by(col(Promotion.id).desc())
        .limit(first)
    )
    if before_id is not None:
        statement = statement.where(col(Promotion.id) < before_id)
    return [Champion(*row) for row in session.exec(statement)]


def promoted_among(session: Session, versions: Sequence[int]) -> set[int]:
    """Those of them that were champion at any time."""
    statement = select(Promotion.training_id).where(col(Promotion.training_id).in_(versions))
    return set(session.exec(statement.distinct()))


def promotions_of(session: Session, training_id: int) -> list[Promotion]:
    """Each time that the model became champion, the newest first."""
    statement = select(Promotion).where(Promotion.training_id == training_id)
    return list(session.exec(statement.order_by(col(Promotion.id).desc())))


def count_promotions(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Promotion)).one()


def remove_old_models(database: Database, settings: Settings) -> list[int]:
    """Clear away the files of models that nobody will want; the versions, whose rows stay.

    Written down first, so that none of them can be promoted while its files go.
    """
    removed = database.transact(lambda session: _write_off(session, settings))
    with database.read() as session:
        folders = _folders_to_clear(session, settings.artifacts)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    return removed


def _write_off(session: Session, settings: Settings) -> list[int]:
    take_turn(session)
    latest = func.max(Promotion.id)
    champions = session.exec(
        select(Promotion.training_id).group_by(col(Promotion.training_id)).order_by(latest.desc())
    ).all()
    kept = {*champions[: settings.keep_champions], *line(session)[-2:]}
    present = select(Training).where(
        Training.state == TrainingState.FINISHED,
        col(Training.artifact).is_not(None),
        col(Training.artifact_removed_at).is_(None),
        col(Training.id).not_in(kept),
    )
    fresh = utc_now() - settings.candidates_kept
    rows = [
        row
        for row in session.exec(present)
        if row.id in champions or (row.finished_at or row.created_at) < fresh
    ]
    for row in rows:
        row.artifact_removed_at = utc_now()
    return sorted(id_of(row) for row in rows)


def _folders_to_clear(session: Session, artifacts: Path) -> Sequence[Path]:
    """Of models written off, and of trainings given up after theirs was saved."""
    written_off = session.exec(
        select(Training.artifact).where(col(Training.artifact_removed_at).is_not(None))
    )
    failed = session.exec(select(Training.id).where(Training.state == TrainingState.FAILED))
    names = [*written_off, *(training.artifact_name(number or 0) for number in failed)]
    return [artifacts / name for name in names if name and (artifacts / name).is_dir()]


def _previous(session: Session, version: int | None) -> tuple[int, int]:
    """The champion, checked to be that version where one is given, and the one before it."""
    stack = line(session)
    if not stack:
        raise NoChampion
    if version is not None and version != stack[-1]:
        problem = f"the champion is model {stack[-1]} by now: look again"
        raise wrong_state("version", problem, "not_champion")
    if len(stack) == 1:
        raise NoPreviousChampion(version=stack[-1])
    return stack[-1], stack[-2]


def _champion(session: Session) -> Champion:
    found = training.champion(session)
    if found is None:
        raise NoChampion
    return found


def _check_files(settings: Settings, row: Training) -> None:
    """A model that cannot be loaded is not made champion. Raises BadArtifact and others."""
    training.check_promotable(row)
    LoadedModel.load(settings.artifacts / str(row.artifact), row.checksum, id_of(row))


def _announced(queue: JobQueue, champion: Champion) -> Champion:
    queue.announce_champion(champion.version)
    return champion


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not 1 <= len(reason) <= MAX_REASON:
        raise wrong_length("reason", len(reason), 1, MAX_REASON)
    return reason
