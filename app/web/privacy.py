"""The record of listening paused, everything downloaded, the account deleted."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from app import erasing, exporting, listening
from app.errors import InvalidCredentials, PyTuneError, RateLimited
from app.importing.errors import StorageFull
from app.state import State
from app.users import LastAdministrator
from app.web.accounts import take_cookie
from app.web.door import Asking, Here, Listener, hashing
from app.web.errors import status_of
from app.web.render import page

_PIECE = 2**16
"""Bytes."""

router = APIRouter()


@router.post("/settings/record")
def pause(state: Here, viewer: Listener, *, paused: Annotated[bool, Form()] = False) -> Response:
    state.database.transact(lambda session: listening.set_paused(session, viewer.id, paused=paused))
    return RedirectResponse("/settings#privacy", 303)


@router.get(exporting.PATH)
def export(state: Here, viewer: Listener) -> Response:
    """Everything about the viewer. However slowly it is read, the database waits for nobody."""
    file = _exported(state, viewer.id)
    headers = {
        "Content-Disposition": 'attachment; filename="pytune-export.json"',
        "Content-Length": str(file.seek(0, os.SEEK_END)),
    }
    return StreamingResponse(_pieces(file), media_type="application/json", headers=headers)


@router.get("/settings/delete")
def deletion(request: Request, viewer: Listener) -> Response:
    return page(request, viewer, "settings/delete.html", {"problem": None})


@router.post("/settings/delete")
@hashing
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
    take_cookie(request, response)
    return response


def _refused(request: Request, viewer: Listener, problem: PyTuneError) -> Response:
    status = status_of(problem)
    return page(request, viewer, "settings/delete.html", {"problem": problem}, status)


def _exported(state: State, user_id: int) -> IO[bytes]:
    """A file that is gone with whoever holds it. Raises StorageFull."""
    with ExitStack() as stack, state.database.read() as session:
        try:
            file = stack.enter_context(tempfile.TemporaryFile(dir=state.settings.folder))
            file.writelines(exporting.export(session, user_id))
            file.flush()
        except OSError as error:
            raise StorageFull(reason=error.strerror) from error
        stack.pop_all()
    return file


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece
