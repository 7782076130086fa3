"""Settings: the language of the pages, the time zone, and the way to all else of one's own."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app import listening, preferences
from app.web.door import Here, Listener
from app.web.render import page

router = APIRouter()

Text = Annotated[str, Form(max_length=64)]


@router.get("/settings")
def settings(request: Request, state: Here, viewer: Listener) -> Response:
    with state.database.read() as session:
        paused = listening.is_paused(session, viewer.id)
    shown = {
        "paused": paused,
        "languages": {"en": "English", "fr": "Français"},
        "time_zones": preferences.time_zones(),
    }
    return page(request, viewer, "settings/settings.html", shown)


@router.post("/settings/preferences")
def set_preferences(
    state: Here, viewer: Listener, language: Text = "", time_zone: Text = ""
) -> Response:
    """Nothing chosen leaves it to the browser."""
    state.database.transact(
        lambda session: preferences.set_preferences(
            session, viewer.id, language or None, time_zone or None
        )
    )
    return RedirectResponse("/settings", 303)


@router.post("/settings/time-zone", status_code=204)
def note_time_zone(state: Here, viewer: Listener, time_zone: Text) -> None:
    """What the browser's clock says, kept where nothing was chosen."""
    state.database.transact(
        lambda session: preferences.note_time_zone(session, viewer.id, time_zone)
    )
