"""How much a listener's doings with a track say: from counts to signed strengths."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_NEVER_SURE = 1e-6


class Weighting(StrEnum):
    """What a play count r becomes. Settings matter more than the algorithm: see docs."""

    BINARY = "binary"
    LOG = "log"
    LINEAR = "linear"
    RELATIVE = "relative"


@dataclass(frozen=True, slots=True)
class Doings:
    """What one or many listeners did, by listener–track pair; every array is (n,)."""

    plays: Floats
    skips: Floats
    feedback: Floats
    """1 loved, -1 disliked, 0 neither."""

    @property
    def heard(self) -> NDArray[np.bool_]:
        """Played, or loved: who loves a track knows it. (n,)."""
        return (self.plays > 0) | (self.feedback > 0)

    @property
    def disliked(self) -> NDArray[np.bool_]:
        return self.feedback < 0

    def at(self, rows: NDArray[np.intp] | slice) -> "Doings":
        """The doings of some of the pairs, in the order of `rows`."""
        return Doings(self.plays[rows], self.skips[rows], self.feedback[rows])


def strengths(
    doings: Doings, weighting: Weighting, listeners: NDArray[np.int64] | None = None
) -> Floats:
    """Signed strength of each pair, (n,): above 0 evidence for, below 0 evidence against.

    Plays weigh as `weighting` says. Skips take away their share of the encounters, and where
    a track was skipped more often than played they are evidence against it. Love doubles, and
    counts without a play; a dislike is always against. `listeners` says whose each pair is, (n,);
    without it all are one listener's.
    """
    plays, skips = doings.plays, doings.skips
    share = (plays - skips) / np.maximum(plays + skips, 1)
    value = np.where(share > 0, weigh(plays, weighting, listeners) * share, share)
    value = np.where(doings.feedback > 0, 2 * np.maximum(value, 1), value)
    value = np.where(doings.feedback < 0, -1.0, value)
    return np.where(np.abs(value) < _NEVER_SURE, 0, value).astype(np.float32)


def weigh(
    plays: Floats, weighting: Weighting, listeners: NDArray[np.int64] | None = None
) -> Floats:
    """Play counts after weighting, (n,): 1 if played, log2(1 + r), r itself, or log2(1 + r / r̄),
    where r̄ is the mean count of the tracks that the listener played: it tells favourites from
    the rest alike for those who listen much and little.
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


def presence(signed: Floats) -> Floats:
    """Signed strengths without their size, (n,): 1 for all evidence for; the rest stays."""
    return np.where(signed > 0, 1, signed).astype(np.float32)


def _mean_plays(plays: Floats, listeners: NDArray[np.int64] | None) -> NDArray[np.float64]:
    """Of the played tracks of each pair's listener, (n,); 1 where nothing was played."""
    owners = np.zeros(len(plays), np.intp)
    if listeners is not None:
        owners = np.unique(listeners, return_inverse=True)[1]
    played = np.bincount(owners, plays > 0)
    means = np.bincount(owners, plays) / np.maximum(played, 1)
    return np.where(means > 0, means, 1.0)[owners]
