"""How many listeners each track has: orders search results and popular lists."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Table, func, update
from sqlalchemy import select as select_columns
from sqlmodel import Session

from app import changes
from app.db import Database
from app.listening.tables import USER_ITEMS
from app.models import Track
from app.writes import in_parts

_TRACKS: Table = Track.__table__  # type: ignore[attr-defined]
_LOOKED_AT = 5_000
"""Numbers of tracks that one query looks through."""
_WRITTEN = 2_000
"""Tracks that one transaction writes."""


def count_listeners(session: Session, track_ids: Sequence[int]) -> None:
    """Count those of some tracks anew, and note that they were changed."""
    session.flush()
    # First the turn, then the rows, as whoever edits tracks.
    changes.note(session, tracks=track_ids)
    counted = update(_TRACKS).values(listener_count=_listeners())
    session.connection().execute(counted.where(_TRACKS.c.id.in_(track_ids)))


def recount_listeners(database: Database, track_ids: Iterable[int] | None = None) -> int:
    """Count those of some tracks, or of all, anew where they differ; how many did.

    It looks while others write, and writes in small transactions. Where it is interrupted, some
    have the counts of before.
    """
    differing = [
        track_id for some in _parts(database, track_ids) for track_id in _differing(database, some)
    ]
    for written in in_parts(differing, _WRITTEN):
        database.transact(partial(count_listeners, track_ids=written))
    return len(differing)


def _parts(database: Database, track_ids: Iterable[int] | None) -> Iterator[ColumnElement[bool]]:
    number = _TRACKS.c.id
    if track_ids is not None:
        yield from (number.in_(some) for some in in_parts(sorted(track_ids)))
        return
    with database.read() as session:
        ends = select_columns(func.min(number), func.max(number))
        least, last = session.connection().execute(ends).one()
    for first in range(least or 0, (last or -1) + 1, _LOOKED_AT):
        yield number.between(first, first + _LOOKED_AT - 1)


def _differing(database: Database, some: ColumnElement[bool]) -> Sequence[int]:
    wrong = _TRACKS.c.listener_count != _listeners()
    with database.read() as session:
        found = session.connection().execute(select_columns(_TRACKS.c.id).where(some, wrong))
        return found.scalars().all()


def _listeners() -> Any:
    items = USER_ITEMS.c
    heard = (items.track_id == _TRACKS.c.id, items.plays > 0)
    return select_columns(func.count()).where(*heard).scalar_subquery()
