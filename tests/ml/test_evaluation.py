from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan, log2
from typing import Any, ClassVar, Self

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.ml.evaluation import Evaluation, Terms, evaluate, evaluate_recommender
from app.ml.holdout import Holdout, in_time, per_listener
from app.ml.interactions import Interactions, concatenate
from app.ml.measuring import METRICS
from app.ml.recipe import Recipe
from app.ml.recommender import Explanations, Floats, History, Report
from app.ml.vocabulary import Positions
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting

TERMS = Terms(seed=0, k=2)
ALS = Recipe("als", Weighting.LOG, {"factors": 4, "iterations": 5, "regularization": 1.0})


@dataclass(frozen=True)
class Given:
    """A recommender whose scores are given, the same for everybody."""

    algorithm: ClassVar[str] = "given"

    given: tuple[float, ...]

    @property
    def n_items(self) -> int:
        return len(self.given)

    @classmethod
    def fit(
        cls, matrix: csr_matrix, settings: Mapping[str, Any], *, seed: int, report: Report
    ) -> Self:
        raise NotImplementedError

    @classmethod
    def complete(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def scores(self, history: History) -> Floats:
        del history
        return np.array(self.given, dtype=np.float32)

    def similar(self, item: int) -> Floats:
        raise NotImplementedError

    def likeness(self, items: Positions) -> Floats:
        raise NotImplementedError

    def explain_many(self, history: History, items: Positions) -> Explanations:
        raise NotImplementedError

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {"given": np.array(self.given)}

    def settings(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], settings: Mapping[str, Any]) -> Self:
        raise NotImplementedError


def pairs(*rows: tuple[int, int, int, int, int]) -> Interactions:
    """Of listener, track, plays, skips, feedback."""
    return concatenate([np.array(rows, dtype=np.float64).reshape(-1, 5)])


def small() -> Holdout:
    """Tracks 10 to 50. Listener 1 then plays 30 and 40; listener 2 plays 10 and the new 99."""
    return in_time(
        pairs(
            (1, 10, 1, 0, 0),
            (1, 20, 3, 0, 0),
            (1, 50, 0, 0, -1),
            (2, 20, 1, 0, 0),
            (2, 30, 1, 0, 0),
            (2, 40, 0, 1, 0),
            (3, 10, 1, 0, 0),
        ),
        pairs((1, 30, 1, 0, 0), (1, 40, 1, 0, 0), (2, 10, 1, 0, 0), (2, 99, 1, 0, 0)),
    )


def measured(*scores: float, terms: Terms = TERMS) -> Evaluation:
    return evaluate_recommender(Given(scores), Weigher(Weighting.LOG), small(), terms)


def test_lists_are_measured_listener_by_listener() -> None:
    # 40 before 30 for listener 1: both hit. For listener 2, of 50, 40, 10 the list is 50, 40.
    found = measured(1, 2, 3, 4, 5)
    assert found.listener_ids.tolist() == [1, 2]
    assert found.per_listener["ndcg"].tolist() == pytest.approx([1, 0])
    assert found.per_listener["recall"].tolist() == [1, 0]
    assert found.per_listener["mrr"].tolist() == [1, 0]
    assert found.mean("precision") == 0.5


def test_what_was_heard_or_disliked_is_never_listed() -> None:
    # Highest are 10, 20 and 50: listener 1 has heard two and dislikes the third.
    found = measured(9, 8, 1, 2, 7)
    assert found.per_listener["recall"][0] == 1


def test_a_target_unknown_to_the_training_part_is_a_miss() -> None:
    found = measured(9, 0, 0, 0, 0)
    assert found.per_listener["recall"][1] == 0.5
    assert found.per_listener["ndcg"][1] == pytest.approx(1 / (1 + 1 / log2(3)))
    assert found.per_listener["auc"][1] == 1  # over the known


def test_auc_is_over_the_whole_ranking_not_the_list() -> None:
    # Listener 2 may be listed 10, 40 and 50, and wants 10, which beats one of the others.
    assert measured(2, 9, 9, 3, 1).per_listener["auc"][1] == 0.5


def test_repeats_are_ranked_among_what_was_heard() -> None:
    before = pairs((1, 10, 1, 0, 0), (1, 20, 1, 0, 0), (1, 30, 1, 0, -1), (2, 40, 1, 0, 0))
    since = pairs((1, 10, 1, 0, 0), (1, 40, 1, 0, 0), (2, 10, 1, 0, 0))
    holdout = in_time(before, since)
    found = evaluate_recommender(Given((1, 2, 9, 9)), Weigher(Weighting.LOG), holdout, TERMS)
    assert found.per_listener["repeat_ndcg"][0] == pytest.approx(1 / log2(3))
    assert isnan(found.per_listener["repeat_ndcg"][1])


def test_a_listener_for_whom_nothing_speaks_is_served_popularity() -> None:
    before = pairs((1, 10, 0, 1, 0), (2, 20, 1, 0, 0), (3, 20, 1, 0, 0), (4, 30, 1, 0, 0))
    holdout = in_time(before, pairs((1, 20, 1, 0, 0), (2, 30, 1, 0, 0)))
    found = evaluate_recommender(
        Given((9, 1, 8)), Weigher(Weighting.LOG), holdout, Terms(seed=0, k=1)
    )
    assert found.per_listener["ndcg"].tolist() == [1, 0]


