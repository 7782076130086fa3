"""Metrics of ranked lists. Relevance is binary: a track is a target of the listener or not.

`ranked` is a list of distinct tracks, best first; `targets` are those that the listener then
chose, at least one (else ValueError). Both hold ids, or both positions. Unless said otherwise
a metric lies between 0 and 1, more is better, and a list shorter than k misses what it lacks.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from math import log2, nan

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.ml.vocabulary import Positions
from app.ml.weighting import Floats


def ndcg_at_k(ranked: Iterable[int], targets: AbstractSet[int], k: int) -> float:
    """DCG / ideal DCG: Σ hit(n) / log₂(n + 1) over ranks n = 1…k, against min(k, |targets|) hits
    at the top. Järvelin, Kekäläinen: Cumulated gain-based evaluation of IR techniques, 2002.
    """
    ideal = sum(1 / log2(rank + 1) for rank in range(1, min(k, len(targets)) + 1))
    return sum(1 / log2(rank + 1) for rank in _hits(ranked, targets, k)) / ideal


def precision_at_k(ranked: Iterable[int], targets: AbstractSet[int], k: int) -> float:
    """hits / k, also where there are fewer than k targets.

    Manning, Raghavan, Schütze: Introduction to Information Retrieval, 2008, section 8.4.
    """
    return len(_hits(ranked, targets, k)) / k


def recall_at_k(ranked: Iterable[int], targets: AbstractSet[int], k: int) -> float:
    """hits / |targets|: less than 1 at best where there are more than k targets. Ibid., 8.3."""
    return len(_hits(ranked, targets, k)) / len(targets)


def average_precision_at_k(ranked: Iterable[int], targets: AbstractSet[int], k: int) -> float:
    """Σ precision at the rank of each hit / min(k, |targets|); its mean is MAP@K. Ibid., 8.4."""
    hits = _hits(ranked, targets, k)
    return sum(n / rank for n, rank in enumerate(hits, start=1)) / min(k, len(targets))


def reciprocal_rank(ranked: Iterable[int], targets: AbstractSet[int], k: int) -> float:
    """1 / rank of the first hit, 0 without one; its mean is MRR@K.

    Voorhees: The TREC-8 Question Answering Track Report, 1999.
    """
    hits = _hits(ranked, targets, k)
    return 1 / hits[0] if hits else 0.0


def auc(scores: Floats, targets: Positions, excluded: Positions) -> float:
    """The chance that a target scores above another candidate, ties counting half.

    Over the whole ranking: `scores` (n_items,) without the `excluded` positions, which hold no
    target. 0.5 is chance; NaN without targets or without other candidates. Mann–Whitney U /
    (targets · others): Hanley, McNeil: The Meaning and Use of the Area under a ROC Curve, 1982.
    """
    others = np.sort(np.delete(scores, np.concatenate([targets, excluded])))
    if not len(targets) or not len(others):
        return nan
    below = np.searchsorted(others, scores[targets], side="left")
    not_above = np.searchsorted(others, scores[targets], side="right")
    return float((below + not_above).mean() / (2 * len(others)))


def coverage(times_listed: NDArray[np.int64]) -> float:
    """Share of the catalogue, (n_items,), that stands in at least one listener's list.

    Ge, Delgado-Battenfeld, Jannach: Beyond Accuracy, RecSys 2010, section 3.1.
    """
    return float((times_listed > 0).mean()) if len(times_listed) else nan


def novelty(listeners_of: NDArray[np.int64], n_listeners: int) -> float:
    """Mean of log₂(n_listeners / listeners of the track) over a list, in bits, 0 or more.

    How surprising it is that somebody heard the track; one that nobody heard counts as heard
    by one; NaN for an empty list. Zhou et al.: Solving the apparent diversity-accuracy dilemma,
    PNAS 2010.
    """
    if not len(listeners_of):
        return nan
    return float(np.log2(n_listeners / np.maximum(listeners_of, 1)).mean())


def mean_popularity(shares: Floats) -> float:
    """Mean share of listeners that know the tracks of a list; NaN for an empty one.

    Yin et al.: Challenging the Long Tail Recommendation, VLDB 2012, section 5.1.
    """
    return float(shares.mean(dtype=np.float64)) if len(shares) else nan


def popularity_lift(listed: float, heard: float) -> float:
    """(listed - heard) / heard: how much more popular lists are than what was heard before.

    Both are means over listeners of the mean share of listeners that know the tracks. Above 0
    lists lean to the popular, below 0 away from it. Abdollahpouri et al.: The Connection
    Between Popularity Bias, Calibration, and Fairness in Recommendation, RecSys 2020.
    """
    return (listed - heard) / heard if heard > 0 else nan


def intra_list_diversity(listened: csr_matrix) -> float:
    """1 - mean cosine over the pairs of a list: how little its tracks share their listeners.

    Row n of `listened` (tracks, listeners) says who heard the n-th track, as a vector of length
    1, or 0 where nobody did. NaN for fewer than two tracks. Ziegler et al.: Improving
    Recommendation Lists Through Topic Diversification, WWW 2005, section 3.3.
    """
    n = listened.shape[0]
    if n < 2:  # noqa: PLR2004 - a pair
        return nan
    # The sum over pairs of dot products is |Σv|² - Σ|v|².
    together = float(np.square(np.asarray(listened.sum(axis=0))).sum())
    alone = float(np.square(listened.data).sum())
    return float(1 - (together - alone) / (n * (n - 1)))


def artist_diversity(artists: Sequence[int]) -> float:
    """Share of the pairs of a list that are by different artists; NaN for fewer than two tracks.

    1 - Σ nₐ(nₐ - 1) / n(n - 1). Simpson: Measurement of Diversity, Nature 1949.
    """
    n = len(artists)
    if n < 2:  # noqa: PLR2004 - a pair
        return nan
    return 1 - sum(count * (count - 1) for count in Counter(artists).values()) / (n * (n - 1))


def _hits(ranked: Iterable[int], targets: AbstractSet[int], k: int) -> list[int]:
    """The ranks, from 1 to k, at which targets stand."""
    if not targets or k < 1:
        raise ValueError(f"needs a target and a k of 1 or more, has {len(targets)} and {k}")
    return [rank for rank, item in zip(range(1, k + 1), ranked, strict=False) if item in targets]
