"""Use-cases: recommend, similar, explain. Always folded in, never computed beforehand."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlmodel import Session

from app import catalog, listening
from app.catalog import CatalogTrack
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
    """Tracks nearest to one by the model; the same artist's and genre's where it knows nothing."""
    _check_first(first)
    track = catalog.track(session, track_id)
    position = int(model.tracks.positions([track_id])[0]) if model else -1
    if model is None or position < 0:
        ranked = [(other.id, 0.0) for other in catalog.tracks_akin(session, track, first)]
    else:
        scores = model.recommender.similar(position)
        best = top_k(scores, first, excluded=np.array([position]))
        ranked = _pairs(model, best, scores)
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
    known = model.tracks.known(heard.track_ids[(heard.plays > 0) | (heard.feedback > 0)])
    unheard = _best(model, scores, dials, np.concatenate([refused, known]))
    if dials.discovery is None:
        return _pairs(model, unheard, scores)
    strange = np.setdiff1d(np.arange(len(scores)), known, assume_unique=False)
    familiar = _best(model, scores, dials, np.concatenate([refused, strange]))
    return _pairs(model, blend(unheard, familiar, dials.first, dials.discovery), scores)


def blend(new: Positions, familiar: Positions, k: int, share: float) -> Positions:
    """k positions of which `share` are new, spread evenly; either fills up for the other."""
    wanted_new = min(len(new), max(round(k * share), k - len(familiar)))
    wanted_old = min(len(familiar), k - wanted_new)
    places = [(n + 0.5) / max(wanted_new, 1) for n in range(wanted_new)]
    old_places = [(n + 0.5) / max(wanted_old, 1) for n in range(wanted_old)]
    order = np.argsort([*places, *old_places], kind="stable")
    return np.concatenate([new[:wanted_new], familiar[:wanted_old]])[order].astype(np.intp)


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
    refused = {*heard.track_ids.tolist(), *dials.exclude}
    depth = len(refused) + dials.first * (1 if dials.max_per_artist is None else 10)
    ranked = [pair for pair in catalog.popular_track_ids(session, depth) if pair[0] not in refused]
    if dials.max_per_artist is None:
        return [(track_id, float(count)) for track_id, count in ranked]
    tracks = catalog.tracks_by_id(session, [track_id for track_id, _ in ranked])
    artists = np.array([track.artist_id if track else -1 for track in tracks], dtype=np.int64)
    counts = np.array([count for _, count in ranked], dtype=np.float32)
    kept = top_k(counts, dials.first, groups=artists, max_per_group=dials.max_per_artist)
    return [(ranked[at][0], float(counts[at])) for at in kept]


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
