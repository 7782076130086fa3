"""Tracks near one track."""

import numpy as np
from sqlmodel import Session

from app import catalog, listening
from app.listening import UserHistory
from app.ml.model_slot import LoadedModel
from app.models import ListKind
from app.recommending.dials import check_first
from app.recommending.served import ServedList, ranked, served


def similar_tracks(
    session: Session,
    model: LoadedModel | None,
    user_id: int,
    track_id: int,
    first: int = 20,
    heard: UserHistory | None = None,
) -> ServedList:
    """Tracks nearest to one by the model; the same artist's and genre's where it knows nothing.

    What the listener dislikes is left out; `heard` is their history where it was read already.
    Raises InvalidInput, TrackNotFound.
    """
    check_first(first)
    track = catalog.track(session, track_id)
    heard = listening.history_of(session, user_id) if heard is None else heard
    refused = heard.track_ids[heard.feedback < 0]
    position = int(model.tracks.positions([track.id])[0]) if model else -1
    if model is None or position < 0:
        akin = catalog.tracks_akin(session, track, first + len(refused))
        chosen = [(other.id, 0.0) for other in akin if other.id not in refused][:first]
    else:
        scores = model.ranker.similar(position)
        excluded = np.append(model.tracks.known(refused), position)
        chosen = ranked(model, model.best(scores, first, excluded), scores)
    return served(session, ListKind.SIMILAR, user_id, model, chosen)
