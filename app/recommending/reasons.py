"""Why a track is recommended: what of the history gave most to its score."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app import catalog, listening
from app.catalog import CatalogTrack
from app.listening import UserHistory
from app.ml.model_slot import LoadedModel
from app.ml.recommender import History
from app.models.columns import utc_now
from app.recommending.starting import picks_of
from app.recommending.taste import history_in


@dataclass(frozen=True, slots=True)
class Reason:
    """A track of the listener's history and what it gave to a score."""

    track: CatalogTrack
    contribution: float
    is_pick: bool = False
    """Not the track but the pick of its artist speaks, with what all their tracks gave."""


@dataclass(frozen=True, slots=True)
class _Part:
    track_id: int
    contribution: float
    is_pick: bool


def reasons(
    session: Session, model: LoadedModel | None, user_id: int, track_id: int, first: int = 3
) -> list[Reason]:
    """The tracks of the history that gave most to the track's score, only positive ones.

    Nobody is recommended something because of what they dislike, even where that adds to the score.
    """
    return reasons_of(session, model, user_id, [track_id], first)[track_id]


def reasons_of(
    session: Session,
    model: LoadedModel | None,
    user_id: int,
    track_ids: Sequence[int],
    first: int = 3,
    heard: UserHistory | None = None,
) -> dict[int, list[Reason]]:
    """`reasons` of many tracks; the history is read once, and so are picks and tracks.

    `heard` stands in the place of the listener's own history.
    """
    if model and heard is None:
        heard = listening.history_of(session, user_id)
    picks = picks_of(session, user_id) if model else []
    given = _given(model, heard, picks, track_ids, first) if model and heard else {}
    ids = sorted({part.track_id for parts in given.values() for part in parts})
    found = dict(zip(ids, catalog.tracks_by_id(session, ids), strict=True)) if ids else {}
    return {
        track_id: [
            Reason(track, part.contribution, part.is_pick)
            for part in given.get(track_id, [])
            if (track := found[part.track_id]) is not None
        ]
        for track_id in track_ids
    }


def _given(
    model: LoadedModel,
    heard: UserHistory,
    picks: Sequence[int],
    track_ids: Sequence[int],
    first: int,
) -> dict[int, list[_Part]]:
    """For each track that the model knows: what of the history gave most to it, most first."""
    moment = utc_now()
    own = len(history_in(model, heard, moment))
    history = history_in(model, heard, moment, picks)
    if not (history.strengths > 0).any():  # the list comes from popularity
        return {}
    positions = model.tracks.positions(track_ids)
    known = np.flatnonzero(positions >= 0)
    if not len(known):
        return {}
    told = model.ranker.explain_many(history, positions[known]).contributions
    found = {}
    for place, parts in zip(known.tolist(), told, strict=True):
        ordered = sorted(_told(model, history, parts, own), key=lambda part: -part.contribution)
        found[track_ids[place]] = [part for part in ordered[:first] if part.contribution > 0]
    return found


def _told(
    model: LoadedModel, history: History, parts: NDArray[np.float64], own: int
) -> list[_Part]:
    """Each track of the listener's own history, and each picked artist by their best track."""
    ids = model.tracks.ids[history.items]
    liked = np.flatnonzero(history.strengths[:own] > 0)
    told = [_Part(int(ids[n]), float(parts[n]), is_pick=False) for n in liked]
    artists = model.artist_ids[history.items[own:]]
    for artist in np.unique(artists):
        places = own + np.flatnonzero(artists == artist)
        best = places[np.argmax(parts[places])]
        told.append(_Part(int(ids[best]), float(parts[places].sum()), is_pick=True))
    return told
