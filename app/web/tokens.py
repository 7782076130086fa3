"""Where one is signed in, tokens for programs, and another password."""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app import accounts, tokens
from app.errors import InvalidCredentials, InvalidInput, RateLimited
from app.tokens import TokenNotFound
from app.web.door import Asking, Here, Id, Listener, hashing
from app.web.errors import status_of
from app.web.preferences import settings_page

router = APIRouter()

Text = Annotated[str, Form()]
Days = Annotated[int, Form()]


@router.post("/settings/tokens")
def create(
    request: Request, state: Here, viewer: Listener, caller: Asking, name: Text = "", days: Days = 0
) -> Response:
    """The page with the token on it, this once."""
    try:
        made = state.database.transact(
            lambda session: tokens.create(session, viewer.id, name, days)
        )
    except InvalidInput as problem:
        shown = {"token_problem": problem, "token_name": name}
        return settings_page(request, state, viewer, caller, shown, status_of(problem))
    return settings_page(request, state, viewer, caller, {"made": made, "made_name": name.strip()})


@router.post("/settings/tokens/{token_id}/revoke")
def revoke(state: Here, viewer: Listener, caller: Asking, token_id: Id) -> Response:
    """Of a program's token, or of a browser that is signed in; one that is gone is as good."""
    with suppress(TokenNotFound):
        state.database.transact(
            lambda session: tokens.revoke(session, viewer.id, token_id, caller.token)
        )
    return RedirectResponse("/settings", 303)


@router.post("/settings/sign-out-elsewhere")
def sign_out_elsewhere(state: Here, viewer: Listener, caller: Asking) -> Response:
    """Every browser but this one; programs keep their tokens."""
    state.database.transact(
        lambda session: tokens.end_sign_ins(session, viewer.id, keep=caller.token)
    )
    return RedirectResponse("/settings", 303)


@router.post("/settings/password")
@hashing
def change_password(
    request: Request,
    state: Here,
    viewer: Listener,
    caller: Asking,
    current: Text = "",
    password: Text = "",
) -> Response:
    """Every other browser and program has to sign in again."""
    try:
        accounts.checked_password(password)
        state.access.check_password(caller, viewer.name, current)
        new = accounts.hashed(password)
        state.database.transact(
            lambda session: tokens.change_password(session, viewer.id, new, caller.token)
        )
    except (InvalidCredentials, InvalidInput, RateLimited) as problem:
        shown = {"password_problem": problem}
        return settings_page(request, state, viewer, caller, shown, status_of(problem))
    return settings_page(request, state, viewer, caller, {"password_changed": True})
