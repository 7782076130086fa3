"""One listener's list, made by the code that serves, and all that is measured of it."""

from dataclasses import dataclass
from math import nan
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array

from app.ml import metrics
from app.ml.holdout import Holdout
from app.ml.interactions import fallback_of, history_of, matrix_of
from app.ml.popularity import listener_counts
from app.ml.ranking import top_k
from app.ml.recommender import Floats, Recommender, listener_scores
from app.ml.vocabulary import Ids, Positions
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting

METRICS = (
    "ndcg",
    "precision",
    "recall",
    "map",
    "mrr",
    "auc",
    "repeat_ndcg",
    "novelty",
    "popularity",
    "heard_popularity",
    "diversity",
    "artist_diversity",
)
"""What is measured of each listener, by the names of `metrics`; NaN where it cannot be.

`repeat_ndcg` ranks only what was heard before, against what was played again; `popularity` and
`heard_popularity` are the mean share of listeners that know the listed and the heard tracks.
"""


@dataclass(frozen=True, slots=True)
class Crowd:
    """All listeners of the training part: what lists are seen against."""

    listeners_of: NDArray[np.int64]
    """Listeners with evidence for each track, (n_tracks,)."""
    popularity: Floats
    """Their share of all listeners, (n_tracks,)."""
    fallback: Floats
    """What ranks for who has nothing that speaks for a track, (n_tracks,)."""
    listened: csr_matrix
    """Who they are, (n_tracks, n_listeners); rows have length 1, or 0 without any."""
    artist_ids: Ids | None
    """Artist of each track, (n_tracks,), where known."""

    @classmethod
    def of(cls, holdout: Holdout, weigher: Weigher, artist_ids: Ids | None = None) -> "Crowd":
        """Raises ValueError unless `artist_ids` has one for each of the holdout's tracks."""
        if artist_ids is not None and len(artist_ids) != len(holdout.tracks):
            raise ValueError(f"{len(artist_ids)} artists for {len(holdout.tracks)} tracks")
        matrix = matrix_of(holdout.train, Weighting.BINARY).matrix
        counts = listener_counts(matrix)
        shares = counts / np.float32(max(matrix.shape[0], 1))
        lengths = diags_array(1 / np.sqrt(np.maximum(counts, 1)))
        listened = csr_matrix(lengths @ (matrix > 0).T, dtype=np.float32)
        half_life, as_of = weigher.half_life_days, holdout.as_of
        fallback = fallback_of(holdout.train, holdout.tracks, half_life, as_of=as_of)
        return cls(counts, shares.astype(np.float32), fallback, listened, artist_ids)

    @property
    def n_listeners(self) -> int:
        return int(self.listened.shape[1])


@dataclass(frozen=True, slots=True)
class Served:
    """What a tested listener would be served; all arrays but scores hold positions of tracks."""

    scores: Floats
    """(n_tracks,)."""
    listed: Positions
    """The list: at most k, best first."""
    familiar: Positions
    """At most k of the heard, best first: what a list of the familiar would be."""
    heard: Positions
    """Heard before and not disliked."""
    excluded: Positions
    """Heard or disliked before: never listed."""
    seconds: float
    """From the history to the list."""
    k: int


def serve(
    recommender: Recommender, weigher: Weigher, holdout: Holdout, n: int, crowd: Crowd, k: int
) -> Served:
    """Fold tested listener n in from the training part, and rank the whole catalogue."""
    past = holdout.past(n)
    positions = holdout.tracks.positions(past.track_ids)
    excluded = positions[past.doings.heard | past.doings.disliked]
    heard = positions[past.doings.heard & ~past.doings.disliked]
    history = history_of(past.track_ids, past.doings, holdout.tracks, weigher, as_of=holdout.as_of)
    started = perf_counter()
    scores = listener_scores(recommender, history, crowd.fallback)
    listed = top_k(scores, k, excluded=excluded)
    seconds = perf_counter() - started
    return Served(scores, listed, heard[top_k(scores[heard], k)], heard, excluded, seconds, k)


def measure(served: Served, holdout: Holdout, n: int, crowd: Crowd) -> dict[str, float]:
    """METRICS of tested listener n. A target that the training part does not know is a miss."""
    k, ids = served.k, holdout.tracks.ids
    listed, targets = ids[served.listed].tolist(), set(holdout.targets[n].tolist())
    familiar, repeats = ids[served.familiar].tolist(), set(holdout.repeats[n].tolist())
    return {
        "ndcg": metrics.ndcg_at_k(listed, targets, k),
        "precision": metrics.precision_at_k(listed, targets, k),
        "recall": metrics.recall_at_k(listed, targets, k),
        "map": metrics.average_precision_at_k(listed, targets, k),
        "mrr": metrics.reciprocal_rank(listed, targets, k),
        "auc": metrics.auc(
            served.scores, holdout.tracks.known(holdout.targets[n]), served.excluded
        ),
        "repeat_ndcg": metrics.ndcg_at_k(familiar, repeats, k) if repeats else nan,
        **_beyond_accuracy(served, crowd),
    }


def _beyond_accuracy(served: Served, crowd: Crowd) -> dict[str, float]:
    listed, artists = served.listed, crowd.artist_ids
    return {
        "novelty": metrics.novelty(crowd.listeners_of[listed], crowd.n_listeners),
        "popularity": metrics.mean_popularity(crowd.popularity[listed]),
        "heard_popularity": metrics.mean_popularity(crowd.popularity[served.heard]),
        "diversity": metrics.intra_list_diversity(crowd.listened[listed]),
        "artist_diversity": (
            nan if artists is None else metrics.artist_diversity(artists[listed].tolist())
        ),
    }
