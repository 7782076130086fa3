"""Why a track is recommended: what of the history gave most to its score."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlmodel import Session

from app import catalog, listening
from app.catalog import CatalogTrack
from app.ml.model_slot import LoadedModel
from app.recommending.taste import history_in


@dataclass(frozen=True, slots=True)
class Reason:
    """A track of the listener's history and what it gave to a score."""

    track: CatalogTrack
    contribution: float


def reasons(
    session: Session, model: LoadedModel | None, user_id: int, track_id: int, first: int = 3
) -> list[Reason]:
    """The tracks of the history that gave most to the track's score, only positive ones."""
    return reasons_of(session, model, user_id, [track_id], first)[track_id]


def reasons_of(
    session: Session,
    model: LoadedModel | None,
    user_id: int,
    track_ids: Sequence[int],
    first: int = 3,
) -> dict[int, list[Reason]]:
    """`reasons` of many tracks; the history is read once, and so are the tracks in it."""
    given = _given(session, model, user_id, track_ids, first) if model else {}
    ids = sorted({source for pairs in given.values() for source, _ in pairs})
    found = dict(zip(ids, catalog.tracks_by_id(session, ids), strict=True)) if ids else {}
    return {
        track_id: [
            Reason(track, contribution)
            for source, contribution in given.get(track_id, [])
            if (track := found[source]) is not None
        ]
        for track_id in track_ids
    }


def _given(
    session: Session, model: LoadedModel, user_id: int, track_ids: Sequence[int], first: int
) -> dict[int, list[tuple[int, float]]]:
    """For each track that the model knows: ids of the history with what they gave, most first."""
    history = history_in(model, listening.history_of(session, user_id))
    found = {}
    for track_id, position in zip(track_ids, model.tracks.positions(track_ids), strict=True):
        if position < 0 or not len(history):
            continue
        parts = model.recommender.explain(history, int(position)).contributions
        order = [n for n in np.argsort(-parts, kind="stable")[:first] if parts[n] > 0]
        found[track_id] = [
            (int(model.tracks.ids[history.items[n]]), float(parts[n])) for n in order
        ]
    return found
