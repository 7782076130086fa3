"""Listens that change their track, when two tracks turn out to be one, or not to be."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, update
from sqlalchemy import select as select_columns
from sqlmodel import Session

from app.listening.summing import SUMS
from app.listening.tables import EVENTS, USER_ITEMS
from app.models import EventKind, Feedback
from app.writes import in_parts

_FEEDBACK = (EventKind.LOVE, EventKind.DISLIKE, EventKind.CLEAR)


def move_all(session: Session, track_id: int, to: int) -> None:
    """Make all that was done with a track done with another; what it was is kept with it.

    Where a listener has the same moment of both, they are one: a moment is heard once.
    """
    _drop_repeated(session, track_id, to)
    columns = EVENTS.c
    session.connection().execute(
        update(EVENTS)
        .where(columns.track_id == track_id)
        .values(track_id=to, merged_from=func.coalesce(columns.merged_from, track_id))
    )
    sum_tracks_again(session, [track_id, to])


def move_back(
    session: Session, track_id: int, away_from: int, along: Collection[int], ids: Collection[int]
) -> None:
    """Take back what `move_all` did, also for tracks that had gone `along`.

    What came since by one of these ids goes back too; what else was done since stays.
    """
    columns, connection = EVENTS.c, session.connection()
    since = and_(columns.merged_from.is_(None), columns.came_by.in_(ids))
    mine = or_(columns.merged_from == track_id, since)
    there = update(EVENTS).where(columns.track_id == away_from)
    connection.execute(there.where(mine).values(track_id=track_id, merged_from=None))
    connection.execute(there.where(columns.merged_from.in_(along)).values(track_id=track_id))
    sum_tracks_again(session, [track_id, away_from])


def move_some(session: Session, track_id: int, to: int, which: ColumnElement[bool]) -> list[int]:
    """Make some of what was done with a track done with a new one; the listeners who go over.

    They have heard and skipped nothing that stays: what they said of the track was said of the new
    one.
    """
    columns, connection = EVENTS.c, session.connection()
    here = update(EVENTS).where(columns.track_id == track_id)
    connection.execute(here.where(which).values(track_id=to, merged_from=None))
    over = sorted(_heard(session, to) - _heard(session, track_id))
    for some in in_parts(over):
        theirs = (columns.user_id.in_(some), columns.kind.in_(_FEEDBACK))
        connection.execute(here.where(*theirs).values(track_id=to, merged_from=None))
    sum_tracks_again(session, [track_id, to])
    return over


def _heard(session: Session, track_id: int) -> set[int]:
    """Who has an event of the track that is no mere word of feedback."""
    columns = EVENTS.c
    heard = select_columns(columns.user_id).where(
        columns.track_id == track_id, columns.kind.not_in(_FEEDBACK)
    )
    return set(session.connection().execute(heard.distinct()).scalars())


def sum_tracks_again(session: Session, track_ids: Sequence[int]) -> None:
    """Make everybody's sums of these tracks, feedback too, those of the events."""
    connection, columns = session.connection(), EVENTS.c
    connection.execute(delete(USER_ITEMS).where(USER_ITEMS.c.track_id.in_(track_ids)))
    sums = (
        select_columns(columns.user_id, columns.track_id, *SUMS.values(), _said())
        .where(columns.track_id.in_(track_ids))
        .group_by(columns.user_id, columns.track_id)
    )
    names = ["user_id", "track_id", *SUMS, "feedback"]
    connection.execute(USER_ITEMS.insert().from_select(names, sums))


def _said() -> Any:
    """What the listener said of the track last."""
    said = EVENTS.alias("said").c
    meant = case(
        (said.kind == EventKind.LOVE, Feedback.LOVED.value),
        (said.kind == EventKind.DISLIKE, Feedback.DISLIKED.value),
    )
    return (
        select_columns(meant)
        .where(
            said.user_id == EVENTS.c.user_id,
            said.track_id == EVENTS.c.track_id,
            said.kind.in_(_FEEDBACK),
        )
        .order_by(said.id.desc())
        .limit(1)
        .correlate(EVENTS)
        .scalar_subquery()
    )


def _drop_repeated(session: Session, track_id: int, to: int) -> None:
    mine, other = EVENTS.c, EVENTS.alias("other").c
    same = and_(
        other.user_id == mine.user_id,
        other.track_id == to,
        other.kind == mine.kind,
        other.occurred_at == mine.occurred_at,
    )
    repeated = select_columns(mine.id).join_from(EVENTS, other.id.table, same)
    connection = session.connection()
    ids = connection.execute(repeated.where(mine.track_id == track_id)).scalars().all()
    for some in in_parts(ids):
        connection.execute(delete(EVENTS).where(mine.id.in_(some)))
