"""How much a listener's doings with a track say: from counts to signed strengths."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Moments = NDArray[np.float64]

_NEVER_SURE = 1e-6
_K, _B = 1.2, 0.75
"""Of BM25: how soon more plays say little more, and how much the listener's total matters."""
_KEPT = 0.1
"""Of a listen's weight, however long ago it was."""
_DAY = 86_400.0
"""Seconds."""


class Weighting(StrEnum):
    """What a play count r becomes. Settings matter more than the algorithm: see docs."""

    BINARY = "binary"
    LOG = "log"
    LINEAR = "linear"
    RELATIVE = "relative"
    BM25 = "bm25"


@dataclass(frozen=True, slots=True)
class Doings:
    """What one or many listeners did, by listener–track pair; every array is (n,)."""

    plays: Floats
    skips: Floats
    feedback: Floats
    """1 loved, -1 disliked, 0 neither."""
    listened_at: Moments | None = None
    """POSIX second of the last listen, NaN where it has no date; None where nothing has."""

    @property
    def heard(self) -> NDArray[np.bool_]:
        """Played, or loved: who loves a track knows it. (n,)."""
        return (self.plays > 0) | (self.feedback > 0)

    @property
    def disliked(self) -> NDArray[np.bool_]:
        return self.feedback < 0

    def at(self, rows: NDArray[np.intp] | slice) -> "Doings":
        """The doings of some of the pairs, in the order of `rows`."""
        moments = None if self.listened_at is None else self.listened_at[rows]
        return Doings(self.plays[rows], self.skips[rows], self.feedback[rows], moments)


def strengths(
    doings: Doings, weighting: Weighting, listeners: NDArray[np.int64] | None = None
) -> Floats:
    """Signed strength of each pair, (n,): above 0 evidence for, below 0 evidence against.

    Plays weigh as `weighting` says. Skips take away their share of the encounters, and where
    a track was skipped more often than played they are evidence against it. Love doubles, and
    counts without a play; a dislike is always against. `listeners` says whose each pair is, (n,);
    without it all are one listener's.
    """
    return signed(doings, weigh(doings.plays, weighting, listeners))


def signed(doings: Doings, weights: Floats) -> Floats:
    """The strength of each pair, (n,), whose plays weigh so much: see `strengths`."""
    plays, skips = doings.plays, doings.skips
    share = (plays - skips) / np.maximum(plays + skips, 1)
    value = np.where(share > 0, weights * share, share)
    value = np.where(doings.feedback > 0, 2 * np.maximum(value, 1), value)
    value = np.where(doings.feedback < 0, -1.0, value)
    return np.where(np.abs(value) < _NEVER_SURE, 0, value).astype(np.float32)


def weigh(
    plays: Floats,
    weighting: Weighting,
    listeners: NDArray[np.int64] | None = None,
    typical_plays: float = 1.0,
) -> Floats:
    """Play counts after weighting, (n,): 1 if played, log2(1 + r), r itself, or log2(1 + r / r̄),
    where r̄ is the mean count of the tracks that the listener played: it tells favourites from
    the rest alike for those who listen much and little.

    bm25: r (k + 1) / (r + k (1 - b + b L / L̄)), k = 1.2, b = 0.75, L all plays of the listener
    and L̄ the `typical_plays` of one. Robertson, Zaragoza: The Probabilistic Relevance Framework,
    2009, eq. 3.15; the rarity of a track is for `Weigher` to know.
    """
    match weighting:
        case Weighting.BINARY:
            return (plays > 0).astype(np.float32)
        case Weighting.LOG:
            return np.log2(1 + plays).astype(np.float32)
        case Weighting.LINEAR:
            return plays
        case Weighting.RELATIVE:
            return np.log2(1 + plays / _mean_plays(plays, listeners)).astype(np.float32)
        case Weighting.BM25:
            length = _all_plays(plays, listeners) / max(typical_plays, 1e-9)
            return (plays * (_K + 1) / (plays + _K * (1 - _B + _B * length))).astype(np.float32)


def fading(listened_at: Moments, as_of: float, half_life_days: float) -> Moments:
    """What is left of each listen's weight at `as_of`, a POSIX second, (n,).

    0.1 + 0.9 · 2^(-age / half-life): one half-life takes half of all but a tenth, which is never
    forgotten. A listen without a date, or after `as_of`, weighs 1.
    Ding, Li: Time Weight Collaborative Filtering, CIKM 2005, eq. 9, with that tenth.
    """
    ages = np.nan_to_num(np.maximum(as_of - listened_at, 0)) / _DAY
    return _KEPT + (1 - _KEPT) * np.exp2(-ages / half_life_days)


def presence(signed: Floats) -> Floats:
    """Signed strengths without their size, (n,): 1 for all evidence for; the rest stays."""
    return np.where(signed > 0, 1, signed).astype(np.float32)


def _mean_plays(plays: Floats, listeners: NDArray[np.int64] | None) -> NDArray[np.float64]:
    """Of the played tracks of each pair's listener, (n,); 1 where nothing was played."""
    owners = _owners(plays, listeners)
    played = np.bincount(owners, plays > 0)
    means = np.bincount(owners, plays) / np.maximum(played, 1)
    return np.where(means > 0, means, 1.0)[owners]


def _all_plays(plays: Floats, listeners: NDArray[np.int64] | None) -> NDArray[np.float64]:
    """Of each pair's listener, (n,)."""
    owners = _owners(plays, listeners)
    return np.bincount(owners, plays).astype(np.float64)[owners]


def _owners(plays: Floats, listeners: NDArray[np.int64] | None) -> NDArray[np.intp]:
    """A number from 0 on for each pair's listener, (n,)."""
    if listeners is None:
        return np.zeros(len(plays), np.intp)
    return np.unique(listeners, return_inverse=True)[1]
