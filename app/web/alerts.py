"""Alerts, for administrators: what was found, and who has seen it."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app import alerts
from app.models.columns import id_of
from app.web.door import Administrator, Here, Id
from app.web.models import Before
from app.web.render import page

_SHOWN = 20
_WAITING = 100

router = APIRouter()


@router.get("/admin/alerts")
def alerts_page(
    request: Request, state: Here, viewer: Administrator, before: Before = None
) -> Response:
    with state.database.read() as session:
        waiting = alerts.alerts(session, _WAITING, acknowledged=False)
        seen = alerts.alerts(session, _SHOWN + 1, before, acknowledged=True)
        delivery = alerts.delivery(session, state.settings)
    shown = {
        "waiting": waiting if before is None else [],
        "seen": seen[:_SHOWN],
        "further": id_of(seen[_SHOWN - 1]) if len(seen) > _SHOWN else None,
        "is_first": before is None,
        "delivery": delivery,
    }
    return page(request, viewer, "alerts/alerts.html", shown)


@router.post("/admin/alerts/{alert_id}/acknowledge")
def acknowledge(state: Here, viewer: Administrator, alert_id: Id) -> Response:
    """Seen by two at once, the first stays on record."""
    state.database.transact(lambda session: alerts.acknowledge(session, alert_id, viewer.name))
    return RedirectResponse("/admin/alerts", 303)
