"""Sign in and out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from app.access import COOKIE, retry_after
from app.accounts import SignIn
from app.errors import InvalidCredentials, PyTuneError, RateLimited
from app.models.columns import utc_now
from app.state import State
from app.web.devices import device_of
from app.web.door import Asking, Here, Visitor, hashing, local_path, visitor
from app.web.errors import status_of
from app.web.render import page

router = APIRouter(dependencies=[Depends(visitor)])

Onward = Annotated[str | None, Query(alias="next")]
OnwardField = Annotated[str | None, Form(alias="next")]
Text = Annotated[str, Form()]


@router.get("/login")
def sign_in_page(request: Request, found: Visitor, onward: Onward = None) -> Response:
    if found is not None:
        return RedirectResponse(local_path(onward), 303)
    return _form(request, onward)


@router.post("/login")
@hashing
def sign_in(
    request: Request,
    state: Here,
    caller: Asking,
    name: Text = "",
    password: Text = "",
    onward: OnwardField = None,
) -> Response:
    device = device_of(request.headers.get("user-agent", ""))
    try:
        made = state.access.sign_in(caller, name, password, device)
    except (InvalidCredentials, RateLimited) as problem:
        return _form(request, onward, name, problem)
    response = RedirectResponse(local_path(onward), 303)
    give_cookie(request, response, made)
    return response


@router.post("/logout")
def sign_out(request: Request, state: Here, caller: Asking) -> Response:
    state.access.sign_out(caller)
    response = RedirectResponse("/login", 303)
    take_cookie(request, response)
    return response


def _form(
    request: Request, onward: str | None, name: str = "", problem: PyTuneError | None = None
) -> Response:
    status = status_of(problem)
    shown = {"onward": local_path(onward), "name": name, "problem": problem}
    answer = page(request, None, "accounts/login.html", shown, status)
    if problem is not None:
        answer.headers.update(retry_after(problem))
    return answer


def give_cookie(request: Request, response: Response, made: SignIn) -> None:
    response.set_cookie(
        COOKIE,
        made.token,
        max_age=int((made.expires_at - utc_now()).total_seconds()),
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite="lax",
    )


def take_cookie(request: Request, response: Response) -> None:
    response.delete_cookie(
        COOKIE, path="/", secure=_is_secure(request), httponly=True, samesite="lax"
    )


def _is_secure(request: Request) -> bool:
    """Whether the cookie is for https alone: by the setting, or as it came that way."""
    state: State = request.state.pytune
    return state.settings.secure_cookies or request.url.scheme == "https"
