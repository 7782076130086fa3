"""A recipe: algorithm, its settings and the weighting of plays. Recipes are what compete."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scipy.sparse import csr_matrix

from app.errors import InvalidInput
from app.ml.algorithms import ALGORITHMS
from app.ml.recommender import Recommender, Report
from app.ml.weighting import Weighting


@dataclass(frozen=True, slots=True)
class Recipe:
    algorithm: str = "als"
    """One of ALGORITHMS."""
    weighting: Weighting = Weighting.BINARY
    """What play counts become, in the fit and when a listener is folded in; see AlsSettings."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """The algorithm's own; what is left out has its default."""

    def as_json(self) -> dict[str, Any]:
        return {
            "algorithm": self.algorithm,
            "weighting": self.weighting.value,
            "settings": dict(self.settings),
        }

    def fit(self, matrix: csr_matrix, *, seed: int, report: Report = lambda _: None) -> Recommender:
        """Fit on signed strengths made with this recipe's weighting, (n_listeners, n_items).

        Raises InvalidInput for an unknown algorithm, or settings that it does not take.
        """
        if self.algorithm not in ALGORITHMS:
            raise InvalidInput("algorithm", f"must be one of {', '.join(ALGORITHMS)}")
        return ALGORITHMS[self.algorithm].fit(matrix, self.settings, seed=seed, report=report)
