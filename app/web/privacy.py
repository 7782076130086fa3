"""The record of listening paused, everything downloaded, the account deleted."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from app import erasing, exporting, listening
from app.access import COOKIE
from app.errors import InvalidCredentials, PyTuneError, RateLimited
from app.state import State
from app.users import LastAdministrator
from app.web.door import Asking, Here, Listener
from app.web.errors import status_of
from app.web.render import page

router = APIRouter()


@router.post("/settings/record")
def pause(state: Here, viewer: Listener, *, paused: Annotated[bool, Form()] = False) -> Response:
    state.database.transact(lambda session: listening.set_paused(session, viewer.id, paused=paused))
    return RedirectResponse("/settings#privacy", 303)


@router.get("/settings/export")
def export(state: Here, viewer: Listener) -> Response:
    """Everything about the viewer, written to the browser while it is read."""
    headers = {"Content-Disposition": 'attachment; filename="pytune-export.json"'}
    pieces = _exported(state, viewer.id)
    return StreamingResponse(pieces, media_type="application/json", headers=headers)


@router.get("/settings/delete")
def deletion(request: Request, viewer: Listener) -> Response:
    return page(request, viewer, "settings/delete.html", {"problem": None})


@router.post("/settings/delete")
def delete(
    request: Request,
    state: Here,
    viewer: Listener,
    caller: Asking,
    password: Annotated[str, Form()] = "",
) -> Response:
    try:
        state.access.check_password(caller, viewer.name, password)
        erasing.leave(state.database, state.settings, viewer.id)
    except (InvalidCredentials, RateLimited, LastAdministrator) as problem:
        return _refused(request, viewer, problem)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(
        COOKIE, path="/", secure=state.settings.secure_cookies, httponly=True, samesite="lax"
    )
    return response


def _refused(request: Request, viewer: Listener, problem: PyTuneError) -> Response:
    status = status_of(problem)
    return page(request, viewer, "settings/delete.html", {"problem": problem}, status)


def _exported(state: State, user_id: int) -> Iterator[bytes]:
    with state.database.read() as session:
        yield from exporting.export(session, user_id)
