"""A recipe: algorithm, its settings and the weighting of plays. Recipes are what compete."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scipy.sparse import csr_matrix

from app.errors import InvalidInput
from app.ml.algorithms import ALGORITHMS
from app.ml.interactions import Interactions, weighed, weigher_of
from app.ml.recommender import Algorithm, Extent, Report
from app.ml.vocabulary import Vocabulary
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting

MEMORY_MIB = 16384
"""A fit that is estimated to need more is refused, unless another limit is given."""


@dataclass(frozen=True, slots=True)
class Recipe:
    algorithm: str = "als"
    """One of ALGORITHMS."""
    weighting: Weighting = Weighting.BINARY
    """What play counts become, in the fit and when a listener is folded in; see AlsSettings."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """The algorithm's own; what is left out has its default."""
    half_life_days: float | None = None
    """In which a listen loses half its weight, in the fit and when a listener is folded in; None:
    it keeps it."""

    def as_json(self) -> dict[str, Any]:
        return {
            "algorithm": self.algorithm,
            "weighting": self.weighting.value,
            "half_life_days": self.half_life_days,
            "settings": dict(self.settings),
        }

    def complete(self) -> "Recipe":
        """The same with every setting spelled out, also where defaults change one day.

        Raises InvalidInput for an unknown algorithm, or settings that it does not take.
        """
        return replace(self, settings=self._kind().complete(self.settings))

    def weigher(self, interactions: Interactions, tracks: Vocabulary) -> Weigher:
        """How a listener's doings are weighed where this recipe is fitted on `interactions`."""
        return weigher_of(interactions, tracks, self.weighting, self.half_life_days)

    def matrix(self, interactions: Interactions, tracks: Vocabulary) -> csr_matrix:
        """What this recipe is fitted on, as of the last listen: (n_listeners, n_tracks)."""
        weigher = self.weigher(interactions, tracks)
        return weighed(interactions, weigher, tracks, as_of=interactions.latest()).matrix

    def fit(
        self,
        matrix: csr_matrix,
        *,
        seed: int,
        report: Report = lambda _: None,
        memory_mib: float = MEMORY_MIB,
    ) -> Algorithm:
        """Fit on signed strengths made with this recipe's weighting, (n_listeners, n_items).

        Raises InvalidInput for an unknown algorithm, settings that it does not take, or a fit
        that would need more than `memory_mib` mebibytes.
        """
        self.check_memory(Extent.of(matrix), memory_mib)
        return self._kind().fit(matrix, self.settings, seed=seed, report=report)

    def check_memory(self, extent: Extent, memory_mib: float) -> None:
        """Raises InvalidInput like `fit`, before anything is fitted."""
        needed = self.peak_mib(extent)
        if needed > memory_mib:
            raise InvalidInput(
                "memory",
                f"{self.algorithm} would need about {needed:,.0f} MiB for {extent.n_listeners:,}"
                f" listeners and {extent.n_items:,} tracks, and {memory_mib:,.0f} are allowed:"
                " choose fewer factors, a smaller core or another algorithm, or allow more",
            )

    def peak_mib(self, extent: Extent) -> float:
        """About the most memory that a fit needs, in mebibytes. Raises InvalidInput like `fit`."""
        return self._kind().peak_bytes(extent, self.settings) / 2**20

    def _kind(self) -> type[Algorithm]:
        if self.algorithm not in ALGORITHMS:
            raise InvalidInput("algorithm", f"must be one of {', '.join(ALGORITHMS)}")
        return ALGORITHMS[self.algorithm]
