"""Use-cases: what was measured of many trainings at once."""

from sqlmodel import Session, col, select

from app.models import Evaluation


def evaluations_of(session: Session, training_ids: list[int]) -> list[list[Evaluation]]:
    """Those of each training, newest first, in the order of the trainings."""
    found: dict[int, list[Evaluation]] = {number: [] for number in training_ids}
    for row in session.exec(
        select(Evaluation)
        .where(col(Evaluation.training_id).in_(training_ids))
        .order_by(col(Evaluation.id).desc())
    ):
        found[row.training_id].append(row)
    return [found[number] for number in training_ids]
