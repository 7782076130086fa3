"""Popularity: the baseline that every model must beat, and what is served without one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.ml import ranges
from app.ml.recommender import Explanation, Extent, Floats, History, Report


@dataclass(frozen=True, slots=True)
class Popularity:
    """Share of listeners with evidence for each item, (n_items,); the same for everybody."""

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
        cls.check(settings)
        shares = listener_counts(matrix) / np.float32(max(matrix.shape[0], 1))
        report(1.0)
        return cls(shares.astype(np.float32))

    def scores(self, history: History) -> Floats:
        del history
        return self.shares.copy()

    def scores_of_many(self, histories: Sequence[History]) -> Floats:
        return np.tile(self.shares, (len(histories), 1))

    def similar(self, item: int) -> Floats:
        """Popularity knows no likeness: every item by its share."""
        del item
        return self.shares.copy()

    def explain(self, history: History, item: int) -> Explanation:
        share = float(self.shares[item])
        return Explanation(share, share, np.zeros(len(history)))

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"shares": self.shares}

    @classmethod
    def check(cls, settings: Mapping[str, Any]) -> None:
        ranges.check(cls.algorithm, settings, {})

    @classmethod
    def peak_bytes(cls, extent: Extent, settings: Mapping[str, Any]) -> int:
        cls.check(settings)
        return 8 * extent.n_values + 20 * extent.n_items

    def settings(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], settings: Mapping[str, Any]) -> Self:
        cls.check(settings)
        return cls(np.asarray(arrays["shares"]))


def listener_counts(matrix: csr_matrix) -> NDArray[np.int64]:
    """Listeners with evidence for each item, (n_items,)."""
    return np.bincount(matrix.indices[matrix.data > 0], minlength=matrix.shape[1])
