"""What searches tried, drawn: the best of each algorithm, of all searches on one axis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from app.ml.search import Trial
from app.ml.search_space import Arm
from app.ml.weighting import Weighting
from app.models import Tuning
from app.models.columns import id_of
from app.web.plots import Scale

_LEFT, _RIGHT = 4.0, 96.0
"""Percent across."""


@dataclass(frozen=True, slots=True)
class Best:
    """The best of an algorithm in a search."""

    algorithm: str
    ndcg: float
    at: float
    """Percent across."""
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """A search, and the best of each algorithm, the better first."""

    row: Tuning
    best: Sequence[Best]


@dataclass(frozen=True, slots=True)
class Board:
    searches: list[Tried]
    ticks: list[tuple[float, float]]
    """Place and value; none where nothing was tested yet."""

    @classmethod
    def of(cls, rows: Sequence[Tuning], tried: Mapping[int, Mapping[str, float]]) -> Self:
        """Searches with the best NDCG of each algorithm that they tried."""
        scores = [(row, _scores(row, tried.get(id_of(row), {}))) for row in rows]
        values = [value for _, each in scores for value in each.values()]
        across = Scale.of(values, _LEFT, _RIGHT)
        searches = [Tried(row, _best(row, found, across)) for row, found in scores]
        ticks = [(across.at(value), value) for value in across.ticks] if values else []
        return cls(searches, ticks)


@dataclass(frozen=True, slots=True)
class Told:
    """A trial in the words of a recipe."""

    trial: Trial
    algorithm: str
    weighting: str
    settings: Mapping[str, Any]

    @classmethod
    def of(cls, trial: Trial) -> Self:
        algorithm, _, weighting = trial.arm.partition("/")
        recipe = Arm(algorithm, Weighting(weighting), {}, {}).recipe(trial.settings)
        faded = {} if recipe.half_life_days is None else {"half_life_days": recipe.half_life_days}
        return cls(trial, algorithm, weighting, {**recipe.settings, **faded})


def _scores(row: Tuning, tried: Mapping[str, float]) -> dict[str, float]:
    """NDCG by algorithm. A blend is made of trials and is none itself."""
    chosen = {} if row.algorithm is None or row.ndcg is None else {row.algorithm: row.ndcg}
    return {**tried, **chosen}


def _best(row: Tuning, scores: Mapping[str, float], across: Scale) -> list[Best]:
    ordered = sorted(scores.items(), key=lambda pair: -pair[1])
    return [
        Best(name, ndcg, across.at(ndcg), is_chosen=name == row.algorithm) for name, ndcg in ordered
    ]
