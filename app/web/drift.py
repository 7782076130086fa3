"""Drift over time, for administrators: a small chart of each figure, and promotions among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app import promotion, watches
from app.access import Viewer
from app.drift import SignalName
from app.errors import PyTuneError
from app.models import DriftWatch
from app.queue import JobName
from app.state import State
from app.training import Champion
from app.web.door import Administrator, Here
from app.web.errors import status_of
from app.web.plots import Scale
from app.web.render import page

_SHOWN = 120
_PROMOTIONS = 200
HEIGHT = 176
"""Pixels."""
_TOP, _BOTTOM = 24, 148
_LEFT, _RIGHT = 12.0, 97.0
"""Percent across."""

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Place:
    """A point, in percent across and pixels down."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Watched:
    """A figure of one watch."""

    at: datetime
    value: float
    before: float | None
    listeners: int
    drifted: bool
    place: Place
    compared: Place | None
    """Where stands what it is compared with."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure over the watches, oldest first."""

    name: str
    points: list[Watched]
    grid: list[tuple[float, float]]
    """Height and value of each line."""
    promotions: list[tuple[float, int]]
    """Where across, and which training."""

    @classmethod
    def of(
        cls, name: SignalName, rows: Sequence[DriftWatch], champions: Sequence[Champion]
    ) -> Self | None:
        """None where too little was ever known."""
        known = [(row.watched_at, row.signals[name]) for row in rows if name in row.signals]
        if not known:
            return None
        values = [each[key] for _, each in known for key in ("value", "before")]
        up = Scale.of([value for value in values if value is not None], _BOTTOM, _TOP)
        first, last = (row.watched_at.timestamp() for row in (rows[0], rows[-1]))
        across = Scale(first, max(last, first + 1), _LEFT, _RIGHT, ())
        points = []
        for at, each in known:
            x, compared = across.at(at.timestamp()), each["before"]
            other = None if compared is None else Place(x, up.at(compared))
            points.append(
                Watched(at=at, **each, place=Place(x, up.at(each["value"])), compared=other)
            )
        marks = [
            (across.at(moment), champion.version)
            for champion in champions
            if first <= (moment := champion.promotion.created_at.timestamp()) <= last
        ]
        return cls(name.value, points, [(up.at(tick), tick) for tick in up.ticks], marks)

    @property
    def links(self) -> list[tuple[Watched, Watched]]:
        return list(zip(self.points, self.points[1:], strict=False))


@dataclass(frozen=True, slots=True)
class Position:
    """How much a place in the lists is played."""

    number: int
    before: float | None
    after: float | None
    bar: float
    """Percent of the most played place."""
    mark: float | None


@router.get("/admin/drift")
def drift_page(request: Request, state: Here, viewer: Administrator) -> Response:
    return _page(request, state, viewer)


@router.post("/admin/drift/watch")
def watch(request: Request, state: Here, viewer: Administrator) -> Response:
    """Have a worker look now, whatever the timetable says."""
    try:
        state.queue.enqueue(JobName.WATCH_DRIFT)
    except PyTuneError as problem:
        return _page(request, state, viewer, problem)
    return RedirectResponse("/admin/jobs", 303)


def positions(row: DriftWatch) -> list[Position]:
    """Of the newest watch; empty where nothing was shown."""
    after = row.click_through.get("after", [])
    before = [*row.click_through.get("before", []), *[None] * len(after)]
    most = max((value for value in (*after, *before) if value is not None), default=0.0)
    if not most:
        return []
    return [
        Position(
            number=number,
            before=earlier,
            after=value,
            bar=round(100 * value / most, 2),
            mark=None if earlier is None else round(100 * earlier / most, 2),
        )
        for number, (value, earlier) in enumerate(zip(after, before, strict=False), 1)
        if value is not None
    ]


def _page(
    request: Request, state: State, viewer: Viewer, problem: PyTuneError | None = None
) -> Response:
    with state.database.read() as session:
        rows = watches.watches(session, _SHOWN)[::-1]
        champions = promotion.promotions(session, _PROMOTIONS) if rows else []
    charts = [Chart.of(name, rows, champions) for name in SignalName] if rows else []
    shown = {
        "charts": [chart for chart in charts if chart is not None],
        "positions": positions(rows[-1]) if rows else [],
        "newest": rows[-1] if rows else None,
        "height": HEIGHT,
        "drift_days": state.settings.drift_days,
        "problem": problem,
    }
    return page(request, viewer, "drift/drift.html", shown, status_of(problem))
