"""Popularity: the baseline that every model must beat, and what is served without one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.ml import ranges
from app.ml.recommender import Explanations, Extent, Floats, History, Report
from app.ml.vocabulary import Positions


@dataclass(frozen=True, slots=True)
class Popularity:
    """Σ of listeners' strengths for each item, each from -1 to 1, as a share of all listeners.

    (n_items,), the same for everybody: who played it counts 1, who played it long ago less where
    listens fade, who dislikes or always skips it is taken off.
    """

    algorithm: ClassVar[str] = "popularity"

    shares: Floats

    @property
    def n_items(self) -> int:
        return len(self.shares)

    @classmethod
    def fit(
        cls, matrix: csr_matrix, settings: Mapping[str, Any], *, seed: int, report: Report
    ) -> Self:
        del seed
        cls.complete(settings)
        shares = popularity_of(matrix)
        report(1.0)
        return cls(shares)

    def scores(self, history: History) -> Floats:
        del history
        return self.shares.copy()

    def scores_of_many(self, histories: Sequence[History]) -> Floats:
        return np.tile(self.shares, (len(histories), 1))

    def similar(self, item: int) -> Floats:
        """Popularity knows no likeness: every item by its share."""
        del item
        return self.shares.copy()

    def likeness(self, items: Positions) -> Floats:
        """None: two tracks that are equally popular need not be alike."""
        return np.zeros((len(items), len(items)), dtype=np.float32)

    def explain_many(self, history: History, items: Positions) -> Explanations:
        shares = self.shares[items].astype(np.float64)
        return Explanations.of(shares, np.zeros((len(items), len(history))))

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"shares": self.shares}

    @classmethod
    def complete(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        ranges.check(cls.algorithm, settings, {})
        return {}

    @classmethod
    def peak_bytes(cls, extent: Extent, settings: Mapping[str, Any]) -> int:
        cls.complete(settings)
        return 20 * extent.n_values + 40 * extent.n_items

    def settings(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], settings: Mapping[str, Any]) -> Self:
        cls.complete(settings)
        return cls(np.asarray(arrays["shares"]))


def popularity_of(matrix: csr_matrix) -> Floats:
    """Popularity of each item by the strengths of all listeners, (n_items,)."""
    clipped = np.clip(matrix.data, -1, 1).astype(np.float64)
    sums = np.bincount(matrix.indices, clipped, matrix.shape[1])
    popularity: Floats = (sums / max(matrix.shape[0], 1)).astype(np.float32)
    return popularity


def listener_counts(matrix: csr_matrix) -> NDArray[np.int64]:
    """Listeners with evidence for each item, (n_items,)."""
    return np.bincount(matrix.indices[matrix.data > 0], minlength=matrix.shape[1])
