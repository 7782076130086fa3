"""Mixes: one list for each of a listener's tastes, the known and the new in it."""

from dataclasses import dataclass

import numpy as np
from sqlmodel import Session

from app import catalog, listening
from app.catalog import CatalogTrack
from app.dial import blend
from app.ml.clusters import clusters
from app.ml.model_slot import LoadedModel
from app.ml.recommender import History
from app.ml.vocabulary import Positions
from app.models import ListKind
from app.recommending.served import Ranked, ServedList, ranked, served
from app.recommending.taste import history_in, is_known

LENGTH = 25
_MOST = 4
_SEEDS = 24
"""The strongest tracks of the history; more would only be slower."""
_LEAST_SEEDS = 3
"""A taste is more than a song or two."""
_NEW = 0.6
_PER_ARTIST = 3


@dataclass(frozen=True, slots=True)
class Mix:
    """A list, and the tracks of the history that it was made from, strongest first."""

    seeds: list[CatalogTrack]
    served: ServedList


def mixes(session: Session, model: LoadedModel | None, user_id: int) -> list[Mix]:
    """One for each taste of at least three tracks; none without a model that knows them."""
    if model is None:
        return []
    heard = listening.history_of(session, user_id)
    history = _strongest(history_in(model, heard))
    known = model.tracks.known(heard.track_ids[is_known(heard)])
    disliked = model.tracks.known(heard.track_ids[heard.feedback < 0])
    made = []
    for group in _tastes(model, history):
        taste = History(history.items[group], history.strengths[group])
        chosen = _chosen(model, taste, known, disliked)
        seeds = catalog.tracks_by_id(session, [int(model.tracks.ids[at]) for at in taste.items])
        found = served(session, ListKind.MIX, user_id, model, chosen)
        made.append(Mix([seed for seed in seeds if seed is not None], found))
    return made


def _strongest(history: History) -> History:
    """What speaks for tracks, strongest first."""
    order = np.argsort(-history.strengths, kind="stable")[:_SEEDS]
    order = order[history.strengths[order] > 0]
    return History(history.items[order], history.strengths[order])


def _tastes(model: LoadedModel, history: History) -> list[Positions]:
    """Groups of the history's rows that the model holds near one another."""
    if len(history) < _LEAST_SEEDS:
        return []
    near = model.ranker.likeness(history.items)
    groups = clusters(near, min(_MOST, len(history) // _LEAST_SEEDS))
    return [group for group in groups if len(group) >= _LEAST_SEEDS]


def _chosen(model: LoadedModel, taste: History, known: Positions, disliked: Positions) -> Ranked:
    scores = model.ranker.scores(taste)
    strange = np.setdiff1d(np.arange(len(scores)), known)
    new, familiar = (
        model.best(scores, LENGTH, np.concatenate([disliked, left_out]), _PER_ARTIST)
        for left_out in (known, strange)
    )
    chosen = blend(new, familiar, LENGTH, _NEW, model.artist_ids, _PER_ARTIST)
    return ranked(model, chosen, scores)
