"""Use-case: listens and feedback as what models are fitted on, read in chunks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, case, func
from sqlalchemy import select as select_columns
from sqlmodel import Session

from app.listening import EVENTS, USER_ITEMS, feedback_sign, second_of
from app.ml.interactions import Interactions, concatenate
from app.models import EventKind

_FEEDBACK = (EventKind.LOVE, EventKind.DISLIKE, EventKind.CLEAR)
_CHUNK = 50_000
"""Rows that are in memory as rows at once."""


def all_pairs(session: Session) -> Interactions:
    """Every listener–track pair, ordered by both, read in chunks from the sums."""
    columns = USER_ITEMS.c
    statement = select_columns(
        columns.user_id,
        columns.track_id,
        columns.plays,
        columns.skips,
        feedback_sign(),
        columns.last_listened_at,
    ).order_by(columns.user_id, columns.track_id)
    return concatenate(list(_blocks(session, statement)))


def pairs_between(
    session: Session,
    since: datetime | None,
    before: datetime | None,
    last_event_id: int | None = None,
) -> Interactions:
    """Pairs summed over the events since a time (inclusive) and before another.

    Undated events count as before every time. Feedback is that of the last event of the span.
    With `last_event_id` what was recorded later is left out, whenever it happened.
    """
    span = _sums(since, before)
    if last_event_id is not None:
        span = span.where(EVENTS.c.id <= last_event_id)
    sums = span.subquery()
    said = EVENTS.alias("said")
    sign = case((said.c.kind == EventKind.LOVE, 1), (said.c.kind == EventKind.DISLIKE, -1), else_=0)
    statement = (
        select_columns(
            sums.c.user_id, sums.c.track_id, sums.c.plays, sums.c.skips, sign, sums.c.listened
        )
        .select_from(sums.outerjoin(said, said.c.id == sums.c.last))
        .order_by(sums.c.user_id, sums.c.track_id)
    )
    return concatenate(list(_blocks(session, statement)))


def count_all_pairs(session: Session) -> int:
    """As many as `all_pairs` has."""
    counted = select_columns(func.count()).select_from(USER_ITEMS)
    return session.connection().execute(counted).scalar_one()


def count_pairs(session: Session, last_event_id: int) -> int:
    """How many listener–track pairs there are of what was recorded no later."""
    pairs = _sums(None, None).where(EVENTS.c.id <= last_event_id).subquery()
    return (
        session.connection().execute(select_columns(func.count()).select_from(pairs)).scalar_one()
    )


@dataclass(frozen=True, slots=True)
class DatedListens:
    """Who listened when, in no order; both arrays are (n,)."""

    listener_ids: NDArray[np.int64]
    seconds: NDArray[np.int64]
    """POSIX seconds."""


def dated_listens(session: Session, last_event_id: int | None = None) -> DatedListens:
    """Every listen that has a date, read in chunks; with `last_event_id` none recorded later."""
    dated = select_columns(EVENTS.c.user_id, EVENTS.c.occurred_at).where(
        EVENTS.c.kind == EventKind.LISTEN, EVENTS.c.occurred_at.is_not(None)
    )
    if last_event_id is not None:
        dated = dated.where(EVENTS.c.id <= last_event_id)
    result = session.connection().execution_options(yield_per=_CHUNK).execute(dated)
    parts = [
        np.array([(row[0], int(row[1].timestamp())) for row in rows], dtype=np.int64)
        for rows in result.partitions(_CHUNK)
    ]
    table = np.concatenate(parts) if parts else np.zeros((0, 2), dtype=np.int64)
    return DatedListens(table[:, 0], table[:, 1])


def _sums(since: datetime | None, before: datetime | None) -> Select[Any]:
    """Listener, track, plays, skips, the number of the last feedback, the last listen, by pair."""
    columns = EVENTS.c
    plays = func.sum(case((columns.kind == EventKind.LISTEN, columns.plays), else_=0))
    skips = func.sum(case((columns.kind == EventKind.SKIP, 1), else_=0))
    last = func.max(case((columns.kind.in_(_FEEDBACK), columns.id), else_=None))
    pair = (columns.user_id, columns.track_id)
    listened = func.max(case((columns.kind == EventKind.LISTEN, columns.occurred_at)))
    named = (
        plays.label("plays"),
        skips.label("skips"),
        last.label("last"),
        listened.label("listened"),
    )
    return _span(select_columns(*pair, *named), since, before).group_by(*pair)


def _span(statement: Select[Any], since: datetime | None, before: datetime | None) -> Select[Any]:
    if since is not None:
        statement = statement.where(EVENTS.c.occurred_at >= since)
    if before is not None:
        dated_before = EVENTS.c.occurred_at < before
        statement = statement.where(dated_before | EVENTS.c.occurred_at.is_(None))
    return statement


def _blocks(session: Session, statement: Select[Any]) -> Iterator[NDArray[np.float64]]:
    result = session.connection().execution_options(yield_per=_CHUNK).execute(statement)
    for rows in result.partitions(_CHUNK):
        yield np.array([(*row[:5], second_of(row[5])) for row in rows], dtype=np.float64)
