"""A listener's listens one by one, the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import Select, and_, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session

from app.listening.tables import EVENTS, USER_ITEMS
from app.models import EventKind, Feedback

_SAID_BY = {Feedback.LOVED: EventKind.LOVE, Feedback.DISLIKED: EventKind.DISLIKE}


@dataclass(frozen=True, slots=True)
class PastListen:
    """A listen of the record."""

    id: int
    track_id: int
    listened_at: datetime | None
    """None where its source had no time; such ones come last."""
    plays: int
    seconds_played: int | None
    source: str

    @property
    def moment(self) -> "Moment":
        return Moment.of(self.listened_at, self.id)


@dataclass(frozen=True, slots=True)
class Moment:
    """Keyset position in the history: what is added while somebody reads on shifts nothing."""

    seconds: int
    """POSIX time; 0 for a listen without one, since none is from 1970."""
    id: int

    @classmethod
    def of(cls, listened_at: datetime | None, event_id: int) -> Self:
        return cls(int(listened_at.timestamp()) if listened_at else 0, event_id)

    @property
    def time(self) -> datetime | None:
        return datetime.fromtimestamp(self.seconds, UTC) if self.seconds else None


@dataclass(frozen=True, slots=True)
class Rated:
    """A track that the listener loves or dislikes; a keyset position among these."""

    said: int
    """The number of the event by which they last said so."""
    track_id: int


def history(
    session: Session,
    user_id: int,
    first: int,
    after: Moment | None = None,
) -> list[PastListen]:
    """The listens behind a moment, the newest first."""
    columns = EVENTS.c
    statement = _listens(user_id)
    if after is not None:
        statement = statement.where(_behind(after))
    statement = statement.order_by(columns.occurred_at.desc(), columns.id.desc()).limit(first)
    return [_past_listen(row) for row in session.connection().execute(statement)]


def dated_history(
    session: Session, user_id: int, first: int, before: datetime, since: datetime | None = None
) -> list[PastListen]:
    """The last listens before a time or, with `since`, the first ones after that; newest first."""
    at, number = EVENTS.c.occurred_at, EVENTS.c.id
    statement = _listens(user_id).where(at < before).limit(first)
    if since is None:
        newest = statement.order_by(at.desc(), number.desc())
        return [_past_listen(row) for row in session.connection().execute(newest)]
    oldest = statement.where(at > since).order_by(at, number)
    return [_past_listen(row) for row in session.connection().execute(oldest)][::-1]


def first_and_last(session: Session, user_id: int) -> tuple[datetime | None, datetime | None]:
    """When the listener's first and last dated listens were."""
    at = EVENTS.c.occurred_at
    ends = select_columns(func.min(at), func.max(at)).where(*_mine(user_id))
    first, last = session.connection().execute(ends).one()
    return first, last


def listens_by_id(session: Session, user_id: int, ids: Sequence[int]) -> list[PastListen | None]:
    """The listener's own listens in the order of `ids`, None where there is none."""
    rows = session.connection().execute(_listens(user_id).where(EVENTS.c.id.in_(ids)))
    found = {row.id: _past_listen(row) for row in rows}
    return [found.get(number) for number in ids]


def count_listens(session: Session, user_id: int) -> int:
    counted = select_columns(func.count()).select_from(EVENTS).where(*_mine(user_id))
    return session.connection().execute(counted).scalar_one()


def rated(
    session: Session, user_id: int, feedback: Feedback, first: int, after: Rated | None = None
) -> list[Rated]:
    """Tracks that the listener says this of, what was said last first, behind one of them."""
    items, event = USER_ITEMS.c, EVENTS.c
    told = and_(
        event.user_id == items.user_id,
        event.track_id == items.track_id,
        event.kind == _SAID_BY[feedback],
    )
    # Events are numbered as they come, those of a merged track too.
    said = func.coalesce(func.max(event.id), 0)
    statement = (
        select_columns(said, items.track_id)
        .join_from(USER_ITEMS, EVENTS, told, isouter=True)
        .where(items.user_id == user_id, items.feedback == feedback)
        .group_by(items.track_id)
    )
    if after is not None:
        tied = and_(said == after.said, items.track_id < after.track_id)
        statement = statement.having(or_(said < after.said, tied))
    statement = statement.order_by(said.desc(), items.track_id.desc()).limit(first)
    return [Rated(*row) for row in session.connection().execute(statement)]


def count_rated(session: Session, user_id: int, feedback: Feedback) -> int:
    items = USER_ITEMS.c
    counted = (
        select_columns(func.count())
        .select_from(USER_ITEMS)
        .where(items.user_id == user_id, items.feedback == feedback)
    )
    return session.connection().execute(counted).scalar_one()


def _listens(user_id: int) -> Select[Any]:
    columns = EVENTS.c
    names = (columns.id, columns.track_id, columns.occurred_at, columns.plays)
    return select_columns(*names, columns.seconds_played, columns.source).where(*_mine(user_id))


def _mine(user_id: int) -> tuple[Any, Any]:
    return EVENTS.c.user_id == user_id, EVENTS.c.kind == EventKind.LISTEN


def _behind(after: Moment) -> Any:
    at, number = EVENTS.c.occurred_at, EVENTS.c.id
    if after.time is None:
        return and_(at.is_(None), number < after.id)
    tied = and_(at == after.time, number < after.id)
    return or_(at < after.time, tied, at.is_(None))


def _past_listen(row: Any) -> PastListen:
    return PastListen(
        row.id, row.track_id, row.occurred_at, row.plays, row.seconds_played, row.source
    )
