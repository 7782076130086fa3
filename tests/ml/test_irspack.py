"""Our evaluation against that of another library: irspack."""

import warnings

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from app.ml.evaluation import Terms, evaluate
from app.ml.holdout import Holdout, per_listener
from app.ml.interactions import Interactions, history_of, matrix_of
from app.ml.recipe import Recipe
from app.ml.recommender import Floats
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting

ALS = Recipe("als", Weighting.LOG, {"factors": 4, "iterations": 5, "regularization": 1.0})


def all_scores(holdout: Holdout) -> Floats:
    """Of every tested listener and track, (n_listeners, n_tracks)."""
    model = ALS.fit(matrix_of(holdout.train, ALS.weighting).matrix, seed=0)
    weigher = Weigher(ALS.weighting)
    pasts = (holdout.past(n) for n in range(len(holdout)))
    return np.stack(
        [
            model.scores(
                history_of(past.track_ids, past.doings, holdout.tracks, weigher, as_of=None)
            )
            for past in pasts
        ]
    )


def memberships(holdout: Holdout, lists: list[Interactions] | None = None) -> csr_matrix:
    """Which tracks are targets of each tested listener, or stand in the given lists."""
    found = np.zeros((len(holdout), len(holdout.tracks)))
    for n in range(len(holdout)):
        ids = holdout.targets[n] if lists is None else lists[n].track_ids
        found[n, holdout.tracks.positions(ids)] = 1
    return csr_matrix(found)


@pytest.mark.parametrize("k", [1, 5, 20])
def test_figures_are_those_of_irspack(tastes: Interactions, k: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, about the libraries it uses
        from irspack.evaluation import Evaluator
    holdout = per_listener(tastes, share=0.3, seed=1)
    assert holdout.counts()["unknown_targets"] == 0
    pasts = [holdout.past(n) for n in range(len(holdout))]
    theirs = Evaluator(
        memberships(holdout),
        cutoff=k,
        masked_interactions=memberships(holdout, pasts),
        n_threads=1,
    ).get_score_from_score_matrix(all_scores(holdout))
    ours = evaluate(ALS, holdout, Terms(seed=0, k=k))
    for name in ("ndcg", "precision", "recall"):
        assert ours.mean(name) == pytest.approx(theirs[name]), name
    if k >= max(len(holdout.targets[n]) for n in range(len(holdout))):
        assert ours.mean("map") == pytest.approx(theirs["map"])  # theirs divides by all targets
    assert ours.coverage == pytest.approx(theirs["catalog_coverage"])
