"""A recommender with newcomers among its items: mixtures of those that it was fitted on."""

from dataclasses import dataclass
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.ml.recommender import Explanations, Floats, History, Ranker
from app.ml.vocabulary import Ids, Positions

_STAND_INS = 3
"""Known tracks that speak for a newcomer in a listener's history."""
_NEAREST = 5
"""Known tracks whose likenesses are a newcomer's."""

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Mixtures:
    """Where known items and newcomers stand among all, and what newcomers are mixed of."""

    known: Positions
    """Position of each known item among all, (n_known,)."""
    new: Positions
    """Position of each newcomer among all, (n_new,)."""
    groups: Positions
    """Row of each newcomer in `weights`, (n_new,)."""
    weights: csr_matrix
    """(n_groups, n_known); a row sums to 1 at most."""
    inner: Positions
    """Position of each of all items among the known ones, (n,); -1 - n of the n-th newcomer."""

    @classmethod
    def of(cls, known: Ids, new: Ids, groups: Positions, weights: csr_matrix) -> Self:
        """From the sorted ids of both."""
        every = np.union1d(known, new)
        at, beside = np.searchsorted(every, known), np.searchsorted(every, new)
        inner = np.empty(len(every), np.intp)
        inner[at], inner[beside] = np.arange(len(known)), -1 - np.arange(len(new))
        return cls(at, beside, groups, weights, inner)

    def scattered(self, known: NDArray[Scalar], new: NDArray[Scalar]) -> NDArray[Scalar]:
        """Values of all items, (n,), from those of the known ones and the newcomers."""
        every = np.empty(len(self.inner), known.dtype)
        every[self.known], every[self.new] = known, new
        return every

    def widened(self, scores: Floats) -> Floats:
        """Scores of all items from those of the known ones, (n,)."""
        mixed: Floats = np.asarray(self.weights @ scores, dtype=np.float32)
        return self.scattered(scores.astype(np.float32, copy=False), mixed[self.groups])

    def parents(self, item: int) -> tuple[Positions, NDArray[np.float64]]:
        """Known items that an item stands for, itself or its mixture, with their weights."""
        place = int(self.inner[item])
        if place >= 0:
            return np.array([place]), np.ones(1)
        row = self.weights[[int(self.groups[-1 - place])]]
        return row.indices.astype(np.intp), row.data.astype(np.float64)


@dataclass(frozen=True, slots=True)
class Placed:
    """Ranks all items by a recommender that knows some of them."""

    recommender: Ranker
    mixtures: Mixtures

    @property
    def n_items(self) -> int:
        return len(self.mixtures.inner)

    def scores(self, history: History) -> Floats:
        return self.mixtures.widened(self.recommender.scores(self._known(history)[0]))

    def similar(self, item: int) -> Floats:
        """Of a newcomer: the mean likeness to the tracks that count most in it."""
        parents, weights = self.mixtures.parents(item)
        most = np.argsort(-weights, kind="stable")[:_NEAREST]
        near = np.zeros(self.recommender.n_items, np.float32)
        for n in most:
            share = np.float32(weights[n] / weights[most].sum())
            near += share * self.recommender.similar(int(parents[n]))
        likeness = self.mixtures.widened(near)
        if self.mixtures.inner[item] < 0:
            likeness[item] = max(1.0, float(likeness.max(initial=0)))
        return likeness

    def likeness(self, items: Positions) -> Floats:
        """Of mixtures: the likenesses of what they are mixed of, in the same shares."""
        parents, shares = self._mixed(items)
        shares = (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)
        likeness: Floats = shares @ self.recommender.likeness(parents) @ shares.T
        np.fill_diagonal(likeness, 1)
        return likeness

    def explain_many(self, history: History, items: Positions) -> Explanations:
        seen, origins = self._known(history)
        parents, shares = self._mixed(items)
        told = self.recommender.explain_many(seen, parents)
        by_heard = np.zeros((len(history), len(items)))
        np.add.at(by_heard, origins, (shares @ told.contributions).T)
        return Explanations.of(shares @ told.bases, by_heard.T)

    def _mixed(self, items: Positions) -> tuple[Positions, NDArray[np.float64]]:
        """Known items that these are mixed of, and what each counts in each: (n, n_parents)."""
        mixed = [self.mixtures.parents(int(item)) for item in items]
        parents = np.unique(np.concatenate([np.zeros(0, np.intp), *(at for at, _ in mixed)]))
        shares = np.zeros((len(items), len(parents)))
        for row, (at, weights) in zip(shares, mixed, strict=True):
            row[np.searchsorted(parents, at)] = weights
        return parents, shares

    def _known(self, history: History) -> tuple[History, Positions]:
        """The history in known items, newcomers by their nearest; and whose each entry is."""
        places = self.mixtures.inner[history.items]
        if (places >= 0).all():
            return History(places, history.strengths), np.arange(len(history))
        items: list[Any] = []
        origins: list[int] = []
        shares: list[float] = []
        for n, item in enumerate(history.items):
            parents, weights = self.mixtures.parents(int(item))
            nearest = parents[np.argsort(-weights, kind="stable")[:_STAND_INS]]
            items += nearest.tolist()
            origins += [n] * len(nearest)
            shares += [1 / len(nearest)] * len(nearest)
        whose, parts = np.array(origins, np.intp), np.array(shares, np.float32)
        said = History(np.array(items, np.intp), history.strengths[whose] * parts, parts)
        return said, whose
