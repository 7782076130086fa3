import json
from typing import Any

import numpy as np
import pytest

from app.ml.gate import GateSettings, decide
from app.ml.recipe import Recipe
from app.ml.verdict import Verdict
from tests.ml.evaluations import LISTENERS, NEW, OLD, POPULAR, Values, failed, flat, of, spread

CHAMPION = spread()
LUCKY = CHAMPION + np.where(np.arange(LISTENERS) == 7, 1.0, 0.0)
POPULARITY = of(POPULAR, CHAMPION / 4)


def against_champion(recipe: Recipe, ndcg: Values, **figures: Any) -> Verdict:
    return decide(of(recipe, ndcg, **figures), of(OLD, CHAMPION), POPULARITY, seed=0)


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


def test_a_champion_whose_data_is_gone_stays() -> None:
    verdict = decide(of(OLD, CHAMPION), None, POPULARITY, seed=0, forgotten=True)
    assert failed(verdict) == ["forgotten"]
    assert verdict.figures["refresh"]
    assert verdict.figures["forgotten"]
    assert "too little is left of what the champion was fitted on" in verdict.reason
    assert verdict.reason.endswith("The champion stays.")


@pytest.mark.parametrize(("n", "promote"), [(10, False), (29, False), (30, True)])
def test_a_new_recipe_needs_more_listeners_than_a_refresh(n: int, *, promote: bool) -> None:
    ours, theirs, popular = of(NEW, flat(0.9, n)), of(OLD, flat(0.2, n)), of(POPULAR, flat(0.1, n))
    verdict = decide(ours, theirs, popular, seed=0)
    assert verdict.promote is promote
    assert promote or "at least 30 are needed" in verdict.reason
    refresh = decide(of(OLD, flat(0.9, n)), theirs, popular, seed=0)
    assert refresh.promote
    assert decide(ours, None, popular, seed=0).promote


@pytest.mark.parametrize("n", [0, 1, 9])
def test_too_few_listeners_decide_nothing(n: int) -> None:
    ours, theirs, popular = (
        of(recipe, flat(value, n)) for recipe, value in ((NEW, 0.9), (OLD, 0.2), (POPULAR, 0.1))
    )
    for champion in (theirs, None):
        verdict = decide(ours, champion, popular, seed=0)
        assert failed(verdict) == ["listeners"]
        least = 10 if champion is None else 30
        assert f"at least {least} are needed" in verdict.reason
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
