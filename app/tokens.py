"""Use-cases: the tokens of a user, each a browser that is signed in or a program with a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, delete, select

from app.accounts import MAX_TOKEN_NAME, Hashed, SignIn, open_session
from app.errors import InvalidInput, InvalidReason, Missing, MissingKind, UserNotFound
from app.errors.invalid import out_of_range, wrong_name
from app.models import ApiToken, PasswordLink, User
from app.models.columns import utc_now
from app.security import token_hash

MAX_DAYS = 366
"""A program's token that nobody renews ends within about a year."""
MAX_OF_PROGRAMS = 100
"""Valid ones of one user."""


class TokenNotFound(Missing):
    kind = MissingKind.TOKEN


@dataclass(frozen=True, slots=True)
class OwnToken:
    """A token as its owner sees it: never the secret itself."""

    row: ApiToken
    is_current: bool
    """Whether it is the one that asks."""


def create(session: Session, user_id: int, name: str, days: int) -> SignIn:
    """A token with a name of its own. Raises InvalidInput."""
    name = name.strip()
    if not name or len(name) > MAX_TOKEN_NAME or not name.isprintable():
        raise wrong_name("name", name, MAX_TOKEN_NAME)
    if not 1 <= days <= MAX_DAYS:
        raise out_of_range("expiresInDays", days, 1, MAX_DAYS)
    if _count_of_programs(session, user_id) >= MAX_OF_PROGRAMS:
        problem = f"{MAX_OF_PROGRAMS} tokens are the most: revoke one first"
        raise InvalidInput("name", problem, InvalidReason.TOO_MANY, most=MAX_OF_PROGRAMS)
    return open_session(session, _user(session, user_id), timedelta(days=days), name, program=True)


def of_user(
    session: Session,
    user_id: int,
    current: str | None,
    first: int | None = None,
    before: int | None = None,
) -> list[OwnToken]:
    """Those that are valid, newest first, those before a number; all of them by default."""
    statement = select(ApiToken).where(*_valid(user_id)).order_by(col(ApiToken.id).desc())
    if before is not None:
        statement = statement.where(col(ApiToken.id) < before)
    mine = token_hash(current) if current else None
    rows = session.exec(statement.limit(first))
    return [OwnToken(row, row.token_hash == mine) for row in rows]


def count(session: Session, user_id: int) -> int:
    """How many are valid."""
    valid = select(func.count()).select_from(ApiToken).where(*_valid(user_id))
    return session.exec(valid).one()


def by_id(
    session: Session, user_id: int, ids: Sequence[int], current: str | None
) -> list[OwnToken | None]:
    """The user's tokens in the order of `ids`; None for another's, or one that has ended."""
    found = {one.row.id: one for one in of_user(session, user_id, current)}
    return [found.get(number) for number in ids]


def revoke(session: Session, user_id: int, number: int, current: str | None) -> OwnToken:
    """End one token of the user's. Raises TokenNotFound."""
    (found,) = by_id(session, user_id, [number], current)
    if found is None:
        raise TokenNotFound(number)
    session.delete(found.row)
    return found


def revoke_all(session: Session, user_id: int, keep: str | None = None) -> int:
    """End every token of the user's but the one to keep; how many valid ones were ended."""
    ended = [one for one in of_user(session, user_id, keep) if not one.is_current]
    mine = col(ApiToken.user_id) == user_id
    kept = col(ApiToken.token_hash) != token_hash(keep or "")
    session.exec(delete(ApiToken).where(mine, kept))
    return len(ended)


def end_sign_ins(session: Session, user_id: int, keep: str | None) -> None:
    """Sign the user's browsers out, but for the one to keep; programs keep their tokens."""
    browsers = (col(ApiToken.user_id) == user_id, col(ApiToken.is_program).is_(False))
    kept = col(ApiToken.token_hash) != token_hash(keep or "")
    session.exec(delete(ApiToken).where(*browsers, kept))


def change_password(session: Session, user_id: int, password: Hashed, keep: str | None) -> None:
    """Give a new password; end links to set one, and every token but the one to keep."""
    user = _user(session, user_id)
    user.password_hash = password
    session.add(user)
    session.exec(delete(PasswordLink).where(col(PasswordLink.user_id) == user_id))
    revoke_all(session, user_id, keep)


def _count_of_programs(session: Session, user_id: int) -> int:
    of_programs = (*_valid(user_id), col(ApiToken.is_program).is_(True))
    return session.exec(select(func.count()).select_from(ApiToken).where(*of_programs)).one()


def _valid(user_id: int) -> tuple[ColumnElement[bool], ...]:
    return col(ApiToken.user_id) == user_id, col(ApiToken.expires_at) > utc_now()


def _user(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise UserNotFound(user_id)
    return user
