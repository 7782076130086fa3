"""An endless queue: what fits a seed and what was done since, in a varied order."""

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.ml.ranking import top_k
from app.ml.recommender import Floats, History, Ranker
from app.ml.vocabulary import Positions

LIKENESS = 0.5
"""Weight of likeness to the seeds against what follows from them and the session."""
TASTE = 0.3
"""Weight of the listener's own list: the same seed is another radio for each of them."""
AGAINST = 0.5
"""Weight of likeness to what was skipped."""
AGAIN = (100.0, 0.75, 0.5, 0.25)
"""What it costs to play an artist again next, after one other track, after two, after three; in
standard deviations of the candidates: never at once where there is another, then ever cheaper."""
SPREAD = 0.15
"""Scale of the noise, in standard deviations of the candidates: a seed's radio varies by it."""
_MOST_PER_ARTIST = 5
_DEPTH = 8
_MOST_LIKENESSES = 5


def radio_scores(recommender: Ranker, seeds: Positions, session: History, taste: History) -> Floats:
    """How well each item follows, (n_items,), in standard deviations.

    The seeds and what was done since the radio began are folded in together; likeness to the
    seeds keeps it near them, and likeness to what was last turned down keeps it away from that:
    Rocchio, Relevance Feedback in Information Retrieval, 1971. `session` is in the order of time.
    """
    scores = _standard(recommender.scores(_together(seeds, session)))
    scores += LIKENESS * _likeness(recommender, seeds)
    scores -= AGAINST * _likeness(recommender, session.items[session.strengths < 0])
    if (taste.strengths > 0).any():
        scores += TASTE * _standard(recommender.scores(taste))
    return scores


def varied(
    scores: Floats,
    first: int,
    artists: NDArray[np.int64],
    *,
    excluded: Positions,
    before: Sequence[int],
    rng: np.random.Generator,
) -> Positions:
    """Up to `first` of the best items, artists kept apart as AGAIN says.

    `before` are the artists of what was queued last. A little noise lets near ties fall otherwise
    each time: with Gumbel noise the order is a draw from Plackett and Luce's model, by scores
    (Kool, van Hoof, Welling: Stochastic Beams and Where to Find Them, ICML 2019).
    """
    best = top_k(
        scores,
        _DEPTH * first,
        excluded=excluded,
        groups=artists,
        max_per_group=_MOST_PER_ARTIST,
    )
    worth = _standard(scores[best]) + SPREAD * rng.gumbel(size=len(best))
    return best[_spaced(worth, first, artists[best], before)]


def _spaced(
    worth: NDArray[np.float64], first: int, artists: NDArray[np.int64], before: Sequence[int]
) -> Positions:
    """Places in the order that they are queued, each the best at its turn."""
    recent = deque(before, maxlen=len(AGAIN))
    left = worth.copy()
    chosen: list[int] = []
    while len(chosen) < min(first, len(left)):
        cost = sum(
            price * (artists == artist)
            for price, artist in zip(AGAIN, reversed(recent), strict=False)
        )
        place = int(np.argmax(left - cost))
        left[place] = -np.inf
        chosen.append(place)
        recent.append(int(artists[place]))
    return np.array(chosen, dtype=np.intp)


def _together(seeds: Positions, session: History) -> History:
    """Each seed counts like a love, 2, until there are so many that one says little."""
    strength = np.float32(2 if len(seeds) <= _MOST_LIKENESSES else 1)
    strengths = np.full(len(seeds), strength, np.float32)
    return History(
        np.concatenate([seeds, session.items]), np.concatenate([strengths, session.strengths])
    )


def _likeness(recommender: Ranker, items: Positions) -> Floats:
    """Mean likeness to the last few of the items, (n_items,), in standard deviations."""
    near = np.zeros(recommender.n_items, np.float32)
    for item in items[-_MOST_LIKENESSES:]:
        near += _standard(recommender.similar(int(item)))
    return near / np.float32(max(len(items[-_MOST_LIKENESSES:]), 1))


def _standard(scores: Floats) -> Floats:
    """Less their mean, over their standard deviation; zeros where all are equal."""
    if not len(scores):
        return scores
    spread = scores.std()
    centred: Floats = (scores - scores.mean()).astype(np.float32)
    return centred / spread if spread > 0 else np.zeros_like(centred)
