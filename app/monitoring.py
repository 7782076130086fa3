"""Use-cases: how served lists do, and whether listeners drift away from what the model knows.

Everything is read from the lists that were served and the listens that followed. The time after
the champion's recipe took office is what later time is compared with.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import Session

from app import alerts, promotion, recipes, training
from app.drift import Signal, SignalName, fall, rise, shift
from app.listening import EVENTS
from app.models import AlertKind
from app.observing import Observed, Window, observe, usual_dial
from app.settings import OLDEST_WINDOW, Settings

_PROMOTIONS = 100
_FALL, _RISE, _BITS = 0.2, 0.05, 0.05
"""A fifth of a mean, five points of a share, and bits of divergence: less is not worth an alert."""
_HOURS, _HOUR_SECONDS = 24, 3600


@dataclass(frozen=True, slots=True)
class Report:
    """A watch: the windows compared, and the signals of which enough is known."""

    version: int
    before: Window
    after: Window
    dial: float | None
    """Lists of this `discovery` are compared: the one most listeners had after the promotion."""
    signals: list[Signal]
    click_through_before: list[float | None]
    """By position, from 1; None where nothing stood there."""
    click_through_after: list[float | None]

    @property
    def drifted(self) -> list[Signal]:
        return [signal for signal in self.signals if signal.drifted]


def watch(session: Session, settings: Settings, now: datetime) -> Report | None:
    """Compare the latest window with the one after promotion; None while they would overlap."""
    champion, length = training.champion(session), timedelta(days=settings.drift_days)
    if champion is None:
        return None
    start = max(_in_office_since(session), now - OLDEST_WINDOW * length)
    before, after = Window(start, start + length), Window(now - length, now)
    if before.until > after.since:
        return None
    dial = usual_dial(session, before)
    one, other = observe(session, before, dial), observe(session, after, dial)
    seen = champion.training.last_event_id or 0
    return Report(
        version=champion.version,
        before=before,
        after=after,
        dial=dial,
        signals=[each for each in _signals(session, one, other, seen) if each is not None],
        click_through_before=one.by_position,
        click_through_after=other.by_position,
    )


def alert(session: Session, report: Report, quiet: timedelta) -> list[SignalName]:
    """Raise an alert for each signal that drifted, unless the same one is known; those raised."""
    return [
        signal.name
        for signal in report.drifted
        if alerts.raise_alert(
            session,
            AlertKind.DRIFT,
            explained(signal, report),
            _details(signal, report),
            same=signal.name.value,
            quiet=quiet,
        )
    ]


def explained(signal: Signal, report: Report) -> str:
    """What was found, against what, and what to do, in plain words."""
    what = {
        SignalName.NDCG: "Lists fit less well: their NDCG fell from {:.3f} to {:.3f}",
        SignalName.REPEAT_NDCG: "Lists foretell less well what is played again: their NDCG fell"
        " from {:.3f} to {:.3f}",
        SignalName.CLICK_THROUGH: "Lists are played less: {:.1%} of what they show were played,"
        " now {:.1%} are",
        SignalName.UNKNOWN_TRACKS: "The model does not know what is played: {:.1%} of plays were of"
        " tracks new to it, now {:.1%} are",
        SignalName.UNKNOWN_LISTENERS: "The model was not fitted on who listens: {:.1%} of listeners"
        " were new to it, now {:.1%} are",
        SignalName.POPULARITY: "Other tracks are popular: the divergence by chance is {:.3f} bits,"
        " it is {:.3f}",
        SignalName.ACTIVITY: "People listen at other hours: the divergence by chance is {:.3f}"
        " bits, it is {:.3f}",
    }[signal.name].format(signal.before, signal.after)
    days = f"{report.before.since:%Y-%m-%d} to {report.before.until:%Y-%m-%d}"
    return (
        f"{what}, over {signal.listeners:,} listeners, against {days}, after model"
        f" {report.version}'s recipe was promoted. Train again, and see what is new."
    )


def _in_office_since(session: Session) -> datetime:
    """When the champion's recipe was promoted: refreshing it on newer data changes nothing."""
    latest = promotion.promotions(session, _PROMOTIONS)
    recipe = recipes.recipe_of(latest[0].training)
    same = takewhile(lambda each: recipes.recipe_of(each.training) == recipe, latest)
    return [each.promotion.created_at for each in same][-1]


