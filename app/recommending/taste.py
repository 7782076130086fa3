"""A listener's history as a model sees it."""

import numpy as np
from numpy.typing import NDArray

from app.listening import UserHistory
from app.ml.interactions import history_of
from app.ml.model_slot import LoadedModel
from app.ml.recommender import History
from app.ml.weighting import Doings


def history_in(model: LoadedModel, heard: UserHistory) -> History:
    """What the model knows of a listener's history, weighed as its recipe says."""
    doings = Doings(heard.plays, heard.skips, heard.feedback)
    return history_of(heard.track_ids, doings, model.tracks, model.weighting)


def is_known(heard: UserHistory) -> NDArray[np.bool_]:
    """Played, or loved: a track that was only skipped is still new. (n,)."""
    known: NDArray[np.bool_] = (heard.plays > 0) | (heard.feedback > 0)
    return known
