"""Use-cases of administrators: who there is, invitations, resets, roles, who may sign in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, func, true
from sqlmodel import Session, col, delete, select

from app import accounts
from app.errors import PyTuneError, UserNotFound
from app.errors.invalid import wrong_state
from app.models import ApiToken, PasswordLink, Role, User
from app.models.columns import id_of, utc_now
from app.security import new_token, token_hash
from app.turns import ADMINISTRATORS, take_turn

MAX_SEARCH = 64


class LastAdministrator(PyTuneError):
    code = "last_administrator"
    template = "{name!r} is the only administrator who can sign in: make another one first."


class LinkInvalid(PyTuneError):
    code = "link_invalid"
    template = (
        "The link was used, has expired or was replaced: ask an administrator for another one."
    )


class UserState(StrEnum):
    ACTIVE = "active"
    INVITED = "invited"
    UNCLAIMED = "unclaimed"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Account:
    """A user, and when the link that waits for them, if any, expires."""

    user: User
    link_expires_at: datetime | None

    @property
    def state(self) -> UserState:
        if self.user.disabled_at is not None:
            return UserState.DISABLED
        if self.user.password_hash is not None:
            return UserState.ACTIVE
        return UserState.INVITED if self.link_expires_at else UserState.UNCLAIMED


@dataclass(frozen=True, slots=True)
class Link:
    """A fresh link; this is the only time its token is seen."""

    account: Account
    token: str
    expires_at: datetime


def users(
    session: Session, first: int, before_id: int | None = None, search: str = ""
) -> list[Account]:
    """Newest first; with `search` those whose name holds it, whatever the case."""
    statement = (
        select(User, PasswordLink.expires_at)
        .outerjoin(PasswordLink, _waiting())
        .where(_named(search))
        .order_by(col(User.id).desc())
        .limit(first)
    )
    if before_id is not None:
        statement = statement.where(col(User.id) < before_id)
    return [Account(user, expires_at) for user, expires_at in session.exec(statement)]


def count_users(session: Session, search: str = "") -> int:
    return session.exec(select(func.count()).select_from(User).where(_named(search))).one()


def account(session: Session, user_id: int) -> Account:
    """Raises UserNotFound."""
    statement = (
        select(User, PasswordLink.expires_at)
        .outerjoin(PasswordLink, _waiting())
        .where(User.id == user_id)
    )
    found = session.exec(statement).one_or_none()
    if found is None:
        raise UserNotFound(user_id)
    return Account(*found)


def invite(session: Session, name: str, role: Role, by: str, lifetime: timedelta) -> Link:
    """Add a user who picks a password by a link. Raises InvalidInput or NameTaken."""
    user = accounts.create_user(session, name, None, role)
    return make_link(session, id_of(user), by, lifetime)


def make_link(session: Session, user_id: int, by: str, lifetime: timedelta) -> Link:
    """A link to pick a first or another password; an older one of theirs ends.

    Raises UserNotFound, or InvalidInput where the user is disabled.
    """
    user = _locked(session, user_id)
    if user.disabled_at is not None:
        raise wrong_state("userId", f"{user.name} is disabled: enable them first", "disabled")
    _drop_link(session, user_id)
    token, expires_at = new_token(), utc_now() + lifetime
    row = PasswordLink(
        user_id=user_id, token_hash=token_hash(token), created_by=by, expires_at=expires_at
    )
    session.add(row)
    session.flush()
    return Link(Account(user, expires_at), token, expires_at)


def user_of_link(session: Session, token: str) -> User:
    """Whose link it is. Raises LinkInvalid where it was used, replaced, or has expired."""
    statement = (
        select(User)
        .join(PasswordLink, _waiting())
        .where(PasswordLink.token_hash == token_hash(token), col(User.disabled_at).is_(None))
    )
    user = session.exec(statement).one_or_none()
    if user is None:
        raise LinkInvalid
    return user


def use_link(session: Session, token: str, password: accounts.Hashed) -> User:
    """Give whose link it is that password, once, and end their sign-ins. Raises LinkInvalid."""
    user = _locked(session, id_of(user_of_link(session, token)))
    user_of_link(session, token)  # another may have used it while this one waited for the row
    user.password_hash = password
    session.add(user)
    _drop_link(session, id_of(user))
    _sign_out(session, id_of(user))
    return user


def set_role(session: Session, user_id: int, role: Role) -> Account:
    """Raises UserNotFound, or LastAdministrator for the only one."""
    take_turn(session, ADMINISTRATORS)
    user = _locked(session, user_id)
    if role is not Role.ADMINISTRATOR:
        _keep_an_administrator(session, user)
    user.role = role
    session.add(user)
    session.flush()
    return account(session, user_id)


def disable(session: Session, user_id: int) -> Account:
    """Let them in no more, and end what they are signed in with.

    Raises UserNotFound, or LastAdministrator for the only one.
    """
    take_turn(session, ADMINISTRATORS)
    user = _locked(session, user_id)
    _keep_an_administrator(session, user)
    user.disabled_at = user.disabled_at or utc_now()
    session.add(user)
    _drop_link(session, user_id)
    _sign_out(session, user_id)
    session.flush()
    return account(session, user_id)


def enable(session: Session, user_id: int) -> Account:
    """Let them in again, with the password they had. Raises UserNotFound."""
    user = _locked(session, user_id)
    user.disabled_at = None
    session.add(user)
    session.flush()
    return account(session, user_id)


def remove_expired_links(session: Session) -> int:
    """How many were removed."""
    expired = delete(PasswordLink).where(col(PasswordLink.expires_at) <= utc_now())
    return session.exec(expired).rowcount


def _keep_an_administrator(session: Session, leaving: User) -> None:
    """Raises LastAdministrator where nobody else could sign in as one."""
    able = (
        (col(User.role) == Role.ADMINISTRATOR)
        & col(User.disabled_at).is_(None)
        & col(User.password_hash).is_not(None)
    )
    ids: Sequence[int | None] = session.exec(select(User.id).where(able)).all()
    if list(ids) == [leaving.id]:
        raise LastAdministrator(name=leaving.name)


def _locked(session: Session, user_id: int) -> User:
    """The row as it is now, and as it stays until the transaction ends."""
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise UserNotFound(user_id)
    return user


def _drop_link(session: Session, user_id: int) -> None:
    session.exec(delete(PasswordLink).where(col(PasswordLink.user_id) == user_id))


def _sign_out(session: Session, user_id: int) -> None:
    session.exec(delete(ApiToken).where(col(ApiToken.user_id) == user_id))


def _waiting() -> ColumnElement[bool]:
    """Their link, unless it has expired."""
    return (col(PasswordLink.user_id) == col(User.id)) & (col(PasswordLink.expires_at) > utc_now())


def _named(search: str) -> ColumnElement[bool]:
    key = accounts.name_key(search[:MAX_SEARCH])
    return col(User.name_key).contains(key, autoescape=True) if key else true()
