"""Listeners × tracks: what a model is fitted on."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.ml.recommender import History
from app.ml.vocabulary import Ids, Vocabulary
from app.ml.weighting import Doings, Weighting, strengths


@dataclass(frozen=True, slots=True)
class Interactions:
    """One row per listener–track pair, ids and doings; every array is (n,)."""

    listener_ids: Ids
    track_ids: Ids
    doings: Doings

    def __len__(self) -> int:
        return len(self.listener_ids)

    def fingerprint(self) -> str:
        """SHA-256 of the pairs in order: equal data, equal fingerprint."""
        digest = hashlib.sha256()
        for array in (
            self.listener_ids,
            self.track_ids,
            self.doings.plays,
            self.doings.skips,
            self.doings.feedback,
        ):
            digest.update(array.tobytes())
        return digest.hexdigest()

    def at(self, rows: NDArray[np.intp] | slice) -> "Interactions":
        """Some of the pairs, in the order of `rows`."""
        return Interactions(self.listener_ids[rows], self.track_ids[rows], self.doings.at(rows))


@dataclass(frozen=True, slots=True)
class InteractionMatrix:
    """Signed strengths (n_listeners, n_tracks) and what its rows and columns are."""

    listeners: Vocabulary
    tracks: Vocabulary
    matrix: csr_matrix


def matrix_of(
    interactions: Interactions, weighting: Weighting, tracks: Vocabulary | None = None
) -> InteractionMatrix:
    """What a recipe is fitted on. With `tracks` given they are the columns, met or not."""
    if tracks is None:
        tracks = Vocabulary.of(interactions.track_ids)
    else:
        known = tracks.positions(interactions.track_ids) >= 0
        interactions = interactions.at(np.flatnonzero(known))
    listeners = Vocabulary.of(interactions.listener_ids)
    matrix = csr_matrix(
        (
            strengths(interactions.doings, weighting, interactions.listener_ids),
            (
                listeners.positions(interactions.listener_ids),
                tracks.positions(interactions.track_ids),
            ),
        ),
        shape=(len(listeners), len(tracks)),
    )
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return InteractionMatrix(listeners, tracks, matrix)


def history_of(track_ids: Ids, doings: Doings, tracks: Vocabulary, weighting: Weighting) -> History:
    """One listener's pairs as a model sees them: known tracks that say something, weighed."""
    positions = tracks.positions(track_ids)
    weights = strengths(doings, weighting)
    kept = (positions >= 0) & (weights != 0)
    return History(positions[kept], weights[kept])


def concatenate(parts: list[NDArray[np.float64]]) -> Interactions:
    """Interactions from blocks of (n, 5): listener, track, plays, skips, feedback."""
    table = np.concatenate(parts) if parts else np.zeros((0, 5))
    doings = Doings(*(np.ascontiguousarray(table[:, c], dtype=np.float32) for c in (2, 3, 4)))
    return Interactions(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), doings)
