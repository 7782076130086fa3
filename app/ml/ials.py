"""Alternating least squares with a λ that grows with how much is known: iALS as it is best.

Rendle, Krichene, Zhang, Koren: Revisiting the Performance of iALS on Item Recommendation
Benchmarks, RecSys 2022 (arXiv 2110.14037, 2021).
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from app.ml.conjugate import CHUNK, half_step
from app.ml.factor_model import GRAM_BLOCK, FactorModel, gram_of, signed_confidence
from app.ml.ranges import Range, Ranges, check
from app.ml.recommender import Extent, Floats, Report


@dataclass(frozen=True, slots=True)
class IalsSettings:
    """λ of a listener with n of |I| items: regularization · (|I| + alpha · n) ^ exponent.

    Of an item likewise, with listeners for items. Rendle et al. weigh all pairs by α₀ and what
    was heard by 1: alpha is their 1/α₀, and the rest is divided by α₀.
    """

    factors: int = 128
    """Length of each item's vector."""
    regularization: float = 0.003
    """What λ is multiplied by."""
    exponent: float = 1.0
    """ν: 0 gives the same λ to all, 1 most to those of whom most is known."""
    alpha: float = 3.3
    """How fast confidence grows with strength: c = 1 + alpha * |r|."""
    iterations: int = 16
    """Each solves for all listeners, then for all items."""

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """Raises InvalidInput naming what is unknown or out of its range."""
        check("ials", settings, RANGES)
        return cls(**settings)


RANGES: Ranges = {
    "factors": Range(1, 2048, whole=True),
    "regularization": Range(1e-9, 1e6),
    "exponent": Range(0.0, 2.0),
    "alpha": Range(0.0, 1e6),
    "iterations": Range(1, 1000, whole=True),
}


@dataclass(frozen=True)
class Ials(FactorModel):
    """Item factors, with λ scaled by frequency."""

    algorithm: ClassVar[str] = "ials"

    chosen: IalsSettings

    @property
    def alpha(self) -> float:
        return self.chosen.alpha

    def ridge(self, n: int) -> float:
        return float(_ridge(np.array([n]), self.n_items, self.chosen)[0])

    @classmethod
    def complete(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        return asdict(IalsSettings.of(settings))

    @classmethod
    def peak_bytes(cls, extent: Extent, settings: Mapping[str, Any]) -> int:
        """Vectors of both sides, confidences both ways, and what the threads solve at a time."""
        solved = min((os.cpu_count() or 1) * CHUNK, extent.n_values)
        double = 2 * min(max(extent.n_listeners, extent.n_items), GRAM_BLOCK)
        vectors = extent.n_listeners + 2 * extent.n_items + double + 4 * solved
        return 4 * IalsSettings.of(settings).factors * vectors + 3 * 12 * extent.n_values

    @classmethod
    def fit(
        cls, matrix: csr_matrix, settings: Mapping[str, Any], *, seed: int, report: Report
    ) -> Self:
        """Items begin at random, N(0, 0.01 / factors); listeners follow from them."""
        chosen = IalsSettings.of(settings)
        generator = np.random.default_rng(seed)
        items = generator.standard_normal((matrix.shape[1], chosen.factors), dtype=np.float32)
        items *= np.float32(0.1 / np.sqrt(chosen.factors))
        listeners = np.zeros((matrix.shape[0], chosen.factors), dtype=np.float32)
        by_listener = signed_confidence(matrix, chosen.alpha)
        by_item = by_listener.T.tocsr()
        ridges = [_ridges(side, chosen) for side in (by_listener, by_item)]
        with threadpool_limits(1, "blas"):  # rows are shared out among threads already
            for iteration in range(chosen.iterations):
                half_step(listeners, items, by_listener, ridges[0])
                half_step(items, listeners, by_item, ridges[1])
                report((iteration + 1) / chosen.iterations)
            return cls(items, gram_of(items), chosen)

    def settings(self) -> dict[str, Any]:
        return asdict(self.chosen)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], settings: Mapping[str, Any]) -> Self:
        return cls(arrays["item_factors"], np.array(arrays["gram"]), IalsSettings.of(settings))


def _ridges(confidence: csr_matrix, chosen: IalsSettings) -> Floats:
    """λ of each row, (n,)."""
    return _ridge(np.diff(confidence.indptr), confidence.shape[1], chosen).astype(np.float32)


def _ridge(known: NDArray[Any], among: int, chosen: IalsSettings) -> NDArray[np.float64]:
    """regularization · (among + alpha · known) ^ exponent, (n,)."""
    scale: NDArray[np.float64] = (among + chosen.alpha * known) ** chosen.exponent
    return chosen.regularization * scale
