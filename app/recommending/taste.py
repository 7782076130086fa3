"""A listener's history as a model sees it, and what the artists say that they picked."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from app.listening import UserHistory
from app.ml.cold_start import evidence_of_picks, tracks_of_picks
from app.ml.interactions import history_of
from app.ml.model_slot import LoadedModel
from app.ml.recommender import History
from app.ml.weighting import Doings
from app.models.columns import utc_now


def history_in(
    model: LoadedModel,
    heard: UserHistory,
    as_of: datetime | None = None,
    picks: Sequence[int] = (),
) -> History:
    """What the model knows of a listener's history, weighed as its recipe says as of a moment:
    the request's, now, unless one is given. What the picked artists say comes behind it.
    """
    doings = Doings(heard.plays, heard.skips, heard.feedback, heard.listened_at)
    moment = (as_of or utc_now()).timestamp()
    own = history_of(heard.track_ids, doings, model.tracks, model.weigher, as_of=moment)
    if not picks:
        return own
    tracks = tracks_of_picks(np.array(picks, np.int64), model.artist_ids, model.popularity)
    met = np.isin(tracks, model.tracks.known(heard.track_ids))
    said = evidence_of_picks(tracks[~met], own)
    return History(
        np.concatenate([own.items, said.items]), np.concatenate([own.strengths, said.strengths])
    )


def is_known(heard: UserHistory) -> NDArray[np.bool_]:
    """Played, or loved: a track that was only skipped is still new. (n,)."""
    known: NDArray[np.bool_] = (heard.plays > 0) | (heard.feedback > 0)
    return known
