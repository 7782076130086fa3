"""Lists whose tracks are less alike: the best ones, each far from those before it."""

import numpy as np
from numpy.typing import NDArray

from app.ml.recommender import Floats


def diversified(relevance: Floats, likeness: Floats, k: int, diversity: float) -> NDArray[np.intp]:
    """Rows of up to k of n candidates, in the order in which they are taken.

    Maximal marginal relevance: next comes the candidate with the greatest
    (1 - d) · relevance - d · (its greatest likeness to one taken before), d the diversity from 0
    to 1. Carbonell, Goldstein: The Use of MMR, Diversity-Based Reranking for Reordering Documents
    and Producing Summaries, SIGIR 1998. `relevance` (n,), best first, is scaled to [0, 1];
    `likeness` (n, n) is made symmetric, and scaled so that the greatest of two candidates is 1.
    """
    fitness, near = _scaled(relevance), _symmetric(likeness)
    nearest = np.zeros(len(fitness))
    taken: list[int] = []
    for _ in range(min(k, len(fitness))):
        value = (1 - diversity) * fitness - diversity * nearest
        value[taken] = -np.inf
        taken.append(int(value.argmax()))
        nearest = np.maximum(nearest, near[taken[-1]])
    return np.array(taken, dtype=np.intp)


def _scaled(relevance: Floats) -> NDArray[np.float64]:
    values = relevance.astype(np.float64)
    values -= values.min(initial=np.inf)
    return values / (values.max(initial=0.0) or 1.0)


def _symmetric(likeness: Floats) -> NDArray[np.float64]:
    both = np.maximum(likeness.astype(np.float64) + likeness.T, 0.0)
    np.fill_diagonal(both, 0.0)
    return both / (both.max(initial=0.0) or 1.0)
