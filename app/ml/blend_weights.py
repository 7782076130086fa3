"""Weights of a blend, climbed to on a validation panel.

After Caruana, Niculescu-Mizil, Crew, Ksikes: Ensemble Selection from Libraries of Models,
ICML 2004: begin with the best member, and change one weight at a time while that helps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from app.ml.bulk import Panel
from app.ml.ranking import top_k
from app.ml.recommender import Algorithm, Floats
from app.ml.vocabulary import Positions

DEPTH = 100
"""Of each member's list: what stands in none of them is not looked at while climbing."""
_STEPS = (0.4, -0.4, 0.2, -0.2, 0.1, -0.1, 0.05, -0.05)
_ENOUGH = 1e-5
"""A gain in NDCG that is not worth another step."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The heads of all members' lists, by listener."""

    scores: NDArray[np.float32]
    """Of each member, in units of its spread over all items, (members, n, candidates)."""
    hits: NDArray[np.bool_]
    """Which candidates are targets, (n, candidates)."""
    ideals: NDArray[np.float64]
    """Ideal DCG of each listener, (n,)."""

    def ndcg(self, weights: NDArray[np.float64], k: int) -> float:
        """Mean NDCG@k of the members' weighted sum."""
        return float(self.each(weights, k).mean())

    def part(self, rows: slice) -> "Candidates":
        """Those of some of the listeners."""
        return Candidates(self.scores[:, rows], self.hits[rows], self.ideals[rows])

    def each(self, weights: NDArray[np.float64], k: int) -> NDArray[np.float64]:
        """NDCG@k of each listener, (n,)."""
        total = np.tensordot(weights.astype(np.float32), self.scores, 1)
        k = min(k, total.shape[1])
        head = np.argpartition(-total, k - 1, axis=1)[:, :k]
        order = np.argsort(-np.take_along_axis(total, head, 1), axis=1, kind="stable")
        hits = np.take_along_axis(self.hits, np.take_along_axis(head, order, 1), 1)
        found: NDArray[np.float64] = (hits @ _discounts(k)) / self.ideals
        return found


def candidates_of(models: Sequence[Algorithm], panels: Sequence[Panel], k: int) -> Candidates:
    """Members' scores of what any of them ranks high; panel m is what member m sees."""
    n, width = len(panels[0]), DEPTH * len(models)
    places = np.full((n, width), -1, dtype=np.intp)
    for m, (model, panel) in enumerate(zip(models, panels, strict=True)):
        for row, scores in panel.scores(model):
            head = top_k(scores, DEPTH, excluded=panel.excluded[row])
            places[row, m * DEPTH : m * DEPTH + len(head)] = head
    places = np.array([_once(row) for row in places]).reshape(n, width)
    values = np.full((len(models), n, width), -np.inf, dtype=np.float32)
    for m, (model, panel) in enumerate(zip(models, panels, strict=True)):
        for row, scores in panel.scores(model):
            there = places[row] >= 0
            values[m, row, there] = scores[places[row, there]] / _spread(scores)
    hits = np.array(
        [np.isin(row, list(t)) for row, t in zip(places, panels[0].targets, strict=True)]
    )
    ideals = [_discounts(min(k, len(targets))).sum() for targets in panels[0].targets]
    values[:, places < 0] = -1e9
    return Candidates(values, hits.reshape(n, width) & (places >= 0), np.array(ideals))


def climb(found: Candidates, k: int, rounds: int = 6) -> tuple[NDArray[np.float64], float]:
    """Weights of the members, (members,), summing to 1, and the NDCG@k that they reach."""
    count = len(found.scores)
    weights = np.eye(count)[int(np.argmax([found.ndcg(row, k) for row in np.eye(count)]))]
    best = found.ndcg(weights, k)
    for _ in range(rounds):
        before = best
        for m in range(count):
            for step in _STEPS:
                tried = weights.copy()
                tried[m] = max(tried[m] + step, 0.0)
                if tried.sum() <= 0:
                    continue
                tried /= tried.sum()
                value = found.ndcg(tried, k)
                if value > best:
                    weights, best = tried, value
        if best - before < _ENOUGH:
            break
    return weights, best


def unseen(found: Candidates, k: int) -> NDArray[np.float64]:
    """NDCG@k of each listener, (n,), by weights climbed to on the other half of the listeners.

    Weights flatter themselves on the listeners that they were found on: Stone, Cross-Validatory
    Choice and Assessment of Statistical Predictions, 1974.
    """
    reached = np.zeros(len(found.ideals))
    halves = slice(0, None, 2), slice(1, None, 2)
    for half, other in (halves, halves[::-1]):
        if len(reached[half]) and len(reached[other]):
            weights, _ = climb(found.part(other), k)
            reached[half] = found.part(half).each(weights, k)
    return reached


def _once(places: Positions) -> Positions:
    """Each place once, the rest -1."""
    kept = np.unique(places[places >= 0])
    return np.concatenate([kept, np.full(len(places) - len(kept), -1, dtype=np.intp)])


def _spread(scores: Floats) -> float:
    spread = float(scores.std(dtype=np.float64))
    return spread if spread > 0 else 1.0


def _discounts(k: int) -> NDArray[np.float64]:
    return np.array([1 / log2(rank + 1) for rank in range(1, k + 1)])