def _signals(session: Session, before: Observed, after: Observed, seen: int) -> list[Signal | None]:
    tracks = _new_since(session, EVENTS.c.track_id, seen)
    listeners = _new_since(session, EVENTS.c.user_id, seen)
    return [
        fall(SignalName.NDCG, before.ndcg, after.ndcg, _FALL),
        fall(SignalName.REPEAT_NDCG, before.repeat_ndcg, after.repeat_ndcg, _FALL),
        fall(SignalName.CLICK_THROUGH, before.click_through, after.click_through, _FALL),
        rise(
            SignalName.UNKNOWN_TRACKS,
            _shares_among(before, tracks),
            _shares_among(after, tracks),
            _RISE,
        ),
        rise(
            SignalName.UNKNOWN_LISTENERS,
            {user: float(user in listeners) for user in before.plays},
            {user: float(user in listeners) for user in after.plays},
            _RISE,
        ),
        shift(SignalName.POPULARITY, *_matrices(before, after, by_hour=False), _BITS),
        shift(SignalName.ACTIVITY, *_matrices(before, after, by_hour=True), _BITS),
    ]


def _shares_among(seen: Observed, tracks: set[int]) -> dict[int, float]:
    """Of each listener's plays, the share that is of these tracks."""
    return {
        user: sum(track in tracks for track in plays.tracks) / len(plays)
        for user, plays in seen.plays.items()
    }


def _matrices(before: Observed, after: Observed, *, by_hour: bool) -> tuple[csr_matrix, csr_matrix]:
    """Each listener's plays spread over tracks, or over hours of the day; a row sums to 1 or 0."""
    users = sorted({*before.plays, *after.plays})
    tracks = sorted(
        {track for seen in (before, after) for each in seen.plays.values() for track in each.tracks}
    )

    def matrix(seen: Observed) -> csr_matrix:
        counts = np.array([len(plays) for plays in seen.plays.values()], dtype=np.int64)
        rows = np.repeat(np.searchsorted(users, np.array([*seen.plays], dtype=np.int64)), counts)
        if by_hour:
            moments = [np.array(plays.at) for plays in seen.plays.values()]
            columns = np.concatenate([np.zeros(0), *moments]) // _HOUR_SECONDS % _HOURS
        else:
            heard = [np.array(plays.tracks) for plays in seen.plays.values()]
            columns = np.searchsorted(tracks, np.concatenate([np.zeros(0, np.int64), *heard]))
        shape = (len(users), _HOURS if by_hour else len(tracks))
        return csr_matrix(
            (np.repeat(1 / counts, counts), (rows, columns.astype(np.int64))), shape=shape
        )

    return matrix(before), matrix(after)


def _details(signal: Signal, report: Report) -> dict[str, Any]:
    spans = {
        f"{name}_{end}": getattr(window, end).isoformat()
        for name, window in (("before", report.before), ("after", report.after))
        for end in ("since", "until")
    }
    return {
        **asdict(signal),
        **spans,
        "version": report.version,
        "discovery": report.dial,
        "click_through_before": report.click_through_before,
        "click_through_after": report.click_through_after,
    }


def _new_since(session: Session, column: Any, last_event_id: int) -> set[int]:
    """Tracks or listeners of which no event was there when the champion's data was read."""
    statement = (
        select_columns(column).group_by(column).having(func.min(EVENTS.c.id) > last_event_id)
    )
    return set(session.connection().execute(statement).scalars())
