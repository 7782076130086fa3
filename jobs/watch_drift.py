"""The scheduled watch: alert, and perhaps retrain, where listeners drift away from the model."""

import logging
from datetime import datetime, timedelta

from sqlmodel import Session

from app import alerts, monitoring, unattended, watches
from app.drift import SignalName
from app.models import DriftWatch
from app.models.columns import utc_now
from app.queue import JobName
from jobs.runtime import Runtime, runtime

log = logging.getLogger(__name__)


def watch_drift() -> None:
    with runtime() as rt:
        _watch_drift(rt, utc_now())


def _watch_drift(rt: Runtime, now: datetime) -> list[SignalName]:
    """The signals of which an alert was raised."""
    report = rt.read(lambda session: monitoring.watch(session, rt.settings, now))
    seen = rt.read(lambda session: watches.found(session, rt.settings, now, report))
    if seen is not None:
        kept = seen
        rt.transact(lambda session: _keep(session, kept))
    if report is None:
        log.info("drift is not looked for yet: the champion's first days are not over")
        return []
    quiet = timedelta(hours=rt.settings.drift_quiet_hours)
    raised = rt.transact(lambda session: monitoring.alert(session, report, quiet))
    for signal in report.drifted:
        log.warning(monitoring.explained(signal, report), extra={"alerted": signal.name in raised})
    if raised:
        alerts.announce(rt.queue)
    if report.drifted and rt.settings.drift_retrains:
        _retrain(rt, quiet)
    return raised


def _retrain(rt: Runtime, quiet: timedelta) -> None:
    """At each watch until drift was trained for: the last time something may have been in the way.

    Whether an alert of it is new has no say: nobody need have seen the one before.
    """
    if rt.read(lambda session: watches.was_trained_for(session, utc_now() - quiet)):
        log.info("no retraining: there was one for drift not long ago")
    else:
        rt.queue.enqueue(JobName.RETRAIN, unattended.DRIFT)


def _keep(session: Session, seen: DriftWatch) -> None:
    """A transaction that is begun again adds a row of its own."""
    session.add(DriftWatch(**seen.model_dump(exclude={"id"})))
