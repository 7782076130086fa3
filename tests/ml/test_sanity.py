"""The refit is held against the tested model: what is broken is found, what is sound passes."""

from dataclasses import replace

import numpy as np
import pytest

from app.errors import UnsoundModel
from app.ml import contest, sanity
from app.ml.als import Als
from app.ml.contest import ContestResult
from app.ml.holdout import Holdout, in_time, per_listener
from app.ml.interactions import matrix_of
from app.ml.model_slot import LoadedModel
from app.ml.popularity import Popularity
from app.ml.recommender import Floats
from app.ml.weigher import Weigher
from tests.ml.test_contest import GOOD, TERMS, tastes


@pytest.fixture(scope="module")
def holdout() -> Holdout:
    return per_listener(tastes(), share=0.3, seed=1)


@pytest.fixture(scope="module")
def result(holdout: Holdout) -> ContestResult:
    return contest.run(GOOD, None, holdout, TERMS)


@pytest.fixture(scope="module")
def refit() -> LoadedModel:
    matrix = matrix_of(tastes(), GOOD.weighting)
    made = GOOD.fit(matrix.matrix, seed=2)
    shares = np.full(len(matrix.tracks), 0.5, dtype=np.float32)
    return LoadedModel(1, made, Weigher(GOOD.weighting), matrix.tracks, matrix.tracks.ids, shares)


def _with(refit: LoadedModel, factors: Floats) -> LoadedModel:
    made = refit.recommender
    assert isinstance(made, Als)
    gram = (factors.T @ factors).astype(np.float64)
    return replace(refit, recommender=Als(factors, gram, made.chosen))


def test_a_sound_refit_shares_most_of_its_lists(
    refit: LoadedModel, result: ContestResult, holdout: Holdout
) -> None:
    found = sanity.check(refit, result, holdout)
    assert found is not None
    assert found.listeners == 60
    assert found.overlap > 0.5
    assert found.ndcg > found.popularity_ndcg


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_found(
    refit: LoadedModel, result: ContestResult, holdout: Holdout, value: float
) -> None:
    factors = np.array(refit.recommender.arrays()["item_factors"])
    factors[3, 1] = value
    made = refit.recommender
    assert isinstance(made, Als)
    broken = replace(refit, recommender=Als(factors, made.gram, made.chosen))
    with pytest.raises(UnsoundModel, match="item_factors holds what is no number"):
        sanity.check(broken, result, holdout)


def test_a_model_of_other_tracks_is_found(
    refit: LoadedModel, result: ContestResult, holdout: Holdout
) -> None:
    short = np.array(refit.recommender.arrays()["item_factors"])[:-1]
    with pytest.raises(UnsoundModel, match="it knows 39 tracks of 40"):
        sanity.check(_with(refit, short), result, holdout)


def test_the_same_list_for_everybody_is_found(
    refit: LoadedModel, result: ContestResult, holdout: Holdout
) -> None:
    """All vectors alike: every listener gets the first tracks not yet heard."""
    factors = np.ones((40, 4), dtype=np.float32)
    factors[:5] = 2
    with pytest.raises(UnsoundModel, match=r"share|show"):
        sanity.check(_with(refit, factors), result, holdout)


def test_tracks_in_another_order_are_found(
    refit: LoadedModel, result: ContestResult, holdout: Holdout
) -> None:
    """As if the vocabulary and the vectors had come apart."""
    factors = np.array(refit.recommender.arrays()["item_factors"])
    with pytest.raises(UnsoundModel):
        sanity.check(
            _with(refit, factors[np.random.default_rng(1).permutation(40)]), result, holdout
        )


def test_a_refit_that_became_popularity_is_found_where_the_recipe_beat_it(
    result: ContestResult, holdout: Holdout, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix = matrix_of(holdout.train, GOOD.weighting)
    popular = Popularity.fit(matrix.matrix, {}, seed=1, report=lambda _: None)
    model = LoadedModel(
        1, popular, Weigher(GOOD.weighting), matrix.tracks, matrix.tracks.ids, popular.shares
    )
    monkeypatch.setattr(sanity, "MIN_OVERLAP", 0.0)
    monkeypatch.setattr(sanity, "_MIN_SHOWN", 0.0)
    with pytest.raises(UnsoundModel, match=r"its NDCG is .*, that of popularity"):
        sanity.check(model, result, holdout)


def test_without_anybody_tested_only_the_arrays_are_looked_at(refit: LoadedModel) -> None:
    nobody = in_time(tastes(), tastes())
    assert sanity.check(refit, contest.run(GOOD, None, nobody, TERMS), nobody) is None
