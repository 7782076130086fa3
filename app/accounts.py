"""Use-cases: users, sign-in, tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from sqlalchemy import bindparam
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select, update

from app.errors import InvalidCredentials, NameTaken, UserNotFound
from app.errors.invalid import wrong_length, wrong_name
from app.models import ApiToken, PasswordLink, Role, User
from app.models.columns import id_of, utc_now
from app.security import hash_password, new_token, password_matches, token_hash

MAX_NAME = 64
MIN_PASSWORD = 8
MAX_PASSWORD = 512
"""Longer ones would only cost hashing time."""
MAX_TOKEN_NAME = 100
MAX_SIGN_INS = 100
"""Of one user. With one more, the browser that was used longest ago is signed out."""
_NOTED_EVERY = timedelta(hours=1)
"""A token's use is written down no more often: a request that reads should not write."""
Hashed = NewType("Hashed", str)
"""What is kept of a password that may be taken."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A fresh token; this is the only time it is seen."""

    user: User
    token: str
    expires_at: datetime


def hashed(password: str) -> Hashed:
    """To be made before a transaction: it takes long, and others wait. Raises InvalidInput."""
    return Hashed(hash_password(checked_password(password)))


def create_user(
    session: Session, name: str, password: Hashed | None, role: Role = Role.LISTENER
) -> User:
    """Add a user. Raises InvalidInput or NameTaken."""
    name = checked_name(name)
    if user_by_name(session, name) is not None:
        raise NameTaken(name=name)
    user = User(name=name, name_key=name_key(name), role=role, password_hash=password)
    session.add(user)
    _flush_name(session, name)
    return user


def set_password(session: Session, name: str, password: Hashed) -> User:
    """Give a user a password, which claims a listener from a file.

    Ends their sign-ins and links. Raises UserNotFound.
    """
    user = user_by_name(session, name)
    if user is None:
        raise UserNotFound(name)
    user.password_hash = password
    session.add(user)
    for row in (ApiToken, PasswordLink):
        session.exec(delete(row).where(col(row.user_id) == id_of(user)))
    return user


def rename(session: Session, user_id: int, name: str) -> User:
    """Raises UserNotFound, InvalidInput or NameTaken."""
    user = session.get(User, user_id)
    if user is None:
        raise UserNotFound(user_id)
    name = checked_name(name)
    other = user_by_name(session, name)
    if other is not None and other.id != user_id:
        raise NameTaken(name=name)
    user.name, user.name_key = name, name_key(name)
    session.add(user)
    _flush_name(session, name)
    return user


def proven(user: User | None, password: str) -> User:
    """The user whose password it is. Raises InvalidCredentials, whatever was wrong."""
    matches = password_matches(password[:MAX_PASSWORD], user.password_hash if user else None)
    if user is None or not matches or user.disabled_at is not None:
        raise InvalidCredentials
    return user


def open_session(
    session: Session, user: User, lifetime: timedelta, token_name: str, *, program: bool = False
) -> SignIn:
    """Give the user a token that expires after `lifetime`; clears away their expired ones."""
    now = utc_now()
    expired = (col(ApiToken.user_id) == id_of(user)) & (col(ApiToken.expires_at) <= now)
    session.exec(delete(ApiToken).where(expired))
    if not program:
        _make_room(session, id_of(user))
    token = new_token()
    row = ApiToken(
        user_id=id_of(user),
        token_hash=token_hash(token),
        name=token_name[:MAX_TOKEN_NAME],
        is_program=program,
        created_at=now,
        last_used_at=None if program else now,
        expires_at=now + lifetime,
    )
    session.add(row)
    session.flush()
    return SignIn(user, token, row.expires_at)


def _make_room(session: Session, user_id: int) -> None:
    """For one more sign-in; those go first that were not used again, as a script's are."""
    mine = (ApiToken.user_id == user_id, col(ApiToken.is_program).is_(False))
    was_used = col(ApiToken.last_used_at) > col(ApiToken.created_at)
    order = (was_used.desc(), col(ApiToken.last_used_at).desc(), col(ApiToken.id).desc())
    numbers = session.exec(select(ApiToken.id).where(*mine).order_by(*order)).all()
    excess = numbers[MAX_SIGN_INS - 1 :]
    if excess:
        session.exec(delete(ApiToken).where(col(ApiToken.id).in_(excess)))


def close_session(session: Session, token: str) -> None:
    """Revoke a token; nothing happens if it is none."""
    session.exec(delete(ApiToken).where(col(ApiToken.token_hash) == token_hash(token)))


def remove_expired_tokens(session: Session) -> int:
    """How many were removed."""
    expired = delete(ApiToken).where(col(ApiToken.expires_at) <= utc_now())
    return session.exec(expired).rowcount


_OWNER = (
    select(User, ApiToken.last_used_at)
    .join(ApiToken, col(ApiToken.user_id) == col(User.id))
    .where(ApiToken.token_hash == bindparam("hash"), col(ApiToken.expires_at) > bindparam("now"))
    .where(col(User.disabled_at).is_(None))
)
"""Built once: every request asks it."""


def owner_of_token(session: Session, token: str) -> tuple[User, bool] | None:
    """The user whose valid token this is, and whether its use is to be written down again."""
    now = utc_now()
    found = session.exec(_OWNER, params={"hash": token_hash(token), "now": now}).one_or_none()
    if found is None:
        return None
    user, last_used_at = found
    return user, last_used_at is None or last_used_at <= now - _NOTED_EVERY


def note_use(session: Session, token: str) -> None:
    """Write down that a token was used just now."""
    mine = col(ApiToken.token_hash) == token_hash(token)
    session.exec(update(ApiToken).where(mine).values(last_used_at=utc_now()))


def _flush_name(session: Session, name: str) -> None:
    """Two may ask for one name at the same moment: the key's uniqueness decides."""
    try:
        session.flush()
    except IntegrityError as error:
        raise NameTaken(name=name) from error


def user_by_name(session: Session, name: str) -> User | None:
    return session.exec(select(User).where(User.name_key == name_key(name))).one_or_none()


def users_by_id(session: Session, ids: Sequence[int]) -> list[User | None]:
    """Users in the order of `ids`, None where there is none."""
    found = session.exec(select(User).where(col(User.id).in_(ids))).all()
    by_id = {user.id: user for user in found}
    return [by_id.get(user_id) for user_id in ids]


def name_key(name: str) -> str:
    """Of any text, also one that no user can have as a name."""
    key = name.strip().casefold()[: 2 * MAX_NAME]
    return key.encode("utf-8", "replace").decode()


def checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise wrong_name("name", name, MAX_NAME)
    return name


def checked_password(password: str) -> str:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise wrong_length("password", len(password), MIN_PASSWORD, MAX_PASSWORD)
    return password
