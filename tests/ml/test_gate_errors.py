"""How often the gate errs, and what holds whatever it is given."""

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.ml.gate import GateSettings, decide
from app.ml.recipe import Recipe
from tests.ml.evaluations import NEW, OLD, POPULAR, Values, failed, flat, of


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


def test_equal_recipes_are_seldom_promoted_with_the_fewest_listeners_allowed() -> None:
    """A fifth of them meets with a hit at all: with ten such listeners too many were promoted."""
    n, promoted = GateSettings().min_listeners_for_new, 0
    for seed in range(200):
        generator = np.random.default_rng(seed)
        hits = generator.random((2, n)) < 0.2
        ours, theirs = np.where(hits, generator.beta(1, 3, (2, n)), 0)
        verdict = decide(of(NEW, ours), of(OLD, theirs), of(POPULAR, flat(-1, n)), seed=seed)
        promoted += "better" not in failed(verdict)
    assert promoted <= 10


def test_refreshes_of_equal_quality_hardly_ever_fail() -> None:
    assert contests(100, 0.0, OLD) >= 90


def test_a_real_gain_is_mostly_found() -> None:
    assert contests(50, 0.1, NEW) >= 40


ndcgs = st.lists(st.floats(0, 1), min_size=30, max_size=50).map(np.array)


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
