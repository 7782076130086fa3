"""Where a link from an administrator leads: picking a password, once."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from app import accounts, listening, users
from app.accounts import SignIn
from app.errors import InvalidInput, PyTuneError
from app.models import User
from app.models.columns import id_of
from app.state import State
from app.users import LinkInvalid
from app.web.accounts import give_cookie
from app.web.devices import device_of
from app.web.door import Here, hashing, visitor
from app.web.errors import status_of
from app.web.render import page

router = APIRouter(dependencies=[Depends(visitor)])

Token = Annotated[str, Path(max_length=100)]
Password = Annotated[str, Form()]


@router.get("/invitations/{token}")
def invitation(request: Request, state: Here, token: Token) -> Response:
    """Looking uses nothing up: chats fetch links to show what is behind them."""
    return _form(request, state, token)


@router.post("/invitations/{token}")
@hashing
def pick_password(request: Request, state: Here, token: Token, password: Password = "") -> Response:
    """They are signed in at once; whoever has played nothing yet begins with picking artists."""
    lifetime = timedelta(days=state.settings.session_days)

    device = device_of(request.headers.get("user-agent", ""))

    def use(session: Session) -> tuple[SignIn, int]:
        user = users.use_link(session, token, hashed)
        heard = listening.count_listens(session, id_of(user))
        return accounts.open_session(session, user, lifetime, device), heard

    try:
        with state.database.read() as session:
            users.user_of_link(session, token)  # nothing is hashed for a link that is none
        hashed = accounts.hashed(password)
        made, heard = state.database.transact(use)
    except (LinkInvalid, InvalidInput) as problem:
        return _form(request, state, token, problem)
    response = RedirectResponse("/" if heard else "/welcome", 303)
    give_cookie(request, response, made)
    return response


def _form(
    request: Request, state: State, token: str, problem: PyTuneError | None = None
) -> Response:
    user: User | None = None
    try:
        with state.database.read() as session:
            user = users.user_of_link(session, token)
    except LinkInvalid as gone:
        problem = gone
    shown = {"user": user, "problem": problem}
    response = page(request, None, "invitations/invitation.html", shown, status_of(problem))
    # The address lets in whoever has it: no other site should be told.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
