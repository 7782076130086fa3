"""A verdict as it is shown: gains against what they had to reach, slices, conditions, metrics."""

from dataclasses import dataclass
from typing import Any, Self

from app.ml.evaluation import MAIN
from app.models import Evaluation
from app.web.plots import Interval, Scale, Whisker, interval

_LEFT, _RIGHT = 3.0, 97.0
CONTESTANTS = ("challenger", "champion", "popularity")


@dataclass(frozen=True, slots=True)
class Listeners:
    """All tested listeners, where `name` is None, or a slice of them."""

    name: str | None
    count: int
    least: int | None = None
    most: int | None = None
    """Tracks heard by who heard least and most of them."""


@dataclass(frozen=True, slots=True)
class Gain:
    """The challenger's gain over the champion as a share of its figure, and what it must reach."""

    listeners: Listeners
    gain: Interval
    margin: float
    bar: Whisker
    limit: float
    """Where the margin lies, in percent across."""


@dataclass(frozen=True, slots=True)
class Gains:
    rows: list[Gain]
    zero: float
    ticks: list[tuple[float, float]]
    """Place and value."""


@dataclass(frozen=True, slots=True)
class Slice:
    """NDCG of both recipes for one kind of listener."""

    listeners: Listeners
    ours: Interval
    theirs: Interval
    our_bar: Whisker
    their_bar: Whisker


@dataclass(frozen=True, slots=True)
class Slices:
    rows: list[Slice]
    ticks: list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Metric:
    name: str
    values: list[Interval | None]
    """Of each of the contestants."""


@dataclass(frozen=True, slots=True)
class Verdict:
    row: Evaluation
    metric: str
    refresh: bool
    """The challenger is the champion's own recipe."""
    gains: Gains | None
    slices: Slices | None
    contestants: list[str]
    metrics: list[Metric]

    @classmethod
    def of(cls, row: Evaluation) -> Self:
        figures: dict[str, Any] = row.metrics
        made = [name for name in CONTESTANTS if figures.get(name)]
        names = list(figures[made[0]]["metrics"]) if made else []
        found = figures.get("verdict", {})
        return cls(
            row=row,
            metric=found.get("metric", MAIN.upper()),
            refresh=bool(found.get("refresh")),
            gains=_gains(found),
            slices=_slices(figures),
            contestants=made,
            metrics=[
                Metric(name, [interval(figures[each]["metrics"].get(name)) for each in made])
                for name in names
            ],
        )

    @property
    def checks(self) -> list[dict[str, Any]]:
        return list(self.row.metrics.get("verdict", {}).get("checks", []))

    def contestant(self, name: str) -> dict[str, Any]:
        return dict(self.row.metrics[name])


def _gains(verdict: dict[str, Any]) -> Gains | None:
    overall, settings = verdict.get("over_champion"), verdict.get("settings", {})
    if not overall:
        return None
    margin = -settings["max_loss"] if verdict.get("refresh") else settings["min_gain"]
    compared = [(Listeners(None, verdict["listeners"]), overall, margin)]
    compared += [
        (_listeners(part), part, -settings["max_slice_loss"]) for part in verdict.get("slices", [])
    ]
    known = [
        (who, gain, limit)
        for who, figures, limit in compared
        if (gain := interval(figures["gain"], figures["other"] or 1.0)) is not None
    ]
    values = [value for _, gain, limit in known for value in (*gain.values, limit)]
    scale = Scale.of([*values, 0.0], _LEFT, _RIGHT)
    rows = [
        Gain(who, gain, limit, Whisker.of(gain, scale), scale.at(limit))
        for who, gain, limit in known
    ]
    return Gains(rows, scale.at(0.0), _ticks(scale))


def _slices(figures: dict[str, Any]) -> Slices | None:
    ours, theirs = (figures.get(name) or {} for name in ("challenger", "champion"))
    rivals = {part["name"]: part for part in theirs.get("slices", [])}
    known = [
        (_listeners(part), mine, other)
        for part in ours.get("slices", [])
        if (mine := interval(part[MAIN])) is not None
        and (other := interval(rivals.get(part["name"], {}).get(MAIN))) is not None
    ]
    if not known:
        return None
    values = [value for _, *both in known for each in both for value in each.values]
    scale = Scale.of(values, _LEFT, _RIGHT)
    rows = [
        Slice(who, mine, other, Whisker.of(mine, scale), Whisker.of(other, scale))
        for who, mine, other in known
    ]
    return Slices(rows, _ticks(scale))


def _listeners(part: dict[str, Any]) -> Listeners:
    return Listeners(part["name"], part["listeners"], part["least"], part["most"])


def _ticks(scale: Scale) -> list[tuple[float, float]]:
    return [(scale.at(tick), tick) for tick in scale.ticks]
