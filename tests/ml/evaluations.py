"""Evaluations made of nothing but the NDCG of each listener, for the gate to judge."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.ml.evaluation import Cost, Evaluation, Terms
from app.ml.measuring import METRICS
from app.ml.recipe import Recipe
from app.ml.verdict import Verdict

Values = NDArray[np.float64]

OLD, NEW = (Recipe("als", settings={"alpha": alpha}) for alpha in (1, 2))
POPULAR = Recipe("popularity")
LISTENERS = 300


def of(recipe: Recipe, ndcg: Values, **figures: Any) -> Evaluation:
    """An evaluation with this NDCG of each listener, who heard as many tracks as stand before."""
    n = len(ndcg)
    per_listener = {name: np.full(n, 0.5) for name in METRICS}
    per_listener |= {"ndcg": ndcg, "auc": np.full(n, figures.pop("auc", 0.9))}
    cost = Cost(figures.pop("fit_seconds", 1), figures.pop("ms", 2), figures.pop("mib", 10))
    made = {"coverage": 0.1, "heard": np.arange(n), "listener_ids": np.arange(n), **figures}
    return Evaluation(recipe, Terms(seed=0), per_listener=per_listener, cost=cost, **made)


def spread(n: int = LISTENERS, mean: float = 0.2, seed: int = 1) -> Values:
    return np.random.default_rng(seed).beta(2, 2 / mean - 2, n)


def flat(value: float, n: int = LISTENERS) -> Values:
    return np.full(n, value)


def failed(verdict: Verdict) -> list[str]:
    return [check["name"] for check in verdict.figures["checks"] if not check["passed"]]
