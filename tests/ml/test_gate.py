import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.ml.evaluation import Cost, Evaluation, Terms
from app.ml.gate import GateSettings, decide
from app.ml.measuring import METRICS
from app.ml.recipe import Recipe
from app.ml.verdict import Verdict

Values = NDArray[np.float64]

OLD, NEW = (Recipe("als", settings={"alpha": alpha}) for alpha in (1, 2))
POPULAR = Recipe("popularity")
LISTENERS = 300


def of(recipe: Recipe, ndcg: Values, **figures: Any) -> Evaluation:
    """An evaluation with this NDCG of each listener, who heard as many tracks as stand before."""
    n = len(ndcg)
    per_listener = {name: np.full(n, 0.5) for name in METRICS}
    per_listener |= {"ndcg": ndcg, "auc": np.full(n, figures.pop("auc", 0.9))}
    cost = Cost(figures.pop("fit_seconds", 1), figures.pop("ms", 2), figures.pop("mib", 10))
    made = {"coverage": 0.1, "heard": np.arange(n), "listener_ids": np.arange(n), **figures}
    return Evaluation(recipe, Terms(seed=0), per_listener=per_listener, cost=cost, **made)


def spread(n: int = LISTENERS, mean: float = 0.2, seed: int = 1) -> Values:
    return np.random.default_rng(seed).beta(2, 2 / mean - 2, n)


def flat(value: float, n: int = LISTENERS) -> Values:
    return np.full(n, value)


CHAMPION = spread()
LUCKY = CHAMPION + np.where(np.arange(LISTENERS) == 7, 1.0, 0.0)
POPULARITY = of(POPULAR, CHAMPION / 4)


def against_champion(recipe: Recipe, ndcg: Values, **figures: Any) -> Verdict:
    return decide(of(recipe, ndcg, **figures), of(OLD, CHAMPION), POPULARITY, seed=0)


def failed(verdict: Verdict) -> list[str]:
    return [check["name"] for check in verdict.figures["checks"] if not check["passed"]]


def test_a_clearly_better_recipe_is_promoted() -> None:
    verdict = against_champion(NEW, CHAMPION + 0.02)
    assert verdict.promote
    assert verdict.reason.startswith("Promoted as the better recipe, over 300 listeners: NDCG@20")
    assert verdict.figures["over_champion"]["gain"] == pytest.approx(
        {"mean": 0.02, "low": 0.02, "high": 0.02}
    )


def test_the_same_quality_is_not_enough_for_a_new_recipe() -> None:
    verdict = against_champion(NEW, CHAMPION.copy())
    assert not verdict.promote
    assert failed(verdict) == ["better"]
    assert "must lie above +0.5%" in verdict.reason
    assert verdict.reason.endswith("The champion stays.")


def test_a_gain_that_may_be_chance_is_not_enough() -> None:
    verdict = against_champion(NEW, LUCKY)
    assert verdict.figures["over_champion"]["gain"]["mean"] > 0.01 * CHAMPION.mean()
    assert failed(verdict) == ["better"]


@pytest.mark.parametrize(("gain", "promote"), [(0.006, True), (0.004, False)])
def test_the_interval_must_lie_above_the_margin(gain: float, *, promote: bool) -> None:
    verdict = against_champion(NEW, CHAMPION + gain * CHAMPION.mean())
    assert verdict.promote is promote


def test_a_refresh_as_good_as_the_champion_is_promoted() -> None:
    verdict = against_champion(OLD, CHAMPION.copy())
    assert verdict.promote
    assert verdict.figures["refresh"]
    assert verdict.reason.startswith("Promoted as a refresh of the champion")


@pytest.mark.parametrize(("share", "promote"), [(0.985, True), (0.95, False)])
def test_a_refresh_may_lose_the_margin_and_no_more(share: float, *, promote: bool) -> None:
    verdict = against_champion(OLD, CHAMPION * share)
    assert verdict.promote is promote
    if not promote:
        assert "not_worse" in failed(verdict)


def test_a_refresh_is_not_refused_for_what_may_be_chance() -> None:
    noise = np.random.default_rng(0).normal(0, 0.5, LISTENERS)
    unlucky = CHAMPION + noise - noise.mean() - 0.1 * CHAMPION.mean()
    verdict = against_champion(OLD, unlucky)
    assert verdict.figures["over_champion"]["gain"]["mean"] < -0.05 * CHAMPION.mean()
    assert "not_worse" not in failed(verdict)


@pytest.mark.parametrize("recipe", [OLD, NEW])
def test_nothing_below_popularity_is_promoted(recipe: Recipe) -> None:
    champion, popular = of(OLD, CHAMPION / 2), of(POPULAR, CHAMPION * 1.5)
    verdict = decide(of(recipe, CHAMPION), champion, popular, seed=0)
    assert failed(verdict) == ["popularity"]
    assert "of popularity" in verdict.reason


def test_the_first_model_is_promoted_if_it_beats_popularity() -> None:
    verdict = decide(of(NEW, CHAMPION), None, POPULARITY, seed=0)
    assert verdict.promote
    assert verdict.reason.startswith("Promoted as the first model")
    assert verdict.figures["over_champion"] is None


def test_without_a_champion_popularity_is_served_until_it_is_beaten() -> None:
    verdict = decide(of(NEW, CHAMPION / 4), None, POPULARITY, seed=0)
    assert not verdict.promote
    assert "which chance may explain" in verdict.reason
    assert verdict.reason.endswith("Popularity is served.")


def test_a_gain_over_popularity_that_may_be_chance_is_not_enough() -> None:
    verdict = decide(of(NEW, LUCKY), None, of(POPULAR, CHAMPION), seed=0)
    assert verdict.figures["over_popularity"]["gain"]["mean"] > 0
    assert failed(verdict) == ["popularity"]


