"""Users, for administrators: who there is, inviting, resetting, roles, who may sign in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from app import accounts, users
from app.access import Viewer
from app.errors import PyTuneError
from app.models import Role
from app.models.columns import id_of
from app.state import State
from app.users import Account, Link
from app.web.door import Administrator, Here, Id, hashing
from app.web.errors import status_of
from app.web.models import Before
from app.web.render import page

_SHOWN = 50

router = APIRouter()

Search = Annotated[str, Query(alias="q")]
Text = Annotated[str, Form()]
Rank = Annotated[Role, Form()]


@router.get("/admin/users")
def users_page(
    request: Request,
    state: Here,
    viewer: Administrator,
    search: Search = "",
    before: Before = None,
) -> Response:
    return _list(request, state, viewer, search, before)


@router.post("/admin/users")
@hashing
def add(
    request: Request,
    state: Here,
    viewer: Administrator,
    name: Text = "",
    password: Text = "",
    role: Rank = Role.LISTENER,
) -> Response:
    """With a password they can sign in at once; without one they pick it by a link."""

    def invite(session: Session) -> Link:
        return users.invite(session, name, role, viewer.name, _lifetime(state))

    def create(session: Session) -> int:
        return id_of(accounts.create_user(session, name, hashed, role))

    try:
        if password:
            hashed = accounts.hashed(password)
            return RedirectResponse(f"/admin/users/{state.database.transact(create)}", 303)
        link = state.database.transact(invite)
    except PyTuneError as problem:
        return _list(request, state, viewer, problem=problem, name=name)
    return _one(request, viewer, link.account, link=link)


@router.get("/admin/users/{user_id}")
def user_page(request: Request, state: Here, viewer: Administrator, user_id: Id) -> Response:
    with state.database.read() as session:
        found = users.account(session, user_id)
    return _one(request, viewer, found)


@router.post("/admin/users/{user_id}/link")
def make_link(request: Request, state: Here, viewer: Administrator, user_id: Id) -> Response:
    def make(session: Session) -> Link:
        return users.make_link(session, user_id, viewer.name, _lifetime(state))

    try:
        link = state.database.transact(make)
    except PyTuneError as problem:
        return _refused(request, state, viewer, user_id, problem)
    return _one(request, viewer, link.account, link=link)


@router.post("/admin/users/{user_id}/role")
def set_role(
    request: Request, state: Here, viewer: Administrator, user_id: Id, role: Rank
) -> Response:
    return _change(
        request, state, viewer, user_id, lambda session: users.set_role(session, user_id, role)
    )


@router.post("/admin/users/{user_id}/disable")
def disable(request: Request, state: Here, viewer: Administrator, user_id: Id) -> Response:
    return _change(request, state, viewer, user_id, lambda session: users.disable(session, user_id))


@router.post("/admin/users/{user_id}/enable")
def enable(request: Request, state: Here, viewer: Administrator, user_id: Id) -> Response:
    return _change(request, state, viewer, user_id, lambda session: users.enable(session, user_id))


def _change(
    request: Request,
    state: State,
    viewer: Viewer,
    user_id: int,
    change: Callable[[Session], Account],
) -> Response:
    try:
        state.database.transact(change)
    except PyTuneError as problem:
        return _refused(request, state, viewer, user_id, problem)
    return RedirectResponse(f"/admin/users/{user_id}", 303)


def _list(
    request: Request,
    state: State,
    viewer: Viewer,
    search: str = "",
    before: int | None = None,
    problem: PyTuneError | None = None,
    name: str = "",
) -> Response:
    search = search.strip()[: users.MAX_SEARCH]
    with state.database.read() as session:
        found = users.users(session, _SHOWN + 1, before, search)
        count = users.count_users(session, search)
    shown = {
        "accounts": found[:_SHOWN],
        "count": count,
        "further": found[_SHOWN - 1].user.id if len(found) > _SHOWN else None,
        "search": search,
        "is_first": before is None,
        "problem": problem,
        "name": name,
    }
    return page(request, viewer, "users/users.html", shown, status_of(problem))


def _refused(
    request: Request, state: State, viewer: Viewer, user_id: int, problem: PyTuneError
) -> Response:
    """Raises UserNotFound."""
    with state.database.read() as session:
        found = users.account(session, user_id)
    return _one(request, viewer, found, problem=problem)


def _one(
    request: Request,
    viewer: Viewer,
    account: Account,
    *,
    link: Link | None = None,
    problem: PyTuneError | None = None,
) -> Response:
    address = f"{request.base_url}invitations/{link.token}" if link else None
    shown = {"account": account, "address": address, "problem": problem}
    return page(request, viewer, "users/user.html", shown, status_of(problem))


def _lifetime(state: State) -> timedelta:
    return timedelta(hours=state.settings.password_link_hours)
