"""Use-cases: what each watch for drift found, kept so that it can be seen over time."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import func
from sqlmodel import Session, col, select

from app import training, unattended
from app.drift import MIN_LISTENERS, SignalName
from app.models import DriftWatch, Training, TrainingState
from app.monitoring import Report
from app.observing import Window, observe, usual_dial
from app.settings import Settings

Figures = dict[str, float | int | bool | None]


def found(
    session: Session, settings: Settings, now: datetime, report: Report | None
) -> DriftWatch | None:
    """A row of what a watch found, not added yet; None where there is no champion.

    In a champion's first days there is nothing to compare with, and `report` is None: then only
    what is seen in the lists themselves is told.
    """
    if report is not None:
        return _of(report, now)
    champion = training.champion(session)
    if champion is None:
        return None
    window = Window(now - timedelta(days=settings.drift_days), now)
    seen = observe(session, window, usual_dial(session, window))
    means = {
        SignalName.NDCG: seen.ndcg,
        SignalName.REPEAT_NDCG: seen.repeat_ndcg,
        SignalName.CLICK_THROUGH: seen.click_through,
    }
    return DriftWatch(
        version=champion.version,
        signals={
            name.value: _first(by_listener)
            for name, by_listener in means.items()
            if len(by_listener) >= MIN_LISTENERS
        },
        click_through={"before": [], "after": seen.by_position},
        watched_at=now,
    )


def watches(session: Session, first: int, before_id: int | None = None) -> list[DriftWatch]:
    """Newest first."""
    statement = select(DriftWatch).order_by(col(DriftWatch.id).desc()).limit(first)
    if before_id is not None:
        statement = statement.where(col(DriftWatch.id) < before_id)
    return list(session.exec(statement))


def count_watches(session: Session) -> int:
    return session.exec(select(func.count()).select_from(DriftWatch)).one()


def was_trained_for(session: Session, since: datetime) -> bool:
    """Whether drift asked for a training since, which goes on or has ended well."""
    statement = select(Training.id).where(
        Training.requested_by == unattended.DRIFT,
        Training.state != TrainingState.FAILED,
        col(Training.created_at) > since,
    )
    return session.exec(statement.limit(1)).first() is not None


def _of(report: Report, now: datetime) -> DriftWatch:
    return DriftWatch(
        version=report.version,
        signals={
            signal.name.value: {
                "value": signal.after,
                "before": signal.before,
                "listeners": signal.listeners,
                "drifted": signal.drifted,
            }
            for signal in report.signals
        },
        click_through={"before": report.click_through_before, "after": report.click_through_after},
        watched_at=now,
    )


def _first(by_listener: Mapping[int, float]) -> Figures:
    mean = float(np.mean(list(by_listener.values())))
    return {"value": mean, "before": None, "listeners": len(by_listener), "drifted": False}
