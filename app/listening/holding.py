"""One writer at a time to what is known of a listener."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from app.models import User


def hold(session: Session, user_id: int) -> datetime | None:
    """Keep other listens of the listener out until the end; since when the record is paused.

    Each insert shares a lock on its listener's row, through the foreign key. On SQLite writers
    take turns anyway.
    """
    return session.connection().execute(_HELD, {"held": user_id}).scalar()


def hold_all(session: Session, user_ids: Iterable[int]) -> None:
    """As `hold`, of many listeners: always in the order of their numbers, lest two wait in turn."""
    users = select_columns(col(User.id)).where(col(User.id).in_(sorted(user_ids)))
    session.connection().execute(users.order_by(col(User.id)).with_for_update()).all()


_HELD = (
    select_columns(col(User.paused_at)).where(col(User.id) == bindparam("held")).with_for_update()
)
"""Built once: that takes longer than to execute it."""
