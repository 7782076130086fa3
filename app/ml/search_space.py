"""Where to look for settings: one arm per algorithm and weighting."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.ml.candidate import FEATURE_WEIGHT, Candidate
from app.ml.recipe import Recipe
from app.ml.weighting import Weighting


class Span(NamedTuple):
    """A number to choose, on a logarithmic scale or not; `whole` ones are int."""

    low: float
    high: float
    log: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Arm:
    """An algorithm with a weighting, and what of it can be chosen."""

    algorithm: str
    weighting: Weighting
    start: Mapping[str, Any]
    """The first settings tried."""
    spans: Mapping[str, Span]

    @property
    def name(self) -> str:
        return f"{self.algorithm}/{self.weighting.value}"

    def also(self, name: str, span: Span, start: float) -> "Arm":
        """The same with one more number to choose."""
        starts, spans = {**self.start, name: start}, {**self.spans, name: span}
        return Arm(self.algorithm, self.weighting, starts, spans)

    def recipe(self, settings: Mapping[str, Any]) -> Recipe:
        return self.candidate(settings).recipe

    def candidate(self, settings: Mapping[str, Any]) -> Candidate:
        """What these settings stand for; `settings` are those of the spans."""
        own = dict(settings)
        days, share = own.pop(HALF_LIFE, _FOR_GOOD), own.pop(FEATURE_WEIGHT, 0.0)
        half_life = round(days, 1) if days < _FOR_GOOD else None
        recipe = Recipe(self.algorithm, self.weighting, own, half_life)
        return Candidate(recipe, round(share, 3) if share >= _LEAST_SHARE else 0.0)


_SPANS: dict[str, dict[str, Span]] = {
    "popularity": {},
    "rp3beta": {"alpha": Span(0.5, 1.5), "beta": Span(0, 0.9)},
    "neighbours": {"asymmetry": Span(0.2, 1), "shrinkage": Span(0.5, 100, log=True)},
    "als": {
        "factors": Span(64, 192, whole=True),
        "regularization": Span(5, 300, log=True),
        "alpha": Span(2, 60, log=True),
    },
    "ials": {
        "factors": Span(64, 256, whole=True),
        "regularization": Span(3e-4, 3e-2, log=True),
        "alpha": Span(1, 60, log=True),
    },
    "ease": {"regularization": Span(10, 3000, log=True)},
}
"""The quickest first, so that a short search has tried what it can."""
_STARTS: dict[str, dict[str, Any]] = {
    "als/binary": {"factors": 128, "regularization": 50.0, "alpha": 10.0},
    "als/relative": {"factors": 128, "regularization": 60.0, "alpha": 15.0},
    "ials/binary": {"factors": 128, "regularization": 0.003, "alpha": 3.3},
    "ials/relative": {"factors": 128, "regularization": 0.006, "alpha": 10.0},
    "ease": {"regularization": 100.0},
    "neighbours": {"asymmetry": 0.6, "shrinkage": 10.0},
    "rp3beta": {"alpha": 1.0, "beta": 0.3},
}
TUNED = tuple(_SPANS)
"""The algorithms that can be searched; a blend is made of what was found."""


HALF_LIFE = "half_life_days"
_FOR_GOOD = 2000.0
"""Days of a half-life from which on nothing fades."""
_FADING = Span(7, 2 * _FOR_GOOD, log=True)
_FEATURED = Span(0, 1)
_LEAST_SHARE = 0.05
"""Features that would weigh less are left out."""
_SHARES = {"als": 0.3, "ials": 0.3, "ease": 0.3}
"""With which share of features searches start; none where not said."""


def arms_of(
    algorithms: tuple[str, ...], *, counted: bool, dated: bool = False, featured: bool = False
) -> list[Arm]:
    """The arms of some algorithms; without counts all weightings are the same.

    Where listens are `dated` each has a half-life to choose too, and starts with none; where
    there are features, how much they weigh, but for popularity.
    """
    arms = []
    for algorithm in algorithms:
        counts_matter = counted and algorithm != "popularity"
        weightings = [Weighting.RELATIVE] if counts_matter else []
        for weighting in [*weightings, Weighting.BINARY]:
            start = _STARTS.get(f"{algorithm}/{weighting.value}", _STARTS.get(algorithm, {}))
            arm = Arm(algorithm, weighting, start, _SPANS[algorithm])
            arm = arm.also(HALF_LIFE, _FADING, _FADING.high) if dated else arm
            if featured and algorithm != "popularity":
                arm = arm.also(FEATURE_WEIGHT, _FEATURED, _SHARES.get(algorithm, 0.0))
            arms.append(arm)
    return arms
