import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from app.errors import InvalidInput
from app.ml import contest
from app.ml.als import AlsSettings
from app.ml.evaluation import Terms
from app.ml.gate import GateSettings
from app.ml.holdout import Holdout, in_time, per_listener
from app.ml.interactions import Interactions, concatenate
from app.ml.recipe import Recipe
from app.ml.weighting import Weighting

GOOD = Recipe("als", Weighting.LOG, {"factors": 4, "iterations": 5, "regularization": 1.0})
SPELLED_OUT = Recipe("als", Weighting.LOG, asdict(AlsSettings.of(GOOD.settings)))
POOR = Recipe("als", Weighting.LOG, {"factors": 1, "iterations": 1, "regularization": 1e5})
TERMS = Terms(seed=2, k=5)


def tastes() -> Interactions:
    """Four groups of 15 listeners, each with its own quarter of 40 tracks."""
    generator = np.random.default_rng(3)
    who, what = np.indices((60, 40))
    heard = generator.random((60, 40)) < np.where(who % 4 == what % 4, 0.8, 0.05)
    rows = np.zeros((int(heard.sum()), 5))
    rows[:, 0], rows[:, 1], rows[:, 2] = who[heard], what[heard], 1
    return concatenate([rows])


@pytest.fixture(scope="module")
def holdout() -> Holdout:
    return per_listener(tastes(), share=0.3, seed=1)


def test_the_first_model_that_beats_popularity_is_promoted(holdout: Holdout) -> None:
    result = contest.run(GOOD, None, holdout, TERMS)
    assert result.verdict.promote
    assert result.champion is None
    assert result.challenger.mean() > result.popularity.mean()


def test_popularity_does_not_beat_itself(holdout: Holdout) -> None:
    result = contest.run(Recipe("popularity"), None, holdout, TERMS)
    assert not result.verdict.promote
    assert result.verdict.figures["over_popularity"]["gain"]["mean"] == 0


def test_a_better_recipe_takes_the_champions_place_and_not_the_other_way(
    holdout: Holdout,
) -> None:
    assert contest.run(GOOD, POOR, holdout, TERMS).verdict.promote
    assert not contest.run(POOR, GOOD, holdout, TERMS).verdict.promote


@pytest.mark.parametrize("champion", [GOOD, SPELLED_OUT])
def test_the_champions_recipe_is_a_refresh_however_it_is_written(
    holdout: Holdout, champion: Recipe
) -> None:
    verdict = contest.run(GOOD, champion, holdout, TERMS).verdict
    assert verdict.promote
    assert verdict.figures["refresh"]
    assert verdict.figures["over_champion"]["gain"]["mean"] == 0


def test_a_refresh_spoilt_by_its_data_is_refused() -> None:
    before, since = halves(tastes())
    spoilt = in_time(join(before, at_random(listeners=600)), since)
    verdict = contest.run(GOOD, GOOD, spoilt, TERMS, champion_knew=before).verdict
    assert verdict.figures["refresh"]
    assert not verdict.promote


def test_a_refresh_that_knows_more_is_promoted(holdout: Holdout) -> None:
    older = holdout.train.at(np.flatnonzero(holdout.train.track_ids < 20))
    result = contest.run(GOOD, GOOD, holdout, TERMS, champion_knew=older)
    assert result.verdict.promote
    assert result.verdict.figures["over_champion"]["gain"]["low"] > 0


@pytest.mark.parametrize("half_life", [None, 30.0])
def test_a_refresh_of_a_champion_whose_data_is_gone_is_not_promoted(
    holdout: Holdout, half_life: float | None
) -> None:
    recipe = replace(GOOD, half_life_days=half_life)
    nothing = holdout.train.at(slice(0))
    result = contest.run(recipe, recipe, holdout, TERMS, champion_knew=nothing)
    assert result.champion is None
    assert not result.verdict.promote
    assert [check["name"] for check in result.verdict.figures["checks"]] == ["forgotten"]


def test_all_are_tested_on_the_same_sample(holdout: Holdout) -> None:
    result = contest.run(GOOD, POOR, holdout, Terms(seed=4, max_listeners=15))
    assert result.champion is not None
    tested = [e.listener_ids.tolist() for e in (result.challenger, result.champion)]
    assert tested[0] == tested[1] == result.popularity.listener_ids.tolist()
    assert len(tested[0]) == 15


def test_the_settings_of_the_gate_apply(holdout: Holdout) -> None:
    settings = GateSettings(min_listeners=1000)
    assert not contest.run(GOOD, None, holdout, TERMS, settings=settings).verdict.promote


@pytest.mark.parametrize("champion", [None, GOOD, POOR])
def test_progress_never_goes_back_and_ends_at_all_of_it(
    holdout: Holdout, champion: Recipe | None
) -> None:
    shares: list[float] = []
    contest.run(GOOD, champion, holdout, TERMS, report=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert max(np.diff(shares)) < 0.25


def test_a_contest_follows_its_seed(holdout: Holdout) -> None:
    one, same = (contest.run(GOOD, POOR, holdout, TERMS).verdict for _ in range(2))
    assert one.figures["over_champion"] == same.figures["over_champion"]


def test_the_result_is_json(holdout: Holdout) -> None:
    for champion in (None, POOR):
        found = contest.run(GOOD, champion, holdout, TERMS).as_json()
        assert json.loads(json.dumps(found, allow_nan=False)) == found
        assert found["holdout"]["listeners"] == 60
        assert (found["champion"] is None) == (champion is None)


def test_nobody_to_test_promotes_nothing() -> None:
    nothing = tastes()
    found = contest.run(GOOD, POOR, in_time(nothing, nothing), TERMS)
    assert not found.verdict.promote
    json.dumps(found.as_json(), allow_nan=False)


def test_a_recipe_that_cannot_be_fitted_is_refused(holdout: Holdout) -> None:
    with pytest.raises(InvalidInput, match="algorithm"):
        contest.run(Recipe("astrology"), None, holdout, TERMS)


def halves(pairs: Interactions) -> tuple[Interactions, Interactions]:
    first = np.random.default_rng(1).random(len(pairs)) < 0.5
    return pairs.at(np.flatnonzero(first)), pairs.at(np.flatnonzero(~first))


def at_random(listeners: int) -> Interactions:
    """Others without any taste, as a broken import may bring in."""
    who, what = np.nonzero(np.random.default_rng(0).random((listeners, 40)) < 0.5)
    nothing = np.zeros(len(who))
    return concatenate([np.column_stack([1000 + who, what, nothing + 1, nothing, nothing])])


def join(one: Interactions, other: Interactions) -> Interactions:
    def rows(pairs: Interactions) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        doings = pairs.doings
        columns = (pairs.listener_ids, pairs.track_ids, doings.plays, doings.skips, doings.feedback)
        return np.column_stack(columns).astype(np.float64)

    return concatenate([rows(one), rows(other)])
