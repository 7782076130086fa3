"""The record of corrections, for administrators: who did what, the newest first."""

from fastapi import APIRouter, Request, Response

from app import editing
from app.models.columns import id_of
from app.web.door import Administrator, Here
from app.web.models import Before
from app.web.render import page

_SHOWN = 50

router = APIRouter()


@router.get("/admin/edits")
def edits_page(
    request: Request, state: Here, viewer: Administrator, before: Before = None
) -> Response:
    with state.database.read() as session:
        found = editing.edits(session, _SHOWN + 1, before)
    shown = {
        "edits": found[:_SHOWN],
        "further": id_of(found[_SHOWN - 1].row) if len(found) > _SHOWN else None,
        "is_first": before is None,
    }
    return page(request, viewer, "editing/edits.html", shown)
