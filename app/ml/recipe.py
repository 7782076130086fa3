"""A recipe: algorithm, its settings and the weighting of plays. Recipes are what compete."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scipy.sparse import csr_matrix

from app.ml.algorithms import ALGORITHMS
from app.ml.recommender import Recommender, Report
from app.ml.weighting import Weighting


@dataclass(frozen=True, slots=True)
class Recipe:
    algorithm: str = "als"
    weighting: Weighting = Weighting.LOG
    settings: Mapping[str, Any] = field(default_factory=dict)

    def fit(self, matrix: csr_matrix, *, seed: int, report: Report = lambda _: None) -> Recommender:
        """Fit on signed strengths made with this recipe's weighting, (n_listeners, n_items)."""
        return ALGORITHMS[self.algorithm].fit(matrix, self.settings, seed=seed, report=report)
