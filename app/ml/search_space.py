"""Where to look for settings: one arm per algorithm and weighting."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

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

    def recipe(self, settings: Mapping[str, Any]) -> Recipe:
        own = dict(settings)
        days = own.pop(HALF_LIFE, None)
        fades = days is not None and days < _FOR_GOOD
        return Recipe(self.algorithm, self.weighting, own, round(days, 1) if fades else None)


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


def arms_of(algorithms: tuple[str, ...], *, counted: bool, dated: bool = False) -> list[Arm]:
    """The arms of some algorithms; without counts all weightings are the same.

    Where listens are `dated` each has a half-life to choose too, and starts with none.
    """
    start_of_fading = {HALF_LIFE: _FADING.high} if dated else {}
    spans_of_fading = {HALF_LIFE: _FADING} if dated else {}
    arms = []
    for algorithm in algorithms:
        counts_matter = counted and algorithm != "popularity"
        weightings = [Weighting.RELATIVE] if counts_matter else []
        for weighting in [*weightings, Weighting.BINARY]:
            start = _STARTS.get(f"{algorithm}/{weighting.value}", _STARTS.get(algorithm, {}))
            spans = {**_SPANS[algorithm], **spans_of_fading}
            arms.append(Arm(algorithm, weighting, {**start, **start_of_fading}, spans))
    return arms
