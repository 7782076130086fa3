"""The listener's own list, from everything that they did until now."""

from datetime import datetime

import numpy as np
from sqlmodel import Session

from app import listening
from app.dial import blend
from app.listening import UserHistory
from app.ml.diversity import diversified
from app.ml.model_slot import LoadedModel
from app.ml.recommender import Floats, History, listener_scores
from app.ml.vocabulary import Positions
from app.models import ListKind
from app.recommending.dials import POOL, Dials
from app.recommending.popular import popular
from app.recommending.served import Ranked, ServedList, ranked, served
from app.recommending.starting import picks_of
from app.recommending.taste import history_in, is_known
from app.telemetry import FOLD_IN

_USUAL = Dials()


def recommend(
    session: Session,
    model: LoadedModel | None,
    user_id: int,
    dials: Dials = _USUAL,
    as_of: datetime | None = None,
    heard: UserHistory | None = None,
) -> ServedList:
    """The listener's list as of a moment, now unless one is given.

    `heard` is what it is made from in the place of their own history. Raises InvalidInput for a
    dial out of its range.
    """
    dials.check()
    heard = listening.history_of(session, user_id) if heard is None else heard
    if model is None:
        chosen = popular(session, heard, dials)
    else:
        history = history_in(model, heard, as_of, picks_of(session, user_id))
        chosen = _chosen(model, heard, history, dials)
    shown = chosen[: dials.first]
    return served(session, ListKind.RECOMMENDATIONS, user_id, model, shown, dials.discovery)


def _chosen(model: LoadedModel, heard: UserHistory, history: History, dials: Dials) -> Ranked:
    """The dials turned on the model's scores; popularity where nothing speaks for a track yet."""
    with FOLD_IN.time():
        scores = listener_scores(model.ranker, history, model.popularity)
    refused = _refused(model, heard, dials)
    known = model.tracks.known(heard.track_ids[is_known(heard)])
    unheard = _best(model, scores, dials, np.concatenate([refused, known]))
    if dials.discovery is None:
        return ranked(model, unheard, scores)
    strange = np.setdiff1d(np.arange(len(scores)), known)
    familiar = _best(model, scores, dials, np.concatenate([refused, strange]))
    chosen = blend(
        unheard, familiar, dials.first, dials.discovery, model.artist_ids, dials.max_per_artist
    )
    return ranked(model, chosen, scores)


def _refused(model: LoadedModel, heard: UserHistory, dials: Dials) -> Positions:
    """Disliked, or left out by request."""
    tracks = model.tracks.known([*heard.track_ids[heard.feedback < 0], *dials.exclude])
    if not dials.exclude_artists:
        return tracks
    theirs = np.flatnonzero(np.isin(model.artist_ids, np.array(dials.exclude_artists, np.int64)))
    return np.concatenate([tracks, theirs])


def _best(model: LoadedModel, scores: Floats, dials: Dials, excluded: Positions) -> Positions:
    wanted = dials.first * (POOL if dials.diversity else 1)
    best = model.best(scores, wanted, excluded, dials.max_per_artist)
    if not dials.diversity:
        return best
    near = model.ranker.likeness(best)
    return best[diversified(scores[best], near, dials.first, dials.diversity)]
