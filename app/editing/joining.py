"""What it takes to make two tracks or artists one, and to take that back."""

from collections.abc import Collection
from typing import Any

from sqlmodel import Session, col, func, select, update

from app.errors import InvalidInput
from app.models import Artist, CatalogueEdit, EditKind, ExternalId, ExternalKind, Track

_TABLES: dict[ExternalKind, type[Track | Artist]] = {
    ExternalKind.TRACK: Track,
    ExternalKind.ARTIST: Artist,
}


def check(merged: Any, kept: Any, fields: tuple[str, str]) -> None:
    """Raises InvalidInput where one cannot be merged into the other."""
    if merged.id == kept.id:
        raise InvalidInput(fields[1], "must be another than the one that is merged")
    if kept.merged_into_id is not None:
        raise InvalidInput(fields[1], "was merged into another itself: name that one")
    if merged.merged_into_id not in {None, kept.id}:
        raise InvalidInput(fields[0], "was merged into another already: separate them first")


def lead(session: Session, kind: ExternalKind, merged: Any, into_id: int) -> None:
    """Make it, all that was merged into it, and what others call it, lead to the one kept.

    What others say of it changes nothing of that.
    """
    table = _TABLES[kind]
    earlier = col(table.merged_into_id) == merged.id
    session.exec(update(table).where(earlier).values(merged_into_id=into_id))
    merged.merged_into_id = into_id
    session.add(merged)
    mine = (col(ExternalId.kind) == kind, col(ExternalId.our_id) == merged.id)
    before = func.coalesce(ExternalId.merged_from, merged.id)
    values = {"our_id": into_id, "matched": True, "merged_from": before}
    session.exec(update(ExternalId).where(*mine).values(values))


def lead_back(session: Session, kind: ExternalKind, merged: Any, along: Collection[int]) -> None:
    """Take `lead` back, also for those that had gone `along`."""
    table, number, into_id = _TABLES[kind], merged.id, merged.merged_into_id
    merged.merged_into_id = None
    session.add(merged)
    session.exec(update(table).where(col(table.id).in_(along)).values(merged_into_id=number))
    theirs = (ExternalId.kind == kind, ExternalId.our_id == into_id)
    put_back(session, ExternalId, ExternalId.our_id, number, along, *theirs)


def put_back(
    session: Session, table: Any, place: Any, number: int, along: Collection[int], *where: Any
) -> None:
    """Give a table's rows back to what they were of, or to what that had been merged into."""
    before = col(table.merged_from)
    own, others = {place.key: number, "merged_from": None}, {place.key: number}
    session.exec(update(table).where(before == number, *where).values(own))
    session.exec(update(table).where(before.in_(along), *where).values(others))


def went_along(session: Session, kind: ExternalKind, number: int, into_id: int) -> list[int]:
    """What had been merged into one of them before that was merged into the other itself."""
    table, edit = _TABLES[kind], CatalogueEdit
    led = select(table.id).where(col(table.merged_into_id) == into_id)
    last = (
        select(func.max(edit.id))
        .where(edit.kind == EditKind.MERGE, edit.thing == kind, col(edit.other_id).in_(led))
        .group_by(col(edit.other_id))
    )
    named = select(edit.other_id, edit.our_id).where(col(edit.id).in_(last))
    first_into = dict(session.exec(named).all())
    along: set[int] = {number}
    while more := {one for one, into in first_into.items() if into in along and one not in along}:
        along |= {one for one in more if one is not None}
    return sorted(along - {number})
