"""Is the refit sound? What will be served was fitted on everything, so nothing is left to test it
on: it is held against the model of the same recipe that was tested."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from app.errors import UnsoundModel
from app.ml.contest import ContestResult
from app.ml.evaluation import MAIN, Evaluation
from app.ml.holdout import Holdout
from app.ml.interactions import history_of
from app.ml.metrics import ndcg_at_k
from app.ml.model_slot import LoadedModel
from app.ml.ranking import top_k
from app.ml.recommender import listener_scores
from app.ml.vocabulary import Ids, Positions

_LISTENERS = 200
MIN_OVERLAP = 0.2
"""Refits of sound recipes on a tenth more listens share half of their lists and more."""
_MIN_SHOWN = 0.5


@dataclass(frozen=True, slots=True)
class Soundness:
    """The refit beside the tested model, over some of the tested listeners."""

    listeners: int
    overlap: float
    """Share of the tested model's lists that stands in the refit's too."""
    shown: int
    """Tracks in at least one of the refit's lists."""
    shown_before: int
    """In at least one of the tested model's."""
    ndcg: float
    """Of the refit, which was fitted on what it is tested by: only good for finding failures."""
    popularity_ndcg: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def check(model: LoadedModel, result: ContestResult, holdout: Holdout) -> Soundness | None:
    """None where nobody could be tested. Raises UnsoundModel saying what is wrong.

    Only tracks that the tested model knows are listed: new ones are to come in.
    """
    _check_arrays(model)
    evaluated, popularity = result.challenger, result.popularity
    if not len(evaluated.lists):
        return None
    tested = holdout.sample(len(evaluated.lists), seed=evaluated.terms.seed)
    chosen = np.arange(len(tested))[:: max(1, len(tested) // _LISTENERS)]
    with threadpool_limits(1, "blas"):
        lists = [_list(model, tested, int(n), evaluated.terms.k) for n in chosen]
    found = _compared(lists, chosen, tested, evaluated, popularity)
    _check_lists(found, beat_popularity=result.verdict.promote)
    return found


def _check_arrays(model: LoadedModel) -> None:
    if model.recommender.n_items != len(model.tracks):
        raise UnsoundModel(
            reason=f"it knows {model.recommender.n_items} tracks of {len(model.tracks)}"
        )
    for name, array in model.recommender.arrays().items():
        if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
            raise UnsoundModel(reason=f"{name} holds what is no number")


def _check_lists(found: Soundness, *, beat_popularity: bool) -> None:
    if found.overlap < MIN_OVERLAP:
        raise UnsoundModel(
            reason=f"its lists share {found.overlap:.0%} of their tracks with those of the tested"
            f" model, at least {MIN_OVERLAP:.0%} are expected"
        )
    if found.shown < _MIN_SHOWN * found.shown_before:
        raise UnsoundModel(
            reason=f"its lists show {found.shown:,} tracks, the tested model's"
            f" {found.shown_before:,}"
        )
    if beat_popularity and not found.ndcg > found.popularity_ndcg:
        raise UnsoundModel(
            reason=f"its NDCG is {found.ndcg:.4f}, that of popularity {found.popularity_ndcg:.4f}"
        )


def _list(model: LoadedModel, holdout: Holdout, n: int, k: int) -> Ids:
    past = holdout.past(n)
    history = history_of(
        past.track_ids, past.doings, model.tracks, model.weigher, as_of=holdout.as_of
    )
    scores = listener_scores(model.recommender, history, model.popularity)
    if not np.isfinite(scores).all():
        raise UnsoundModel(reason="it gives scores that are no numbers")
    closed = past.track_ids[past.doings.heard | past.doings.disliked]
    excluded = np.concatenate([model.tracks.positions(closed), _new(model, holdout)])
    return model.tracks.ids[top_k(scores, k, excluded=excluded)]


def _new(model: LoadedModel, holdout: Holdout) -> Positions:
    """Tracks that the tested model does not know."""
    return np.flatnonzero(holdout.tracks.positions(model.tracks.ids) < 0)


def _compared(
    lists: list[Ids],
    chosen: Positions,
    tested: Holdout,
    evaluated: Evaluation,
    popularity: Evaluation,
) -> Soundness:
    before = [evaluated.lists[int(n)] for n in chosen]
    shared = [
        len(np.intersect1d(ours, theirs)) / max(len(theirs), 1)
        for ours, theirs in zip(lists, before, strict=True)
    ]
    k = evaluated.terms.k
    ndcg = [
        ndcg_at_k(ours.tolist(), set(tested.targets[int(n)].tolist()), k)
        for ours, n in zip(lists, chosen, strict=True)
    ]
    return Soundness(
        listeners=len(chosen),
        overlap=float(np.mean(shared)),
        shown=len(np.unique(np.concatenate(lists))),
        shown_before=len(np.unique(np.concatenate(before))),
        ndcg=float(np.mean(ndcg)),
        popularity_ndcg=float(popularity.per_listener[MAIN][chosen].mean()),
    )
