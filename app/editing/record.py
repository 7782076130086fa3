"""Read who did what to the catalogue, with the names that things have now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, case, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.listening import USER_ITEMS
from app.models import (
    Artist,
    CatalogueEdit,
    EditKind,
    ExternalKind,
    Feedback,
    PlaylistTrack,
    Track,
)
from app.models.columns import id_of

Names = dict[int, str]


@dataclass(frozen=True, slots=True)
class Edit:
    """An entry of the record."""

    row: CatalogueEdit
    name: str | None
    """Of what was changed, or kept in a merge; None where it is gone."""
    other: str | None
    """Of what was merged into it, or separated from it again."""
    changed: list[tuple[str, Any, Any]]
    """Each field with what it was and is; artists are named."""
    can_be_taken_back: bool


@dataclass(frozen=True, slots=True)
class Following:
    """What goes along when a track is merged."""

    plays: int
    listeners: int
    loves: int
    playlists: int


def edits(session: Session, first: int, before: int | None = None) -> list[Edit]:
    """The record, the newest first; the next page has what came before an entry's id."""
    statement = select(CatalogueEdit).order_by(col(CatalogueEdit.id).desc()).limit(first)
    if before is not None:
        statement = statement.where(col(CatalogueEdit.id) < before)
    return _told(session, session.exec(statement).all())


def count_edits(session: Session) -> int:
    return session.exec(select(func.count()).select_from(CatalogueEdit)).one()


def edits_of(session: Session, thing: ExternalKind, our_id: int, first: int) -> list[Edit]:
    """What was done to one thing, the newest first."""
    mine = (CatalogueEdit.thing == thing, CatalogueEdit.our_id == our_id)
    statement = select(CatalogueEdit).where(*mine).order_by(col(CatalogueEdit.id).desc())
    return _told(session, session.exec(statement.limit(first)).all())


def what_follows(session: Session, track_id: int) -> Following:
    columns = USER_ITEMS.c
    ours = select_columns(
        func.coalesce(func.sum(columns.plays), 0),
        func.count(case((columns.plays > 0, 1))),
        func.count(case((columns.feedback == Feedback.LOVED, 1))),
    ).where(columns.track_id == track_id)
    plays, listeners, loves = session.connection().execute(ours).one()
    playlists = func.count(func.distinct(PlaylistTrack.playlist_id))
    within = select(playlists).where(PlaylistTrack.track_id == track_id)
    return Following(int(plays), listeners, loves, session.exec(within).one())


def merged_into(session: Session, track_id: int) -> Sequence[Row[Any]]:
    """Id, title and artist's name of the tracks that were merged into this one."""
    statement: Any = (
        select_columns(col(Track.id), col(Track.title), col(Artist.name).label("artist_name"))
        .join_from(Track, Artist, col(Artist.id) == col(Track.artist_id))
        .where(col(Track.merged_into_id) == track_id)
        .order_by(col(Track.id))
    )
    rows: Sequence[Row[Any]] = session.connection().execute(statement).all()
    return rows


def artists_merged_into(session: Session, artist_id: int) -> Sequence[Row[Any]]:
    """Id and name of the artists that were merged into this one, and how many tracks they had."""
    before = (Track.artist_id == artist_id, Track.artist_merged_from == Artist.id)
    shown = col(Track.merged_into_id).is_(None)
    count = select(func.count()).select_from(Track).where(*before, shown).correlate(Artist)
    statement: Any = (
        select_columns(
            col(Artist.id), col(Artist.name), count.scalar_subquery().label("track_count")
        )
        .where(col(Artist.merged_into_id) == artist_id)
        .order_by(col(Artist.id))
    )
    rows: Sequence[Row[Any]] = session.connection().execute(statement).all()
    return rows


def _told(session: Session, rows: Sequence[CatalogueEdit]) -> list[Edit]:
    artists = [artist for row in rows for artist in row.details.get("artist_id", ())]
    names = {
        ExternalKind.TRACK: _names(session, Track.id, Track.title, _ids(rows, ExternalKind.TRACK)),
        ExternalKind.ARTIST: _names(
            session, Artist.id, Artist.name, [*_ids(rows, ExternalKind.ARTIST), *artists]
        ),
    }
    standing, nothing = _standing(session, rows), Names()
    return [
        Edit(
            row,
            names.get(row.thing, nothing).get(row.our_id),
            names.get(row.thing, nothing).get(row.other_id or 0),
            _changed(row, names[ExternalKind.ARTIST]),
            id_of(row) in standing,
        )
        for row in rows
    ]


def _ids(rows: Iterable[CatalogueEdit], thing: ExternalKind) -> list[int]:
    mine = [row for row in rows if row.thing is thing]
    return [number for row in mine for number in (row.our_id, row.other_id) if number is not None]


def _names(session: Session, number: Any, name: Any, ids: Sequence[int]) -> Names:
    """Those merged away too: what they were called is part of the record."""
    statement = select_columns(number, name).where(col(number).in_(set(ids)))
    return {row[0]: row[1] for row in session.connection().execute(statement)}


def _changed(row: CatalogueEdit, artists: Names) -> list[tuple[str, Any, Any]]:
    if row.kind is not EditKind.EDIT:
        return []
    return [
        ("artist", artists.get(was), artists.get(now))
        if field == "artist_id"
        else (field, was, now)
        for field, (was, now) in row.details.items()
    ]


def _standing(session: Session, rows: Iterable[CatalogueEdit]) -> set[int]:
    """Of each track and artist that is merged away now the entry that says so."""
    others = {row.other_id for row in rows if row.kind is EditKind.MERGE}
    found: set[int] = set()
    for thing, table in ((ExternalKind.TRACK, Track), (ExternalKind.ARTIST, Artist)):
        statement: Select[Any] = (
            select_columns(func.max(CatalogueEdit.id))
            .join_from(CatalogueEdit, table, col(table.id) == col(CatalogueEdit.other_id))
            .where(col(CatalogueEdit.thing) == thing, col(CatalogueEdit.kind) == EditKind.MERGE)
            .where(col(CatalogueEdit.other_id).in_(others))
            .where(col(table.merged_into_id).is_not(None))
            .group_by(col(CatalogueEdit.other_id))
        )
        found |= set(session.connection().execute(statement).scalars())
    return found
