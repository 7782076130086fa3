"""Use-cases: alerts, what administrators should know of and then acknowledge."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.errors import AlertNotFound, QueueUnavailable
from app.models import Alert, AlertKind
from app.models.columns import utc_now
from app.models.training import MAX_MESSAGE
from app.queue import JobName, JobQueue
from app.settings import Settings
from app.turns import ALERTS, take_turn

_NEWS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Alerts that wait for somebody."""

    newest: Alert
    count: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where alerts are posted to, and how that went."""

    host: str | None
    """None where no webhook is set. The whole address may hold a secret."""
    delivered_at: datetime | None
    failed_at: datetime | None
    error: str | None
    """Why it failed then."""
    waiting: int
    """Alerts of the last day that were not taken yet."""

    @property
    def is_failing(self) -> bool:
        """The last word was a failure."""
        if self.failed_at is None:
            return False
        return self.delivered_at is None or self.delivered_at < self.failed_at


def raise_alert(
    session: Session,
    kind: AlertKind,
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
    take_turn(session, ALERTS)
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


def mark_failed(session: Session, alert_id: int, reason: str) -> None:
    row = session.get_one(Alert, alert_id)
    row.delivery_failed_at, row.delivery_error = utc_now(), reason[:MAX_MESSAGE]


def delivery(session: Session, settings: Settings) -> Delivery:
    """How the webhook does."""
    last = select(Alert).where(col(Alert.delivered_at).is_not(None))
    failed = select(Alert).where(col(Alert.delivery_failed_at).is_not(None))
    taken = session.exec(last.order_by(col(Alert.delivered_at).desc()).limit(1)).first()
    refused = session.exec(failed.order_by(col(Alert.delivery_failed_at).desc()).limit(1)).first()
    return Delivery(
        host=urlsplit(settings.alert_webhook_url).hostname if settings.alert_webhook_url else None,
        delivered_at=taken.delivered_at if taken else None,
        failed_at=refused.delivery_failed_at if refused else None,
        error=refused.delivery_error if refused else None,
        waiting=len(undelivered(session)) if settings.alert_webhook_url else 0,
    )


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