def test_lists_are_seen_against_the_crowd() -> None:
    found = measured(1, 2, 3, 4, 5, terms=Terms(seed=0, k=2, artist_ids=np.array([1, 1, 2, 2, 3])))
    # Listed are 40 and 30, by one artist and of one listener of three and none, and 50 and 40.
    assert found.coverage == 3 / 5
    assert found.per_listener["artist_diversity"].tolist() == [0, 1]
    assert found.per_listener["popularity"].tolist() == pytest.approx([1 / 6, 0])
    assert found.per_listener["novelty"].tolist() == pytest.approx([log2(3), log2(3)])
    assert found.per_listener["diversity"].tolist() == [1, 1]
    # Heard are 10 and 20, and 20 and 30: of two, two and one listeners of three.
    assert found.per_listener["heard_popularity"].tolist() == pytest.approx([2 / 3, 1 / 2])
    assert found.as_json()["popularity_lift"] == pytest.approx((1 / 12 - 7 / 12) / (7 / 12))


def test_artists_must_be_those_of_the_tracks() -> None:
    with pytest.raises(ValueError, match="2 artists for 5 tracks"):
        measured(1, 2, 3, 4, 5, terms=Terms(seed=0, artist_ids=np.array([1, 2])))


def test_a_recommender_of_other_items_is_refused() -> None:
    with pytest.raises(ValueError, match="2 items for 5 tracks"):
        measured(1, 2)


def test_a_list_longer_than_the_catalogue_finds_every_known_target() -> None:
    found = measured(1, 2, 3, 4, 5, terms=Terms(seed=0, k=50))
    assert found.per_listener["recall"].tolist() == [1, 0.5]


@pytest.mark.parametrize("k", [1, 3, 10])
def test_ndcg_is_that_of_sorting_every_score(k: int, tastes: Interactions) -> None:
    holdout = per_listener(tastes, share=0.3, seed=1)
    found = evaluate(ALS, holdout, Terms(seed=5, k=k))
    made = ALS.fit(csr_matrix(dense(holdout)), seed=5)
    discounts = 1 / np.log2(np.arange(2, k + 2))
    for n, listener in enumerate(holdout.listener_ids):
        row = dense(holdout)[listener]
        scores = made.scores(History(np.flatnonzero(row), row[row > 0]))
        scores[row > 0] = -np.inf
        gains = np.isin(np.argsort(-scores, kind="stable")[:k], holdout.targets[n])
        ideal = discounts[: len(holdout.targets[n])].sum()
        expected = (gains * discounts[: len(gains)]).sum() / ideal
        assert found.per_listener["ndcg"][n] == pytest.approx(expected)


def dense(holdout: Holdout) -> Floats:
    values = np.zeros((40, 30), dtype=np.float32)
    train = holdout.train
    values[train.listener_ids, train.track_ids] = np.log2(1 + train.doings.plays)
    return values


def test_taste_beats_popularity_where_there_is_taste(tastes: Interactions) -> None:
    holdout = per_listener(tastes, share=0.3, seed=1)
    taste, popular = (evaluate(r, holdout, Terms(seed=0)) for r in (ALS, Recipe("popularity")))
    assert taste.mean() > popular.mean() + 0.1
    assert taste.mean("auc") > popular.mean("auc") + 0.1


def test_the_recipe_comes_back_with_every_setting(tastes: Interactions) -> None:
    found = evaluate(ALS, per_listener(tastes, seed=1), Terms(seed=0))
    assert found.recipe.settings["factors"] == 4
    assert found.recipe.settings["alpha"] > 0
    again = evaluate(found.recipe, per_listener(tastes, seed=1), Terms(seed=0))
    assert again.recipe == found.recipe


def test_the_same_seed_gives_the_same_figures(tastes: Interactions) -> None:
    holdout = per_listener(tastes, share=0.3, seed=1)
    one, same, other = (evaluate(ALS, holdout, Terms(seed=seed)) for seed in (1, 1, 2))
    for name in METRICS:
        assert one.per_listener[name].tobytes() == same.per_listener[name].tobytes()
    assert one.intervals()["ndcg"] == same.intervals()["ndcg"] != other.intervals()["ndcg"]


def test_a_model_fitted_on_less_knows_the_whole_catalogue_and_the_whole_past(
    tastes: Interactions,
) -> None:
    holdout = per_listener(tastes, share=0.3, seed=1)
    older = holdout.train.at(np.flatnonzero(holdout.train.track_ids < 20))
    terms = Terms(seed=0, k=30)
    found = evaluate(Recipe("popularity"), holdout, terms, fitted_on=older)
    assert found.per_listener["recall"].tolist() == [1.0] * len(holdout)
    assert found.mean() < evaluate(Recipe("popularity"), holdout, terms).mean()


def test_at_most_so_many_are_tested(tastes: Interactions) -> None:
    holdout = per_listener(tastes, seed=1)
    one, same, other = (
        evaluate(Recipe("popularity"), holdout, Terms(seed=seed, max_listeners=9)).listener_ids
        for seed in (1, 1, 2)
    )
    assert len(one) == 9
    assert one.tolist() == same.tolist() != other.tolist()


def test_progress_never_goes_back_and_ends_at_all_of_it(tastes: Interactions) -> None:
    shares: list[float] = []
    evaluate(ALS, per_listener(tastes, seed=1), Terms(seed=0), report=shares.append)
    assert shares == sorted(shares)
    assert len(set(shares)) > 4
    assert shares[-1] == 1
