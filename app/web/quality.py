"""The chart of quality over trainings: what each measured, against what, and which won."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from app.ml.evaluation import MAIN
from app.models import Evaluation, Training
from app.models.columns import id_of
from app.web.plots import Interval, Scale, Whisker, interval

HEIGHT = 240
"""Pixels."""
_TOP, _BOTTOM = 16, 208
_LEFT, _RIGHT = 10.0, 97.0
"""Percent across: the figures of the grid stand left of the first training."""
_NUMBERS_ON_A_PHONE = 8


@dataclass(frozen=True, slots=True)
class Measured:
    """A training with what its newest evaluation found."""

    training: Training
    evaluation: Evaluation | None

    @property
    def version(self) -> int:
        return id_of(self.training)

    @property
    def metric(self) -> str | None:
        """The metric that decides, with the length of the lists, such as NDCG@20."""
        ours = _contestant(self.evaluation, "challenger")
        return f"{MAIN.upper()}@{ours['k']}" if ours else None

    @property
    def ours(self) -> Interval | None:
        return _main(self.evaluation, "challenger")

    @property
    def champions(self) -> Interval | None:
        """Of the champion's recipe, on the same listens."""
        return _main(self.evaluation, "champion")

    @property
    def gain(self) -> Interval | None:
        """Over the champion's recipe, as a share of its figure."""
        verdict = self.evaluation.metrics.get("verdict", {}) if self.evaluation else {}
        compared = verdict.get("over_champion") or {}
        return interval(compared.get("gain"), compared.get("other") or 1.0)


@dataclass(frozen=True, slots=True)
class Point:
    """A training on the chart."""

    measured: Measured
    at: float
    """Percent across."""
    bar: Whisker
    rival: float | None
    """Height of the champion's recipe on the same listens."""
    promoted: bool
    minor: bool
    """Its number is left out where there is little room."""


@dataclass(frozen=True, slots=True)
class Chart:
    metric: str
    points: list[Point]
    grid: list[tuple[float, float]]
    """Height and value of each line."""

    @classmethod
    def of(cls, measured: Sequence[Measured], promoted: set[int]) -> Self | None:
        """Oldest first; None where nothing was measured."""
        known = [(each, ours) for each in measured if (ours := each.ours) is not None]
        if not known:
            return None
        values = [value for each, ours in known for value in (*ours.values, *_rivals(each))]
        up = Scale.of(values, _BOTTOM, _TOP)
        across = Scale(0, max(len(known) - 1, 1), _LEFT, _RIGHT, ())
        every = -(-len(known) // _NUMBERS_ON_A_PHONE)
        points = [
            Point(
                measured=each,
                at=across.at(place),
                bar=Whisker.of(ours, up),
                rival=up.at(each.champions.mean) if each.champions else None,
                promoted=each.version in promoted,
                minor=(len(known) - 1 - place) % every != 0,
            )
            for place, (each, ours) in enumerate(known)
        ]
        metric = known[-1][0].metric or ""
        return cls(metric, points, [(up.at(tick), tick) for tick in up.ticks])

    @property
    def links(self) -> list[tuple[Point, Point]]:
        return list(zip(self.points, self.points[1:], strict=False))


def _rivals(measured: Measured) -> list[float]:
    return [measured.champions.mean] if measured.champions else []


def _main(evaluation: Evaluation | None, contestant: str) -> Interval | None:
    found = _contestant(evaluation, contestant)
    return interval(found["metrics"].get(MAIN)) if found else None


def _contestant(evaluation: Evaluation | None, name: str) -> dict[str, Any] | None:
    return evaluation.metrics.get(name) if evaluation else None
