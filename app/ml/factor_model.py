"""What matrix factorisations have in common: item vectors, and a listener folded in among them.

Hu, Koren, Volinsky: Collaborative Filtering for Implicit Feedback Datasets, ICDM 2008.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix

from app.ml.recommender import Explanations, Floats, History
from app.ml.vocabulary import Positions

GRAM_BLOCK = 1 << 16
"""Items whose vectors are held in double precision at a time."""


@dataclass(frozen=True)
class FactorModel(ABC):
    """Item factors Y (n_items, factors) and their Gram matrix YᵀY (factors, factors)."""

    item_factors: Floats
    gram: NDArray[np.float64]
    _norms: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.gram.shape != 2 * (self.item_factors.shape[1],):
            raise ValueError(f"gram {self.gram.shape} does not fit {self.item_factors.shape}")
        norms = np.linalg.norm(self.item_factors, axis=1).astype(np.float32)
        object.__setattr__(self, "_norms", np.maximum(norms, np.float32(1e-12)))

    @property
    @abstractmethod
    def alpha(self) -> float:
        """How fast confidence grows with strength: c = 1 + alpha * |r|."""

    @abstractmethod
    def ridge(self, n: int) -> float:
        """λ of a listener with n tracks."""

    @property
    def n_items(self) -> int:
        return len(self.item_factors)

    def fold_in(self, history: History) -> NDArray[np.float64]:
        """The listener's vector, (factors,): (YᵀY + Yᵀ(C-I)Y + λI)⁻¹ YᵀCp. Hu et al., eq. 4."""
        if not len(history):
            return np.zeros(self.gram.shape[0])
        return np.asarray(cho_solve(self._factored(history), self._evidence(history).sum(axis=0)))

    def scores(self, history: History) -> Floats:
        scores: Floats = self.item_factors @ self.fold_in(history).astype(np.float32)
        return scores

    def scores_of_many(self, histories: Sequence[History]) -> Floats:
        factors = self.item_factors.shape[1]
        systems = np.empty((len(histories), factors, factors))
        wanted = np.empty((len(histories), factors))
        for n, history in enumerate(histories):
            systems[n] = self._system(history)
            wanted[n] = self._evidence(history).sum(axis=0)
        vectors = np.linalg.solve(systems, wanted[:, :, None])[:, :, 0].astype(np.float32)
        scores: Floats = vectors @ self.item_factors.T
        return scores

    def similar(self, item: int) -> Floats:
        """Cosine of the angle between item vectors, (n_items,)."""
        dots: Floats = self.item_factors @ self.item_factors[item]
        cosines: Floats = dots / (self._norms * self._norms[item])
        return cosines

    def likeness(self, items: Positions) -> Floats:
        unit = self.item_factors[items] / self._norms[items][:, None]
        cosines: Floats = unit @ unit.T
        return cosines

    def explain_many(self, history: History, items: Positions) -> Explanations:
        """Hu et al., section 5: yᵢᵀ W⁻¹ yⱼ cⱼ pⱼ for each heard j; there is no base term."""
        if not len(history):
            return Explanations.of(np.zeros(len(items)), np.zeros((len(items), 0)))
        targets = self.item_factors[items].astype(np.float64)
        solved = cho_solve(self._factored(history), targets.T)
        return Explanations.of(np.zeros(len(items)), (self._evidence(history) @ solved).T)

    def _factored(self, history: History) -> Any:
        """The system's Cholesky factors."""
        return cho_factor(self._system(history), lower=True, overwrite_a=True, check_finite=False)

    def _system(self, history: History) -> NDArray[np.float64]:
        """YᵀY + Yᵀ(C-I)Y + λI, (factors, factors)."""
        heard = self.item_factors[history.items].astype(np.float64)
        extra = self.alpha * np.abs(history.strengths.astype(np.float64))
        system: NDArray[np.float64] = self.gram + (heard.T * extra) @ heard
        system[np.diag_indices_from(system)] += self.ridge(len(history))
        return system

    def _evidence(self, history: History) -> NDArray[np.float64]:
        """cⱼ pⱼ yⱼ for each heard j, (n, factors); pⱼ is 0 for evidence against."""
        strengths = history.strengths.astype(np.float64)
        weights = np.where(strengths > 0, 1 + self.alpha * strengths, 0)
        return self.item_factors[history.items].astype(np.float64) * weights[:, None]

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"item_factors": self.item_factors, "gram": self.gram}


def gram_of(factors: Floats) -> NDArray[np.float64]:
    """YᵀY in double precision, (factors, factors), a block of items at a time."""
    gram = np.zeros((factors.shape[1], factors.shape[1]))
    for start in range(0, len(factors), GRAM_BLOCK):
        block = factors[start : start + GRAM_BLOCK].astype(np.float64)
        gram += block.T @ block
    return gram


def signed_confidence(matrix: csr_matrix, alpha: float) -> csr_matrix:
    """sign(r) (1 + alpha |r|) where r is stored; a negative sign stands for p = 0."""
    confidence = matrix.astype(np.float32, copy=True)
    confidence.eliminate_zeros()
    confidence.data = np.sign(confidence.data) * (1 + np.float32(alpha) * np.abs(confidence.data))
    return confidence
