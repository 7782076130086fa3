"""Settings: the language of the pages, the time zone, and the way to all else of one's own."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app import preferences, tokens
from app.access import Caller, Viewer
from app.state import State
from app.web import texts
from app.web.door import Asking, Here, Listener
from app.web.render import from_htmx, page

router = APIRouter()

_NO_OUTCOME = {
    "made": None,
    "made_name": "",
    "token_problem": None,
    "token_name": "",
    "password_problem": None,
    "password_changed": False,
}

Text = Annotated[str, Form(max_length=64)]


@router.get("/settings")
def settings(request: Request, state: Here, viewer: Listener, caller: Asking) -> Response:
    return settings_page(request, state, viewer, caller)


def settings_page(
    request: Request,
    state: State,
    viewer: Viewer,
    caller: Caller,
    outcome: Mapping[str, Any] = MappingProxyType({}),
    status: int = 200,
) -> Response:
    """The page, with what came of a form of it."""
    with state.database.read() as session:
        own = tokens.of_user(session, viewer.id, caller.token)
    shown = {
        "address": str(request.base_url).rstrip("/"),
        "languages": {"en": "English", "fr": "Français"},
        "time_zones": preferences.time_zones(),
        "sign_ins": [one for one in own if not one.row.is_program],
        "programs": [one for one in own if one.row.is_program],
    }
    return page(
        request, viewer, "settings/settings.html", _NO_OUTCOME | shown | dict(outcome), status
    )


@router.post("/settings/preferences")
def set_preferences(
    request: Request, state: Here, viewer: Listener, language: Text = "", time_zone: Text = ""
) -> Response:
    """Nothing chosen leaves it to the browser."""
    state.database.transact(
        lambda session: preferences.set_preferences(
            session, viewer.id, language or None, time_zone or None
        )
    )
    spoken = language or texts.preferred(request.headers.get("accept-language", ""))
    if from_htmx(request) and spoken != texts.language_of(request):
        # Player and menus stand outside of what is swapped: they speak it when all is loaded anew.
        return Response(status_code=204, headers={"HX-Redirect": "/settings"})
    return RedirectResponse("/settings", 303)


@router.post("/settings/time-zone", status_code=204)
def note_time_zone(state: Here, viewer: Listener, time_zone: Text) -> None:
    """What the browser's clock says, which counts where nothing was chosen."""
    state.database.transact(
        lambda session: preferences.note_time_zone(session, viewer.id, time_zone)
    )
