"""What searches tried: read no further than it is told, as a long one has thousands of trials."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.ml.search import Trial
from app.models import TuningTrial

MAX_TRIALS = 500
"""Of one search that are told."""
_TOLD: Any = col(TuningTrial.trial)
_ARM, _STATE, _NDCG = (
    _TOLD["arm"].as_string(),
    _TOLD["state"].as_string(),
    _TOLD["ndcg"].as_float(),
)
_RANK = case((_STATE == "complete", 0), (_STATE == "pruned", 1), else_=2)


def counting(tuning_ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    """What is true of the trials that count."""
    return col(TuningTrial.tuning_id).in_(tuning_ids), col(TuningTrial.set_aside).is_(False)


def trials(session: Session, tuning_id: int) -> list[Trial]:
    """All that count, in the order that they ended: a search goes on from them."""
    statement = select(TuningTrial).where(*counting([tuning_id])).order_by(col(TuningTrial.id))
    return [Trial(**row.trial) for row in session.exec(statement)]


def last_trials(session: Session, tuning_id: int) -> list[Trial]:
    """The last of those that count, at most MAX_TRIALS, in the order that they ended."""
    last = select(TuningTrial).where(*counting([tuning_id])).order_by(col(TuningTrial.id).desc())
    return [Trial(**row.trial) for row in session.exec(last.limit(MAX_TRIALS))][::-1]


def best_trials(session: Session, tuning_id: int, most: int) -> list[Trial]:
    """The best first; then those that were given up, and those that were too large."""
    statement = select(TuningTrial).where(*counting([tuning_id]))
    ordered = statement.order_by(_RANK, _NDCG.desc(), col(TuningTrial.id))
    return [Trial(**row.trial) for row in session.exec(ordered.limit(most))]


def scores_of(session: Session, tuning_ids: Sequence[int]) -> dict[int, dict[str, float]]:
    """By search and algorithm, the best NDCG of a trial that was tested to its end."""
    found: dict[int, dict[str, float]] = {number: {} for number in tuning_ids}
    statement = (
        select_columns(col(TuningTrial.tuning_id), _ARM, func.max(_NDCG))
        .where(*counting(tuning_ids), _STATE == "complete")
        .group_by(col(TuningTrial.tuning_id), _ARM)
    )
    for number, arm, ndcg in session.connection().execute(statement):
        algorithm = arm.partition("/")[0]
        found[number][algorithm] = max(float(ndcg), found[number].get(algorithm, 0.0))
    return found


def count_trials(session: Session, tuning_id: int) -> int:
    """How many count."""
    counted = select(func.count()).select_from(TuningTrial).where(*counting([tuning_id]))
    return session.exec(counted).one()


def set_aside_of(session: Session, tuning_ids: Sequence[int]) -> dict[int, int]:
    """How many trials of each search count no more; none where not said."""
    mine, count = col(TuningTrial.tuning_id), func.count()
    statement = select(mine, count).where(mine.in_(tuning_ids), col(TuningTrial.set_aside))
    return dict(session.exec(statement.group_by(mine)).all())
