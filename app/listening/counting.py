"""How many listeners each track has: orders search results and popular lists."""

from collections.abc import Sequence

from sqlalchemy import Table, func, update
from sqlalchemy import select as select_columns
from sqlmodel import Session

from app import changes
from app.listening.tables import USER_ITEMS
from app.models import Track

_TRACKS: Table = Track.__table__  # type: ignore[attr-defined]


def count_listeners(session: Session, track_ids: Sequence[int] | None = None) -> None:
    """Count those of some tracks anew, or of all, and note that they were changed."""
    session.flush()
    items, tracks = USER_ITEMS.c, _TRACKS.c
    heard = (items.track_id == tracks.id, items.plays > 0)
    listeners = select_columns(func.count()).where(*heard).scalar_subquery()
    counted = update(_TRACKS).values(listener_count=listeners)
    if track_ids is None:
        session.connection().execute(counted)
        changes.note_all(session)
    else:
        session.connection().execute(counted.where(tracks.id.in_(track_ids)))
        changes.note(session, tracks=track_ids)
