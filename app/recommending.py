"""Use-cases: recommend, similar, explain. Always folded in, never computed beforehand."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from app import catalog, listening
from app.catalog import CatalogTrack
from app.dial import blend
from app.errors import InvalidInput
from app.listening import UserHistory
from app.ml.interactions import history_of
from app.ml.model_slot import LoadedModel
from app.ml.ranking import top_k
from app.ml.recommender import Floats, History, listener_scores
from app.ml.vocabulary import Positions
from app.ml.weighting import Doings
from app.models import ListKind
from app.models.columns import utc_now

MAX_FIRST = 100
"""Longest list that is served at once."""


@dataclass(frozen=True, slots=True)
class Dials:
    """What a listener asks of a list."""

    first: int = 20
    discovery: float | None = None
    """None: only what was not heard. 0 to 1: the share of new against familiar."""
    max_per_artist: int | None = None
    exclude: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class ServedTrack:
    position: int
    """1 for the first."""
    score: float
    track: CatalogTrack


@dataclass(frozen=True, slots=True)
class ServedList:
    """A list with its id (UUID), the model's version (None: popularity) and its time."""

    id: str
    kind: ListKind
    user_id: int
    model_version: int | None
    served_at: datetime
    items: list[ServedTrack]


@dataclass(frozen=True, slots=True)
class Reason:
    """A track of the listener's history and what it gave to a score."""

    track: CatalogTrack
    contribution: float


def recommend(
    session: Session, model: LoadedModel | None, user_id: int, dials: Dials = Dials()
) -> ServedList:
    """The listener's list at this moment. Raises InvalidInput for a dial out of its range."""
    _check(dials)
    heard = listening.history_of(session, user_id)
    ranked = _ranked(model, heard, dials) if model else _popular(session, heard, dials)
    return _served(session, ListKind.RECOMMENDATIONS, user_id, model, ranked[: dials.first])


def similar_tracks(
    session: Session, model: LoadedModel | None, user_id: int, track_id: int, first: int = 20
) -> ServedList:
    """Tracks nearest to one by the model; the same artist's and genre's where it knows nothing.

    What the listener dislikes is left out. Raises InvalidInput, TrackNotFound.
    """
    _check_first(first)
    track = catalog.track(session, track_id)
    heard = listening.history_of(session, user_id)
    refused = heard.track_ids[heard.feedback < 0]
    position = int(model.tracks.positions([track_id])[0]) if model else -1
    if model is None or position < 0:
        akin = catalog.tracks_akin(session, track, first + len(refused))
        ranked = [(other.id, 0.0) for other in akin if other.id not in refused][:first]
    else:
        scores = model.recommender.similar(position)
        excluded = np.append(model.tracks.known(refused), position)
        ranked = _pairs(model, top_k(scores, first, excluded=excluded), scores)
    return _served(session, ListKind.SIMILAR, user_id, model, ranked)


def reasons(
    session: Session, model: LoadedModel | None, user_id: int, track_id: int, first: int = 3
) -> list[Reason]:
    """The tracks of the history that gave most to the track's score, only positive ones."""
    if model is None:
        return []
    position = int(model.tracks.positions([track_id])[0])
    history = history_in(model, listening.history_of(session, user_id))
    if position < 0 or not len(history):
        return []
    given = model.recommender.explain(history, position).contributions
    order = [n for n in np.argsort(-given, kind="stable")[:first] if given[n] > 0]
    ids = [int(model.tracks.ids[history.items[n]]) for n in order]
    found = catalog.tracks_by_id(session, ids)
    return [
        Reason(track, float(given[n]))
        for n, track in zip(order, found, strict=True)
        if track is not None
    ]


def history_in(model: LoadedModel, heard: UserHistory) -> History:
    """What the model knows of a listener's history, weighed as its recipe says."""
    doings = Doings(heard.plays, heard.skips, heard.feedback)
    return history_of(heard.track_ids, doings, model.tracks, model.weighting)


