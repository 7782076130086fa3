"""What became of the catalogue, for whoever holds parts of it in memory.

New tracks and artists have greater ids and need no note. Notes are written in the transaction of
the change, one transaction at a time, so that their ids come in the order of the commits.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Table, delete, func
from sqlalchemy import select as select_columns
from sqlmodel import Session

from app.models import CatalogueChange, ChangedThing
from app.models.columns import utc_now
from app.turns import CATALOGUE, take_turn

_CHANGES: Table = CatalogueChange.__table__  # type: ignore[attr-defined]
_WITH_IDS = (ChangedThing.TRACK, ChangedThing.ARTIST)
_KEPT = 1000
"""Notes that are kept: who has not looked for longer begins anew."""
_NAMED = 250
"""Of one call: more than these are as good as everything."""


@dataclass(frozen=True, slots=True)
class Changes:
    tracks: set[int]
    artists: set[int]
    """Those themselves; the tracks by them count as changed too."""
    everything: bool
    """More than is worth naming, or the notes do not go back so far."""


def note(session: Session, tracks: Iterable[int] = (), artists: Iterable[int] = ()) -> None:
    """Say that these were changed, removed or put back; of very many, that everything was."""
    now = utc_now()
    rows = [
        {"thing": thing, "our_id": number, "changed_at": now}
        for thing, numbers in ((ChangedThing.TRACK, tracks), (ChangedThing.ARTIST, artists))
        for number in numbers
    ]
    if len(rows) > _NAMED:
        note_all(session)
    elif rows:
        take_turn(session, CATALOGUE)
        session.connection().execute(_CHANGES.insert(), rows)


def note_all(session: Session) -> None:
    """Say that very much was changed."""
    take_turn(session, CATALOGUE)
    row = {"thing": ChangedThing.EVERYTHING, "our_id": None, "changed_at": utc_now()}
    session.connection().execute(_CHANGES.insert(), row)


def since(session: Session, number: int) -> Changes:
    """What was changed by notes with a greater id."""
    columns = _CHANGES.c
    statement = select_columns(columns.id, columns.thing, columns.our_id)
    # With the note itself: where it is there still, none behind it was cleared away.
    statement = statement.where(columns.id >= number).order_by(columns.id)
    notes = session.connection().execute(statement).all()
    gap = bool(notes) and notes[0].id != max(number, 1)
    later = [row for row in notes if row.id > number]
    tracks, artists = ({row.our_id for row in later if row.thing == thing} for thing in _WITH_IDS)
    # Also what a newer version wrote down, whose word for it means nothing here.
    everything = gap or any(row.thing not in _WITH_IDS for row in later)
    return Changes(tracks, artists, everything)


def last_note(session: Session) -> int:
    """The greatest id of a note; 0 where there is none."""
    return session.connection().execute(select_columns(func.max(_CHANGES.c.id))).scalar() or 0


def remove_old(session: Session) -> int:
    """Clear away all notes but the last ones; how many."""
    old = delete(_CHANGES).where(_CHANGES.c.id <= last_note(session) - _KEPT)
    return session.connection().execute(old).rowcount
