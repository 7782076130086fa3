import numpy as np
import pytest

from app.ml.blend_weights import Candidates, candidates_of, climb, unseen
from app.ml.bulk import Panel
from app.ml.holdout import per_listener
from app.ml.interactions import Interactions, matrix_of
from app.ml.recipe import Recipe
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting


def two_members() -> Candidates:
    """Each member alone puts one of a listener's two targets first; only together both."""
    scores = np.array([[[3, 2.5, 0, 1]], [[0, 2.5, 3, 1]]], dtype=np.float32)
    hits = np.array([[True, False, True, False]])
    return Candidates(scores, hits, np.array([1 + 1 / np.log2(3)]))


def test_ndcg_of_one_member_is_worked_out_by_hand() -> None:
    alone = two_members().ndcg(np.array([1.0, 0.0]), 2)
    assert alone == pytest.approx(1 / (1 + 1 / np.log2(3)))


def test_climbing_leaves_what_does_not_help_at_nothing() -> None:
    scores = np.array([[[3, 2, 1]], [[1, 2, 3]]], dtype=np.float32)
    found = Candidates(scores, np.array([[True, False, False]]), np.ones(1))
    weights, reached = climb(found, 1)
    assert weights.tolist() == [1, 0]
    assert reached == 1


def test_weights_are_judged_by_listeners_that_they_were_not_climbed_on() -> None:
    """The even listeners want the first item, the odd ones the second; each half learns its own."""
    scores = np.array([[[2, 1]] * 4, [[1, 2]] * 4], dtype=np.float32)
    hits = np.array([[True, False], [False, True]] * 2)
    found = Candidates(scores, hits, np.ones(4))
    assert unseen(found, 1).tolist() == [0, 0, 0, 0]
    assert unseen(found.part(slice(0, None, 2)), 1).tolist() == [1, 1]


def test_candidates_rank_as_the_whole_catalogue(tastes: Interactions) -> None:
    holdout = per_listener(tastes, seed=2)
    panel = Panel.of(holdout, Weigher())
    matrix = matrix_of(holdout.train, Weighting.BINARY, holdout.tracks).matrix
    models = [Recipe(name).fit(matrix, seed=0) for name in ("neighbours", "rp3beta")]
    found = candidates_of(models, [panel, panel], 5)
    for member, model in zip(np.eye(2), models, strict=True):
        assert found.ndcg(member, 5) == pytest.approx(panel.measure(model, 5)[0].mean(), abs=1e-6)
    weights, reached = climb(found, 5)
    listed = [
        {"algorithm": name, "weight": max(float(weight), 1e-6)}
        for name, weight in zip(("neighbours", "rp3beta"), weights, strict=True)
    ]
    blend = Recipe("blend", settings={"members": listed}).fit(matrix, seed=0)
    assert panel.measure(blend, 5)[0].mean() == pytest.approx(reached, abs=1e-6)
    assert reached >= max(found.ndcg(member, 5) for member in np.eye(2))
