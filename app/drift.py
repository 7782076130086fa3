"""Has something changed beyond chance? Two windows of time compared, listener by listener."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]

MIN_LISTENERS = 20
"""With fewer in either window nothing is said: chance would speak."""
SURE = 4.0
"""Standard errors. A normal mean goes so far by chance once in 16,000 times, either way: a watch
each day looks at seven signals, so a false alert comes about once in six years."""
_SHUFFLES = 100


class SignalName(StrEnum):
    NDCG = "ndcg"
    REPEAT_NDCG = "repeat_ndcg"
    CLICK_THROUGH = "click_through"
    UNKNOWN_TRACKS = "unknown_tracks"
    UNKNOWN_LISTENERS = "unknown_listeners"
    POPULARITY = "popularity"
    ACTIVITY = "activity"


@dataclass(frozen=True, slots=True)
class Signal:
    """One figure in the window after the promotion and in the latest one."""

    name: SignalName
    before: float
    after: float
    listeners: int
    """In the smaller of the windows."""
    errors: float
    """The change in standard errors, above 0 if it is for the worse."""
    drifted: bool


def fall(
    name: SignalName, before: Mapping[int, float], after: Mapping[int, float], share: float
) -> Signal | None:
    """Whether the mean over listeners fell by that share and beyond chance; None for too few."""
    found = _means(before, after)
    if found is None:
        return None
    old, new, errors = found
    drifted = -errors > SURE and new < old * (1 - share)
    return Signal(name, old, new, min(len(before), len(after)), -errors, drifted)


def rise(
    name: SignalName, before: Mapping[int, float], after: Mapping[int, float], points: float
) -> Signal | None:
    """Whether the mean over listeners rose so much and beyond chance; None for too few."""
    found = _means(before, after)
    if found is None:
        return None
    old, new, errors = found
    drifted = errors > SURE and new - old > points
    return Signal(name, old, new, min(len(before), len(after)), errors, drifted)


def shift(name: SignalName, before: csr_matrix, after: csr_matrix, bits: float) -> Signal | None:
    """Whether what all listeners do is spread otherwise than chance explains; None for too few.

    Rows are the same listeners in both windows. Chance is what comes out where each listener's
    windows are exchanged, or not, by the toss of a coin: a few listeners spread unevenly by
    themselves. `before` of the signal is the divergence that chance gives, `after` what was found.
    """
    active = min(int((window.sum(axis=1) > 0).sum()) for window in (before, after))
    if active < MIN_LISTENERS:
        return None
    found = jensen_shannon(_spread(before), _spread(after))
    rng = np.random.default_rng(0)
    tossed = rng.integers(0, 2, (_SHUFFLES, before.shape[0])).astype(np.float64)
    by_chance = [
        jensen_shannon(coins @ before + (1 - coins) @ after, coins @ after + (1 - coins) @ before)
        for coins in tossed
    ]
    usual, spread = float(np.mean(by_chance)), float(np.std(by_chance))
    errors = (found - usual) / max(spread, 1e-12)
    drifted = errors > SURE and found - usual > bits
    return Signal(name, usual, found, active, errors, drifted)


def jensen_shannon(one: Floats, other: Floats) -> float:
    """H((p + q) / 2) - (H(p) + H(q)) / 2 in bits: 0 for the same spread, 1 for nothing in common.

    p and q are the arguments made to sum to 1. Lin: Divergence Measures Based on the Shannon
    Entropy, IEEE Transactions on Information Theory, 1991.
    """
    p, q = one / one.sum(), other / other.sum()
    return _entropy((p + q) / 2) - (_entropy(p) + _entropy(q)) / 2


def _means(
    before: Mapping[int, float], after: Mapping[int, float]
) -> tuple[float, float, float] | None:
    """Both means, and their difference in standard errors (Welch 1947)."""
    if min(len(before), len(after)) < MIN_LISTENERS:
        return None
    old, new = np.array(list(before.values())), np.array(list(after.values()))
    error = sqrt(old.var(ddof=1) / len(old) + new.var(ddof=1) / len(new))
    difference = float(new.mean() - old.mean())
    return float(old.mean()), float(new.mean()), difference / max(error, 1e-12)


def _spread(window: csr_matrix) -> Floats:
    return np.asarray(window.sum(axis=0), dtype=np.float64).ravel()


def _entropy(p: Floats) -> float:
    some = p[p > 0]
    return float(-(some * np.log2(some)).sum())
