"""Use-cases: alerts, what administrators should know of and then acknowledge."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.errors import AlertNotFound, QueueUnavailable
from app.models import Alert
from app.models.columns import utc_now
from app.models.training import MAX_MESSAGE
from app.queue import JobName, JobQueue

_NEWS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Alerts that wait for somebody."""

    newest: Alert
    count: int


def raise_alert(
    session: Session,
    kind: str,
    message: str,
    details: dict[str, Any],
    *,
    same: str | None = None,
    quiet: timedelta = timedelta(0),
) -> bool:
    """Add an alert unless the same one waits for somebody, or is not that old; whether it was.

    The same: of this kind and message, or, where `same` is given, of this kind and that `same`
    in its details, however its message is worded this time.
    """
    message = message[:MAX_MESSAGE]
    details = details if same is None else {**details, "same": same}
    alike = select(Alert).where(
        Alert.kind == kind,
        col(Alert.acknowledged_at).is_(None) | (col(Alert.created_at) > utc_now() - quiet),
    )
    for row in session.exec(alike):
        if (row.message == message) if same is None else (row.details.get("same") == same):
            return False
    session.add(Alert(kind=kind, message=message, details=details))
    return True


def announce(queue: JobQueue) -> None:
    """Have what was just raised delivered now; where that fails the timetable does it."""
    if queue.settings.alert_webhook_url is not None:
        with suppress(QueueUnavailable):
            queue.enqueue(JobName.DELIVER_ALERTS)


def undelivered(session: Session) -> list[Alert]:
    """Of the last day, the oldest first: older ones are no news any more."""
    fresh = select(Alert).where(
        col(Alert.delivered_at).is_(None), col(Alert.created_at) > utc_now() - _NEWS
    )
    return list(session.exec(fresh.order_by(col(Alert.id))))


def mark_delivered(session: Session, alert_id: int) -> None:
    session.get_one(Alert, alert_id).delivered_at = utc_now()


def as_json(row: Alert) -> dict[str, Any]:
    """What other programs are told of it."""
    return {
        "id": row.id,
        "kind": row.kind,
        "message": row.message,
        "details": row.details,
        "raised_at": row.created_at.isoformat(),
    }


def alerts(
    session: Session, first: int, before_id: int | None = None, *, acknowledged: bool | None = None
) -> list[Alert]:
    """Newest first."""
    statement = select(Alert).order_by(col(Alert.id).desc()).limit(first)
    if before_id is not None:
        statement = statement.where(col(Alert.id) < before_id)
    if acknowledged is not None:
        statement = statement.where(_are(acknowledged=acknowledged))
    return list(session.exec(statement))


def alarm(session: Session) -> Alarm | None:
    """What nobody has acknowledged yet, if there is any."""
    newest = alerts(session, 1, acknowledged=False)
    return Alarm(newest[0], count_alerts(session, acknowledged=False)) if newest else None


def count_alerts(session: Session, *, acknowledged: bool | None = None) -> int:
    statement = select(func.count()).select_from(Alert)
    if acknowledged is not None:
        statement = statement.where(_are(acknowledged=acknowledged))
    return session.exec(statement).one()


def count_open_by_kind(session: Session) -> dict[str, int]:
    """Those that nobody has acknowledged yet."""
    statement = select(Alert.kind, func.count()).where(_are(acknowledged=False))
    return dict(session.exec(statement.group_by(col(Alert.kind))).all())


def alerts_by_id(session: Session, ids: list[int]) -> list[Alert | None]:
    """In the order of the ids."""
    found = {row.id: row for row in session.exec(select(Alert).where(col(Alert.id).in_(ids)))}
    return [found.get(alert_id) for alert_id in ids]


def acknowledge(session: Session, alert_id: int, by: str) -> Alert:
    """Somebody has seen it; who did so first stays on record. Raises AlertNotFound."""
    row = session.get(Alert, alert_id, with_for_update=True)
    if row is None:
        raise AlertNotFound(alert_id)
    if row.acknowledged_at is None:
        row.acknowledged_at, row.acknowledged_by = utc_now(), by
    return row


def _are(*, acknowledged: bool) -> Any:
    seen = col(Alert.acknowledged_at)
    return seen.is_not(None) if acknowledged else seen.is_(None)
