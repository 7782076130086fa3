"""Tracks by artists whom the listener has never played."""

from collections.abc import Sequence

import numpy as np
from sqlmodel import Session

from app import listening
from app.listening import UserHistory
from app.ml.model_slot import LoadedModel
from app.models import ListKind
from app.recommending.served import ServedList, ranked, served
from app.recommending.taste import history_in, is_known


def by_unmet_artists(
    session: Session,
    model: LoadedModel | None,
    user_id: int,
    first: int,
    exclude: Sequence[int] = (),
    heard: UserHistory | None = None,
) -> ServedList | None:
    """One track by each; None where nothing in the history speaks for any.

    `heard` is the history where it was read already.
    """
    heard = listening.history_of(session, user_id) if heard is None else heard
    history = history_in(model, heard) if model else None
    if model is None or history is None or not (history.strengths > 0).any():
        return None
    known = model.tracks.known(heard.track_ids[is_known(heard)])
    met = np.flatnonzero(np.isin(model.artist_ids, model.artist_ids[known]))
    refused = model.tracks.known([*heard.track_ids[heard.feedback < 0], *exclude])
    scores = model.ranker.scores(history)
    chosen = model.best(scores, first, np.concatenate([met, refused]), max_per_artist=1)
    return served(session, ListKind.NEW_ARTISTS, user_id, model, ranked(model, chosen, scores))
