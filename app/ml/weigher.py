"""What a recipe makes of doings: worked out on the training part, used again at each fold-in."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.ml.vocabulary import Positions
from app.ml.weighting import Doings, Floats, Weighting, fading, signed, weigh


@dataclass(frozen=True, slots=True)
class Weigher:
    """A weighting with all that it needs to know of others than the listener at hand."""

    weighting: Weighting = Weighting.BINARY
    half_life_days: float | None = None
    """In which a listen loses half its weight; None: it keeps it."""
    typical_plays: float = 1.0
    """Mean over listeners of all their plays; bm25 alone asks for it."""
    rarity: Floats | None = None
    """What a play of each track says by being rare, (n_tracks,); bm25 alone has it."""

    def strengths(
        self,
        doings: Doings,
        tracks: Positions,
        *,
        as_of: float | None,
        listeners: NDArray[np.int64] | None = None,
    ) -> Floats:
        """Signed strength of each pair at the POSIX second `as_of`, (n,); see `strengths`.

        `tracks` are positions, -1 where unknown; `listeners` as there. Raises ValueError where
        dated listens fade and no moment is given: the clock is never asked here.
        """
        weights = weigh(doings.plays, self.weighting, listeners, self.typical_plays)
        if self.rarity is not None and len(self.rarity):
            weights = weights * self.rarity[tracks]
        dated = doings.listened_at is not None and not np.isnan(doings.listened_at).all()
        if self.half_life_days is not None and doings.listened_at is not None and dated:
            if as_of is None:
                raise ValueError("listens fade, and as of when was not said")
            left = fading(doings.listened_at, as_of, self.half_life_days)
            weights = weights * left.astype(np.float32)
        return signed(doings, weights)


def rarity_of(tracks: Positions, n_tracks: int, n_listeners: int) -> Floats:
    """ln(1 + (N - n + ½) / (n + ½)) of each track played by n of N listeners, (n_tracks,).

    In units of its mean over the pairs `tracks` (positions, each listener's once), so that
    settings fit as they do other weightings. Robertson, Zaragoza 2009, eq. 3.1, with 1 added,
    without which what most people play would say something against itself.
    """
    heard_by = np.bincount(tracks, minlength=n_tracks)
    rarity = np.log1p((n_listeners - heard_by + 0.5) / (heard_by + 0.5))
    mean = rarity[tracks].mean() if len(tracks) else 1.0
    return (rarity / mean).astype(np.float32)
