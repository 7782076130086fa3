"""Use-case: look whether everything that is kept agrees with itself, and say what does not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Select, Subquery, Table, and_, case, exists, func, literal_column, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel

from app import training
from app.errors import BadArtifact
from app.listening import EVENTS, USER_ITEMS
from app.listening.summing import SUMS
from app.ml.model_slot import LoadedModel
from app.models import Artist, EventKind, ExternalId, ExternalKind, Feedback, Track, User
from app.settings import Settings

_FEEDBACK = {
    EventKind.LOVE: Feedback.LOVED,
    EventKind.DISLIKE: Feedback.DISLIKED,
}
_THINGS: dict[ExternalKind, Table] = {
    ExternalKind.TRACK: Track.__table__,  # type: ignore[attr-defined]
    ExternalKind.ARTIST: Artist.__table__,  # type: ignore[attr-defined]
    ExternalKind.USER: User.__table__,  # type: ignore[attr-defined]
}
_EXTERNAL_IDS: Table = ExternalId.__table__  # type: ignore[attr-defined]


def findings(session: Session, settings: Settings) -> Iterator[str]:
    """One sentence for each thing that is not as it should be; nothing where all is well."""
    yield from _damage(session)
    yield from _orphans(session)
    yield from _ids_of_nothing(session)
    yield from _merged(session)
    yield from _sums(session)
    yield from _feedback(session)
    yield from _champion(session, settings.artifacts)


def _damage(session: Session) -> Iterator[str]:
    """Of the file itself; servers look after theirs."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        said = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
        yield from (f"The database file is damaged: {line}." for line in said if line != "ok")


def _orphans(session: Session) -> Iterator[str]:
    """Rows that refer to others which are not there."""
    for table in SQLModel.metadata.sorted_tables:
        for key in table.foreign_keys:
            parent = key.column.table.alias()
            missing = ~exists().where(parent.c[key.column.name] == key.parent)
            count = _count(
                session, select_columns(key.parent).where(key.parent.is_not(None), missing)
            )
            if count:
                name = f"{table.name}.{key.parent.name}"
                yield f"{count:,} rows of {name} refer to no {key.column.table.name}."


def _ids_of_nothing(session: Session) -> Iterator[str]:
    columns = _EXTERNAL_IDS.c
    for kind, table in _THINGS.items():
        there = exists().where(table.c.id == columns.our_id)
        lost = select_columns(columns.id).where(columns.kind == kind, ~there)
        if count := _count(session, lost):
            yield f"{count:,} ids of other catalogues name no {kind.value}."


def _merged(session: Session) -> Iterator[str]:
    """What was merged into another has nothing of its own left, and leads to one that is shown."""
    tracks, into = _THINGS[ExternalKind.TRACK], _THINGS[ExternalKind.TRACK].alias()
    gone = tracks.c.merged_into_id.is_not(None)
    astray = (
        select_columns(tracks.c.id)
        .join_from(tracks, into, into.c.id == tracks.c.merged_into_id, isouter=True)
        .where(gone, or_(into.c.id.is_(None), into.c.merged_into_id.is_not(None)))
    )
    if count := _count(session, astray):
        yield f"{count:,} merged tracks lead to tracks that are gone or merged themselves."
    left = select_columns(EVENTS.c.id).join_from(EVENTS, tracks, tracks.c.id == EVENTS.c.track_id)
    if count := _count(session, left.where(gone)):
        yield f"{count:,} events are of tracks that were merged: merge these once more."


def _sums(session: Session) -> Iterator[str]:
    items, said = USER_ITEMS.c, _said()
    pair = and_(said.c.user_id == items.user_id, said.c.track_id == items.track_id)
    differ = or_(
        said.c.user_id.is_(None),
        *(items[name].is_distinct_from(said.c[name]) for name in SUMS),
    )
    summed = USER_ITEMS.outerjoin(said, pair)
    wrong = select_columns(items.user_id).select_from(summed).where(differ)
    if count := _count(session, wrong):
        yield f"{count:,} sums of a listener and a track are not those of their events."
    unsummed = (
        select_columns(said.c.user_id)
        .select_from(said.outerjoin(USER_ITEMS, pair))
        .where(items.user_id.is_(None))
    )
    if count := _count(session, unsummed):
        yield f"{count:,} pairs of a listener and a track have events and no sum."


def _said() -> Subquery:
    """What the sums of each listener and track should be."""
    columns = EVENTS.c
    sums = (value.label(name) for name, value in SUMS.items())
    return (
        select_columns(columns.user_id, columns.track_id, *sums)
        .group_by(columns.user_id, columns.track_id)
        .subquery()
    )


def _feedback(session: Session) -> Iterator[str]:
    columns, items = EVENTS.c, USER_ITEMS.c
    kinds = (EventKind.LOVE, EventKind.DISLIKE, EventKind.CLEAR)
    last = (
        select_columns(func.max(columns.id).label("id"))
        .where(columns.kind.in_(kinds))
        .group_by(columns.user_id, columns.track_id)
        .subquery()
    )
    meant = case(*((columns.kind == kind, value) for kind, value in _FEEDBACK.items()))
    said = (
        select_columns(columns.user_id, columns.track_id, meant.label("feedback"))
        .join_from(EVENTS, last, last.c.id == columns.id)
        .subquery()
    )
    pair = and_(said.c.user_id == items.user_id, said.c.track_id == items.track_id)
    wrong = (
        select_columns(items.user_id)
        .select_from(USER_ITEMS.outerjoin(said, pair))
        .where(items.feedback.is_distinct_from(said.c.feedback))
    )
    if count := _count(session, wrong):
        yield f"{count:,} loves and dislikes are not what was said last."


def _champion(session: Session, folder: Path) -> Iterator[str]:
    champion = training.champion(session)
    if champion is None:
        return
    row = champion.training
    try:
        LoadedModel.load(folder / (row.artifact or "missing"), row.checksum, champion.version)
    except BadArtifact as error:
        yield str(error)


def _count(session: Session, rows: Select[Any]) -> int:
    inside = rows.subquery()
    statement = select_columns(func.count(literal_column("1"))).select_from(inside)
    return int(session.connection().execute(statement).scalar_one())