def _ranked(model: LoadedModel, heard: UserHistory, dials: Dials) -> list[tuple[int, float]]:
    """The dials turned on the model's scores; popularity where nothing speaks for a track yet."""
    scores = listener_scores(model.recommender, history_in(model, heard), model.popularity)
    refused = model.tracks.known([*heard.track_ids[heard.feedback < 0], *dials.exclude])
    known = model.tracks.known(heard.track_ids[_is_known(heard)])
    unheard = _best(model, scores, dials, np.concatenate([refused, known]))
    if dials.discovery is None:
        return _pairs(model, unheard, scores)
    strange = np.setdiff1d(np.arange(len(scores)), known)
    familiar = _best(model, scores, dials, np.concatenate([refused, strange]))
    chosen = blend(
        unheard, familiar, dials.first, dials.discovery, model.artist_ids, dials.max_per_artist
    )
    return _pairs(model, chosen, scores)


def _is_known(heard: UserHistory) -> NDArray[np.bool_]:
    """Played, or loved: a track that was only skipped is still new."""
    known: NDArray[np.bool_] = (heard.plays > 0) | (heard.feedback > 0)
    return known


def _best(model: LoadedModel, scores: Floats, dials: Dials, excluded: Positions) -> Positions:
    return top_k(
        scores,
        dials.first,
        excluded=excluded,
        groups=model.artist_ids,
        max_per_group=dials.max_per_artist,
    )


def _pairs(model: LoadedModel, positions: Positions, scores: Floats) -> list[tuple[int, float]]:
    return [(int(model.tracks.ids[at]), float(scores[at])) for at in positions]


def _popular(session: Session, heard: UserHistory, dials: Dials) -> list[tuple[int, float]]:
    """Without a model: the best known tracks that were not heard, each artist capped."""
    known = heard.track_ids[_is_known(heard) | (heard.feedback < 0)]
    refused = {*known.tolist(), *dials.exclude}
    depth = len(refused) + dials.first
    while True:
        found = catalog.popular_tracks(session, depth)
        fitting = _capped([track for track in found if track.id not in refused], dials)
        if len(fitting) >= dials.first or len(found) < depth:
            return [(track.id, float(track.listener_count)) for track in fitting[: dials.first]]
        depth *= 4


def _capped(tracks: list[CatalogTrack], dials: Dials) -> list[CatalogTrack]:
    if dials.max_per_artist is None:
        return tracks
    taken: Counter[int] = Counter()
    kept = []
    for track in tracks:
        taken[track.artist_id] += 1
        if taken[track.artist_id] <= dials.max_per_artist:
            kept.append(track)
    return kept


def _served(
    session: Session,
    kind: ListKind,
    user_id: int,
    model: LoadedModel | None,
    ranked: list[tuple[int, float]],
) -> ServedList:
    tracks = catalog.tracks_by_id(session, [track_id for track_id, _ in ranked])
    found = [
        (score, track)
        for (_, score), track in zip(ranked, tracks, strict=True)
        if track is not None
    ]
    items = [ServedTrack(n, score, track) for n, (score, track) in enumerate(found, start=1)]
    version = model.version if model else None
    return ServedList(str(uuid.uuid4()), kind, user_id, version, utc_now(), items)


def _check(dials: Dials) -> None:
    _check_first(dials.first)
    if dials.discovery is not None and not 0 <= dials.discovery <= 1:
        raise InvalidInput("discovery", f"must be 0 to 1, is {dials.discovery}")
    if dials.max_per_artist is not None and dials.max_per_artist < 1:
        raise InvalidInput("maxPerArtist", f"must be 1 or more, is {dials.max_per_artist}")


def _check_first(first: int) -> None:
    if not 1 <= first <= MAX_FIRST:
        raise InvalidInput("first", f"must be 1 to {MAX_FIRST}, is {first}")
