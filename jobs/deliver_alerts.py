"""Tell another server of alerts: each one once it was taken, tried again until a day is over."""

import logging

from sqlmodel import Session

from app import alerts, webhook
from app.errors import WebhookFailed, WebhookRefused
from app.models import Alert
from app.models.columns import id_of, utc_now
from jobs.runtime import Runtime, runtime

log = logging.getLogger(__name__)


def deliver_alerts() -> None:
    with runtime() as rt:
        _deliver_alerts(rt)


def _deliver_alerts(rt: Runtime) -> list[int]:
    """Numbers of those delivered; the timetable tries the others again.

    One that is refused is no reason to keep the next ones back; a receiver that is away is.
    A receiver may be told twice where we end in between, so each carries its number.
    """
    if rt.settings.alert_webhook_url is None:
        return []
    delivered = []
    for row in rt.read(alerts.undelivered):
        try:
            _deliver(rt, row)
        except WebhookFailed as error:
            log.warning("an alert was not delivered", extra={"alert": row.id, "reason": str(error)})
            _mark_failed(rt, id_of(row), str(error))
            if not isinstance(error, WebhookRefused):
                break
        else:
            delivered.append(id_of(row))
    return delivered


def _deliver(rt: Runtime, row: Alert) -> None:
    number = id_of(row)
    webhook.post(rt.settings, number, alerts.as_json(row), int(utc_now().timestamp()))

    def write(session: Session) -> None:
        alerts.mark_delivered(session, number)

    rt.transact(write)


def _mark_failed(rt: Runtime, number: int, reason: str) -> None:
    rt.transact(lambda session: alerts.mark_failed(session, number, reason))