@pytest.mark.parametrize("n", [0, 1, 9])
def test_too_few_listeners_decide_nothing(n: int) -> None:
    ours, theirs, popular = (
        of(recipe, flat(value, n)) for recipe, value in ((NEW, 0.9), (OLD, 0.2), (POPULAR, 0.1))
    )
    for champion in (theirs, None):
        verdict = decide(ours, champion, popular, seed=0)
        assert failed(verdict) == ["listeners"]
        assert "at least 10 are needed" in verdict.reason
        json.dumps(verdict.figures, allow_nan=False)


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("coverage", {"coverage": 0.04}),
        ("auc", {"auc": 0.87}),
        ("latency", {"ms": 501}),
        ("size", {"mib": 4097}),
    ],
)
def test_each_guard_holds_a_better_recipe_back(name: str, figures: dict[str, float]) -> None:
    assert failed(against_champion(NEW, CHAMPION + 0.05, **figures)) == [name]


def test_a_recipe_that_pleases_only_the_heavy_is_held_back() -> None:
    gains = np.where(np.arange(LISTENERS) < 100, -0.03, 0.09)
    verdict = against_champion(NEW, CHAMPION + gains)
    assert failed(verdict) == ["slice_light"]
    assert "for light listeners (0 to 99 tracks heard)" in verdict.reason
    assert [part["listeners"] for part in verdict.figures["slices"]] == [100, 100, 100]


def test_the_first_model_must_keep_to_the_limits_too() -> None:
    verdict = decide(of(NEW, CHAMPION, ms=900), None, POPULARITY, seed=0)
    assert failed(verdict) == ["latency"]
    assert "a list takes 900.0 ms, of 500 allowed" in verdict.reason


@pytest.mark.parametrize(("gain", "promote"), [(0.05, True), (0.2, False)])
def test_settings_move_the_bar(gain: float, *, promote: bool) -> None:
    ours, theirs, bar = of(NEW, CHAMPION * 1.1), of(OLD, CHAMPION), GateSettings(min_gain=gain)
    assert decide(ours, theirs, POPULARITY, settings=bar, seed=0).promote is promote


def test_evaluations_of_other_listeners_cannot_be_compared() -> None:
    other = of(OLD, CHAMPION, listener_ids=np.arange(LISTENERS) + 1)
    with pytest.raises(ValueError, match="other listeners"):
        decide(of(NEW, CHAMPION), other, POPULARITY, seed=0)


def test_a_verdict_follows_its_seed() -> None:
    ours = of(NEW, spread(seed=2))
    one, same, other = (decide(ours, of(OLD, CHAMPION), POPULARITY, seed=s) for s in (1, 1, 2))
    assert one == same
    assert one.figures["over_champion"]["gain"] != other.figures["over_champion"]["gain"]


def contests(runs: int, gain: float, recipe: Recipe) -> int:
    """How many of so many contests promote; each listener's luck is drawn anew for both."""
    promoted = 0
    for seed in range(runs):
        generator = np.random.default_rng(seed)
        taste = generator.beta(1, 6, 600)
        ours, theirs = (generator.binomial(20, taste) / 20 for _ in range(2))
        popular = of(POPULAR, theirs / 4)
        verdict = decide(of(recipe, ours * (1 + gain)), of(OLD, theirs), popular, seed=seed)
        promoted += verdict.promote
    return promoted


def test_equal_recipes_are_hardly_ever_promoted() -> None:
    assert contests(100, 0.0, NEW) <= 5


def test_refreshes_of_equal_quality_hardly_ever_fail() -> None:
    assert contests(100, 0.0, OLD) >= 90


def test_a_real_gain_is_mostly_found() -> None:
    assert contests(50, 0.1, NEW) >= 40


ndcgs = st.lists(st.floats(0, 1), min_size=10, max_size=30).map(np.array)


@given(ndcgs, st.floats(0, 0.5), st.integers(0, 5))
def test_what_is_promoted_stays_promoted_if_every_listener_gains(
    champion: Values, gain: float, seed: int
) -> None:
    theirs, popular = of(OLD, champion), of(POPULAR, champion / 2)
    ours = np.minimum(champion + gain, 1)
    better = np.minimum(ours + 0.1, 1)
    before = decide(of(NEW, ours), theirs, popular, seed=seed)
    after = decide(of(NEW, better), theirs, popular, seed=seed)
    assert after.promote or not before.promote


@given(ndcgs, ndcgs, st.integers(0, 5))
def test_no_two_recipes_are_each_the_better(one: Values, other: Values, seed: int) -> None:
    n = min(len(one), len(other))
    a, b, popular = of(OLD, one[:n]), of(NEW, other[:n]), of(POPULAR, flat(0.0, n))
    both = [decide(x, y, popular, seed=seed).promote for x, y in ((a, b), (b, a))]
    assert not all(both)


@given(ndcgs, ndcgs, st.sampled_from([OLD, NEW]), st.integers(0, 5))
def test_a_verdict_is_always_json_with_a_sentence(
    one: Values, other: Values, recipe: Recipe, seed: int
) -> None:
    n = min(len(one), len(other))
    ours = of(recipe, one[:n])
    verdict = decide(ours, of(OLD, other[:n]), of(POPULAR, other[:n] / 2), seed=seed)
    assert json.loads(json.dumps(verdict.figures, allow_nan=False)) == verdict.figures
    assert verdict.promote == (not failed(verdict)) == verdict.reason.startswith("Promoted")
    assert verdict.reason.endswith(".")
    assert "nan" not in verdict.reason
