"""Use-case: delete an account with everything that was derived from it."""

from sqlmodel import Session, col, delete

from app import users
from app.models import ExternalId, ExternalKind, User


def delete_account(session: Session, user_id: int) -> None:
    """The user and, by the tables' own rules, listens, sums, lists, playlists and sign-ins.

    Models hold no listener, so none has to be searched. Raises UserNotFound; LastAdministrator
    where nobody would be left to administer.
    """
    users.disable(session, user_id)
    known_as = (col(ExternalId.kind) == ExternalKind.USER, col(ExternalId.our_id) == user_id)
    session.exec(delete(ExternalId).where(*known_as))
    session.exec(delete(User).where(col(User.id) == user_id))
