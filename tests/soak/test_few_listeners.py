"""How often few listeners make equal recipes look unequal, beyond the gate's margin. 1 minute."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.ml.bootstrap import mean_intervals
from app.ml.gate import DEFAULTS
from tests.soak.conftest import Say

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

CONTESTS = 2000
MOST_FALSE = 0.05
LEAST = DEFAULTS.min_listeners_for_new

Values = NDArray[np.float64]


def seldom(generator: np.random.Generator, n: int) -> tuple[Values, Values]:
    """A fifth of the listeners meets with a hit, somewhere in the list."""
    one, other = np.where(generator.random((2, n)) < 0.2, generator.beta(1, 3, (2, n)), 0)
    return one, other


def by_taste(generator: np.random.Generator, n: int) -> tuple[Values, Values]:
    """Most listeners are hard to please, a few easy."""
    taste = generator.beta(0.6, 6, n)
    one, other = generator.binomial(10, taste, (2, n)) / 10
    return one, other


def mostly_alike(generator: np.random.Generator, n: int) -> tuple[Values, Values]:
    """Two of five lists differ."""
    taste = generator.beta(1, 6, n)
    same, one, other = generator.binomial(20, taste, (3, n)) / 20
    alike = generator.random((2, n)) < 0.6
    return np.where(alike[0], same, one), np.where(alike[1], same, other)


@pytest.mark.parametrize("n", [10, 15, 20, 30, 40])
@pytest.mark.parametrize("draw", [seldom, by_taste, mostly_alike])
def test_enough_listeners_are_seldom_wrong(say: Say, draw: Any, n: int) -> None:
    generator, promoted = np.random.default_rng(n), 0
    for seed in range(CONTESTS):
        ours, theirs = draw(generator, n)
        gain = mean_intervals({"gain": ours - theirs}, seed=seed)["gain"]
        promoted += gain.low > DEFAULTS.min_gain * theirs.mean()
    say(f"{draw.__name__}, {n} listeners: {promoted} of {CONTESTS} taken for better")
    assert promoted / CONTESTS <= MOST_FALSE or n < LEAST
