"""From scores to a list: exclusions, caps, the best k."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from app.ml.recommender import Floats
from app.ml.vocabulary import Positions


def top_k(
    scores: Floats,
    k: int,
    *,
    excluded: Positions | None = None,
    groups: NDArray[np.int64] | None = None,
    max_per_group: int | None = None,
) -> Positions:
    """Positions of the k best scores, best first; ties by position. May hold fewer than k.

    `excluded` positions never return; negative ones, which stand for unknown ids, are ignored.
    Neither does what scores -inf or NaN. With `groups` (n_items,), at most `max_per_group`
    positions share a group.
    """
    k = max(k, 0)
    if excluded is not None and len(excluded):
        scores = scores.copy()
        scores[excluded[excluded >= 0]] = -np.inf
    if groups is None or max_per_group is None:
        return _best(scores, k)
    return _capped(scores, k, groups, max_per_group)


def _best(scores: Floats, k: int) -> Positions:
    k = min(k, len(scores))
    if not k:
        return np.zeros(0, dtype=np.intp)
    # Where most scores are 0, as sparse weights give, partition would take ten times as long.
    positive = scores[scores > 0]
    pool = positive if len(positive) >= k else scores
    best = np.partition(pool, len(pool) - k)[len(pool) - k :]
    if np.isnan(best).any():  # NaN is partitioned as the greatest
        return _best(np.where(np.isnan(scores), -np.inf, scores), k)
    # Everything tied with the k-th is a candidate, so that ties break by position.
    candidates = np.flatnonzero(scores >= best[0])
    ordered = candidates[np.lexsort((candidates, -scores[candidates]))][:k]
    return ordered[scores[ordered] > -np.inf]


def _capped(scores: Floats, k: int, groups: NDArray[np.int64], cap: int) -> Positions:
    """Look ever deeper until k are found that hold the cap, or nothing is left."""
    depth = 4 * k
    while True:
        ordered = _best(scores, depth)
        taken: Counter[int] = Counter()
        kept: list[int] = []
        for position in ordered:
            group = int(groups[position])
            if taken[group] < cap:
                taken[group] += 1
                kept.append(int(position))
                if len(kept) == k:
                    break
        if len(kept) == k or depth >= len(scores):
            return np.array(kept, dtype=np.intp)
        depth *= 4
