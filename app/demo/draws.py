"""Weighted draws over many positions at once."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Weighted:
    """Positions 0..n-1 laid end to end by weight: position k spans edges[k] to edges[k+1]."""

    edges: Floats

    @classmethod
    def by(cls, weights: Floats) -> Self:
        return cls(np.concatenate([[0.0], np.cumsum(weights)]))

    @classmethod
    def by_row(cls, weights: Floats) -> Self:
        """Rows (n, m) laid end to end, each of length 1: row i spans edges i to i + 1."""
        edges = np.cumsum(weights, axis=1)
        edges /= edges[:, -1:]
        edges += np.arange(len(weights))[:, None]
        return cls(np.concatenate([[0.0], edges.ravel()]))

    def draw(self, first: Positions, end: Positions, rng: np.random.Generator) -> Positions:
        """One position from each range [first, end), by weight; each range has some weight."""
        low, high = self.edges[first], self.edges[end]
        at = np.minimum(low + rng.random(len(low)) * (high - low), np.nextafter(high, -np.inf))
        return np.searchsorted(self.edges, at, side="right") - 1


def without_replacement(weights: Floats, count: int, rng: np.random.Generator) -> Positions:
    """`count` distinct columns of each row of weights (n, m), by weight, first drawn first.

    Keys E / w with E exponential, the smallest first. Efraimidis & Spirakis 2006.
    Columns without weight come last.
    """
    keys = np.full(weights.shape, np.inf)
    np.divide(rng.exponential(size=weights.shape), weights, out=keys, where=weights > 0)
    return np.argsort(keys, axis=1)[:, :count]


def rank_within(groups: NDArray[np.int64], order: Positions) -> NDArray[np.int64]:
    """Place (from 0) of each position inside its group, when read in `order`; all (n,)."""
    by_group = order[np.argsort(groups[order], kind="stable")]
    sizes = np.bincount(groups)
    starts = np.repeat(np.cumsum(sizes) - sizes, sizes)
    ranks = np.empty(len(groups), dtype=np.int64)
    ranks[by_group] = np.arange(len(groups)) - starts
    return ranks
