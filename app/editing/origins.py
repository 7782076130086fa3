"""What brought a track, and which listens came by it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.listening import EVENTS
from app.models import DataImport, EventKind, ExternalId, ExternalKind


@dataclass(slots=True)
class Origin:
    """An id elsewhere, or a client or import whose listens came by none that is known."""

    key: str
    """Names it among those of the track."""
    source: str
    """A catalogue, a service or a player."""
    external_id: str | None = None
    title: str | None = None
    """What the source called it, as `artist`; None where nobody wrote it down."""
    artist: str | None = None
    import_id: int | None = None
    """Of listens without an id: the import of a catalogue. Histories are their listeners' own."""
    listens: int = 0
    others: int = 0
    """Skips, loves and dislikes."""
    number: int | None = None
    imports: set[int | None] = field(default_factory=set)


def origins_of(session: Session, track_id: int) -> list[Origin]:
    """By the names of the sources; of each the ids first, then listens that came by none."""
    known = (ExternalId.kind == ExternalKind.TRACK, ExternalId.our_id == track_id)
    ids = session.exec(select(ExternalId).where(*known)).all()
    found = {
        f"id-{row.id}": Origin(
            f"id-{row.id}", row.source, row.external_id, row.title, row.artist, number=row.id
        )
        for row in ids
    }
    for came in _came(session, track_id):
        one = found.get(f"id-{came.came_by}") or _without_id(found, came)
        one.listens += int(came.listens)
        one.others += int(came.others)
        one.imports.add(came.import_id)
    return sorted(found.values(), key=_place)


def come_by(chosen: Collection[Origin], all_of_them: Sequence[Origin]) -> ColumnElement[bool]:
    """Whether an event of the track came by one of these."""
    columns = EVENTS.c
    known = [one.number for one in all_of_them if one.number is not None]
    numbers = [one.number for one in chosen if one.number is not None]
    without = or_(columns.came_by.is_(None), columns.came_by.not_in(known))
    by_none = [
        and_(without, columns.source == one.source, _of_imports(one.imports))
        for one in chosen
        if one.number is None
    ]
    return or_(columns.came_by.in_(numbers), *by_none)


def _of_imports(imports: Collection[int | None]) -> ColumnElement[bool]:
    numbers = [number for number in imports if number is not None]
    none = EVENTS.c.import_id.is_(None) if None in imports else false()
    return or_(EVENTS.c.import_id.in_(numbers), none)


def _without_id(found: dict[str, Origin], came: Any) -> Origin:
    of_catalogue = came.import_id if came.is_catalogue else None
    key = f"listens-{of_catalogue or 0}-{came.source}"
    return found.setdefault(key, Origin(key, came.source, import_id=of_catalogue))


def _came(session: Session, track_id: int) -> Sequence[Any]:
    """The track's events, counted by how they came."""
    columns, listened = EVENTS.c, EVENTS.c.kind == EventKind.LISTEN
    of_catalogue = and_(columns.import_id.is_not(None), col(DataImport.user_id).is_(None))
    by = (columns.came_by, columns.source, columns.import_id)
    statement: Any = (
        select_columns(
            *by,
            func.sum(case((listened, columns.plays), else_=0)).label("listens"),
            func.sum(case((listened, 0), else_=1)).label("others"),
            func.max(case((of_catalogue, 1), else_=0)).label("is_catalogue"),
        )
        .join_from(EVENTS, DataImport, col(DataImport.id) == columns.import_id, isouter=True)
        .where(columns.track_id == track_id)
        .group_by(*by)
    )
    rows: Sequence[Any] = session.connection().execute(statement).all()
    return rows


def _place(one: Origin) -> tuple[Any, ...]:
    named = one.artist or "", one.title or "", one.external_id or "", one.key
    return one.source, one.number is None, *named
