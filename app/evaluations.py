"""Use-cases: what was measured of many trainings at once."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from app.models import Evaluation, EvaluationRun
from app.models.columns import id_of, newest_of_each

MAX_RUNS = 20
"""Of one training that are read."""


def evaluations_by_id(session: Session, numbers: Sequence[int]) -> dict[int, Evaluation]:
    """Those that there are."""
    rows = session.exec(select(Evaluation).where(col(Evaluation.id).in_(numbers)))
    return {id_of(row): row for row in rows}


def is_judged(session: Session, training_id: int) -> bool:
    """Whether a verdict on it counts: not one that the champion changed under, if it has any."""
    [found] = evaluations_of(session, [training_id])
    return not found or any(not row.metrics.get("stale") for row in found)


def evaluations_of(session: Session, training_ids: list[int]) -> list[list[Evaluation]]:
    """Each training's own, by which its gate decided, newest first, in the order of the trainings.

    What somebody had measured since is not among them: see `runs_of`.
    """
    found: dict[int, list[Evaluation]] = {number: [] for number in training_ids}
    asked_for = select(EvaluationRun.id).where(EvaluationRun.evaluation_id == Evaluation.id)
    for row in session.exec(
        select(Evaluation)
        .where(col(Evaluation.training_id).in_(training_ids), ~asked_for.exists())
        .order_by(col(Evaluation.id).desc())
    ):
        found[row.training_id].append(row)
    return [found[number] for number in training_ids]


def runs_of(session: Session, training_ids: list[int]) -> list[list[EvaluationRun]]:
    """Who had each training's recipe measured again, newest first, in the trainings' order.

    At most MAX_RUNS of each.
    """
    found: dict[int, list[EvaluationRun]] = {number: [] for number in training_ids}
    by, training = col(EvaluationRun.id), col(EvaluationRun.training_id)
    newest = newest_of_each(MAX_RUNS, by, training, training_ids)
    for row in session.exec(select(EvaluationRun).where(newest).order_by(by.desc())):
        found[row.training_id].append(row)
    return [found[number] for number in training_ids]


def runs_by_id(session: Session, numbers: Sequence[int]) -> dict[int, EvaluationRun]:
    """Those that there are."""
    rows = session.exec(select(EvaluationRun).where(col(EvaluationRun.id).in_(numbers)))
    return {id_of(row): row for row in rows}
