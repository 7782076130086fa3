"""Plots as numbers that templates draw: places across in percent, so that they fit any width."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Self

_STEPS = (1, 2, 5, 10)
_MOST_TICKS = 5


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95% interval; the bounds are None where one listener shows no spread."""

    mean: float
    low: float | None
    high: float | None

    @property
    def values(self) -> list[float]:
        return [value for value in (self.low, self.mean, self.high) if value is not None]


@dataclass(frozen=True, slots=True)
class Scale:
    """Values between two bounds to places between two others, with ticks at round values."""

    low: float
    high: float
    begin: float
    end: float
    ticks: Sequence[float]

    @classmethod
    def of(cls, values: Iterable[float], begin: float, end: float) -> Self:
        """From the round value below the least to the one above the greatest."""
        known = sorted(values) or [0.0]
        least, most = known[0], known[-1]
        if least == most:
            least, most = least - 0.01, most + 0.01
        step = _step(most - least)
        first, last = floor(least / step + 1e-9), ceil(most / step - 1e-9)
        ticks = [round(n * step, 12) for n in range(first, last + 1)]
        return cls(first * step, last * step, begin, end, ticks)

    def at(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.begin + share * (self.end - self.begin), 2)


@dataclass(frozen=True, slots=True)
class Whisker:
    """An interval on a scale."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, interval: Interval, scale: Scale) -> Self:
        mean = scale.at(interval.mean)
        low = mean if interval.low is None else scale.at(interval.low)
        return cls(mean, low, mean if interval.high is None else scale.at(interval.high))


def interval(figures: dict[str, float | None] | None, base: float = 1.0) -> Interval | None:
    """As evaluations keep it, divided by `base`; None where nothing is known."""
    if figures is None or figures.get("mean") is None:
        return None
    mean, low, high = (figures.get(name) for name in ("mean", "low", "high"))
    return Interval(
        (mean or 0.0) / base,
        None if low is None else low / base,
        None if high is None else high / base,
    )


def _step(span: float) -> float:
    """The least round number of which few enough fit into the span."""
    unit: float = 10 ** floor(log10(span / _MOST_TICKS))
    return next((step * unit for step in _STEPS if span / (step * unit) <= _MOST_TICKS), 10 * unit)
