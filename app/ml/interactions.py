"""Listeners × tracks: what a model is fitted on."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.ml.popularity import popularity_of
from app.ml.recommender import Extent, Floats, History
from app.ml.vocabulary import Ids, Vocabulary
from app.ml.weigher import Weigher, rarity_of
from app.ml.weighting import Doings, Weighting


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
        if self.doings.listened_at is not None:
            digest.update(self.doings.listened_at.tobytes())
        return digest.hexdigest()

    def at(self, rows: NDArray[np.intp] | slice) -> "Interactions":
        """Some of the pairs, in the order of `rows`."""
        return Interactions(self.listener_ids[rows], self.track_ids[rows], self.doings.at(rows))

    def extent(self) -> Extent:
        """How much there is to fit on, at most: some pairs may say nothing."""
        own = np.unique(self.listener_ids, return_counts=True)[1].astype(np.int64)
        return Extent(len(own), len(np.unique(self.track_ids)), len(self), int((own**2).sum()))

    def latest(self) -> float | None:
        """POSIX second of the last dated listen: as of when a model is fitted."""
        moments = self.doings.listened_at
        dated = np.zeros(0) if moments is None else moments[~np.isnan(moments)]
        return float(dated.max()) if len(dated) else None


@dataclass(frozen=True, slots=True)
class InteractionMatrix:
    """Signed strengths (n_listeners, n_tracks) and what its rows and columns are."""

    listeners: Vocabulary
    tracks: Vocabulary
    matrix: csr_matrix


def weigher_of(
    interactions: Interactions,
    tracks: Vocabulary,
    weighting: Weighting,
    half_life_days: float | None = None,
) -> Weigher:
    """How a recipe that is fitted on these pairs weighs them, and a listener's later."""
    if weighting is not Weighting.BM25:
        return Weigher(weighting, half_life_days)
    positions = tracks.positions(interactions.track_ids)
    played = positions[(interactions.doings.plays > 0) & (positions >= 0)]
    n_listeners = len(np.unique(interactions.listener_ids))
    typical = float(interactions.doings.plays.sum(dtype=np.float64)) / max(n_listeners, 1)
    rarity = rarity_of(played, len(tracks), n_listeners)
    return Weigher(weighting, half_life_days, typical, rarity)


def matrix_of(
    interactions: Interactions, weighting: Weighting, tracks: Vocabulary | None = None
) -> InteractionMatrix:
    """Pairs that do not fade, weighed. With `tracks` given they are the columns, met or not."""
    if tracks is None:
        tracks = Vocabulary.of(interactions.track_ids)
    return weighed(interactions, weigher_of(interactions, tracks, weighting), tracks, as_of=None)


def weighed(
    interactions: Interactions, weigher: Weigher, tracks: Vocabulary, *, as_of: float | None
) -> InteractionMatrix:
    """What a recipe is fitted on: the strengths of the known tracks at the POSIX second `as_of`."""
    interactions = interactions.at(np.flatnonzero(tracks.positions(interactions.track_ids) >= 0))
    listeners = Vocabulary.of(interactions.listener_ids)
    columns = tracks.positions(interactions.track_ids)
    values = weigher.strengths(
        interactions.doings, columns, as_of=as_of, listeners=interactions.listener_ids
    )
    matrix = csr_matrix(
        (values, (listeners.positions(interactions.listener_ids), columns)),
        shape=(len(listeners), len(tracks)),
    )
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return InteractionMatrix(listeners, tracks, matrix)


def history_of(
    track_ids: Ids, doings: Doings, tracks: Vocabulary, weigher: Weigher, *, as_of: float | None
) -> History:
    """One listener's pairs as a model sees them at the POSIX second `as_of`: known tracks that
    say something, weighed.
    """
    positions = tracks.positions(track_ids)
    weights = weigher.strengths(doings, positions, as_of=as_of)
    kept = (positions >= 0) & (weights != 0)
    return History(positions[kept], weights[kept])


def fallback_of(
    interactions: Interactions,
    tracks: Vocabulary,
    half_life_days: float | None,
    *,
    as_of: float | None,
) -> Floats:
    """What ranks for listeners of whom nothing is known yet, (n_tracks,): see Popularity."""
    weigher = Weigher(Weighting.BINARY, half_life_days)
    return popularity_of(weighed(interactions, weigher, tracks, as_of=as_of).matrix)


def joined(one: Interactions, other: Interactions) -> Interactions:
    """The pairs of both, in order."""
    ours, theirs = one.doings, other.doings
    dates = [
        np.full(len(each), np.nan) if each.doings.listened_at is None else each.doings.listened_at
        for each in (one, other)
    ]
    return Interactions(
        np.concatenate([one.listener_ids, other.listener_ids]),
        np.concatenate([one.track_ids, other.track_ids]),
        Doings(
            np.concatenate([ours.plays, theirs.plays]),
            np.concatenate([ours.skips, theirs.skips]),
            np.concatenate([ours.feedback, theirs.feedback]),
            np.concatenate(dates),
        ),
    )


def concatenate(parts: list[NDArray[np.float64]]) -> Interactions:
    """Interactions from blocks of (n, 5): listener, track, plays, skips, feedback; or of (n, 6),
    with the POSIX second of the last listen, NaN where it has no date.
    """
    table = np.concatenate(parts) if parts else np.zeros((0, 5))
    plays, skips, feedback = (np.ascontiguousarray(table[:, c], np.float32) for c in (2, 3, 4))
    moments = np.ascontiguousarray(table[:, 5]) if table.shape[1] > 5 else None  # noqa: PLR2004
    doings = Doings(plays, skips, feedback, moments)
    return Interactions(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), doings)
