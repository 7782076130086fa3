"""Plots of what a listener played, by month and by hour of the week, as numbers for templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.listening import Statistics
from app.web.plots import Scale

HEIGHT, _TOP, _BELOW = 200, 16, 24
_LEFT = 7.0
"""Percent of the width before the first month: the numbers of the grid stand there."""
_FILLED = 0.8
"""Share of a month's place that its bar takes."""
_YEAR, _DAY = 12, 24
_DAYS_NAMES = 9
"""Percent of the width that they take."""


@dataclass(frozen=True, slots=True)
class Bar:
    month: date
    plays: int
    at: float
    """Its middle, in percent of the width."""
    x: float
    width: float
    y: float
    """Its top, in pixels."""
    label: str
    """Whether its foot names it: month, year, or nothing."""
    minor: bool
    """Its name is left out where there is little room."""


@dataclass(frozen=True, slots=True)
class Months:
    bars: list[Bar]
    grid: list[tuple[float, int]]
    """Places in pixels, and the plays that they stand for."""
    height: int = HEIGHT

    @property
    def foot(self) -> int:
        return self.height - _BELOW


def months_of(months: Sequence[tuple[int, int, int]]) -> Months:
    """(year, month, plays), one after the other; years are named where there are more than 12,
    and quarters too in three of them."""
    scale = Scale.of([0, *(plays for *_, plays in months)], HEIGHT - _BELOW, _TOP)
    step = (100 - _LEFT) / max(len(months), _YEAR)
    bars = []
    for place, (year, month, plays) in enumerate(months):
        at = _LEFT + (place + 0.5) * step
        width = _FILLED * step
        label, minor = _label(len(months), place, year, month)
        bars.append(
            Bar(
                date(year, month, 1),
                plays,
                round(at, 2),
                round(at - width / 2, 2),
                round(width, 2),
                scale.at(plays),
                label,
                minor,
            )
        )
    whole = [tick for tick in scale.ticks if float(tick).is_integer()]
    return Months(bars, [(scale.at(tick), int(tick)) for tick in whole])


def _label(many: int, place: int, year: int, month: int) -> tuple[str, bool]:
    if many <= _YEAR:
        return "month", place % 3 > 0
    if month != 1:
        return ("month" if many <= 3 * _YEAR and month % 3 == 1 else "", True)
    every = 5 if many > 10 * _YEAR else 2 if many > 3 * _YEAR else 1
    return "year", bool(year % every)


def shares(found: Statistics) -> list[list[float]]:
    """Plays by weekday and hour as shares of the busiest hour's; (7, 24)."""
    most = max(1, *(plays for hours in found.hours for plays in hours))
    return [[round(plays / most, 2) for plays in hours] for hours in found.hours]


_COLUMN = (100 - _DAYS_NAMES) / _DAY
COLUMNS = [(hour, round(_DAYS_NAMES + hour * _COLUMN, 2)) for hour in range(_DAY)]
"""Hours of the day with their places in percent of the width, behind the names of the days."""
