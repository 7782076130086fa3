"""What a contest of recipes measured of a training, kept as the training job keeps it."""

from functools import cache

import numpy as np
from sqlmodel import Session

from app import evaluating
from app.ml import contest
from app.ml.contest import ContestResult
from app.ml.evaluation import Terms
from app.ml.holdout import per_listener
from app.ml.interactions import concatenate
from app.ml.recipe import Recipe
from app.ml.weighting import Weighting
from app.models import Evaluation
from jobs.evaluate import _finish

GOOD = Recipe("als", Weighting.LOG, {"factors": 4, "iterations": 5, "regularization": 1.0})
POOR = Recipe("als", Weighting.LOG, {"factors": 1, "iterations": 1, "regularization": 1e5})


@cache
def contested(*, better: bool, first: bool = False) -> ContestResult:
    """Of a recipe that is clearly better than its rival, or clearly worse."""
    generator = np.random.default_rng(3)
    who, what = np.indices((60, 40))
    heard = generator.random((60, 40)) < np.where(who % 4 == what % 4, 0.8, 0.05)
    rows = np.zeros((int(heard.sum()), 5))
    rows[:, 0], rows[:, 1], rows[:, 2] = who[heard], what[heard], 1
    holdout = per_listener(concatenate([rows]), share=0.3, seed=1)
    ours, theirs = (GOOD, POOR) if better else (POOR, GOOD)
    return contest.run(ours, None if first else theirs, holdout, Terms(seed=2, k=5))


def measure_again(session: Session, run_id: int, found: ContestResult, champion_id: int) -> None:
    """As its job ends, from its beginning."""
    evaluating.start(session, run_id)
    _finish(session, run_id, champion_id, found)


def write_down(
    session: Session, training_id: int, found: ContestResult, champion_id: int | None = None
) -> None:
    session.add(
        Evaluation(
            training_id=training_id,
            champion_id=champion_id,
            metrics=found.as_json(),
            promote=found.verdict.promote,
            reason=found.verdict.reason,
        )
    )
