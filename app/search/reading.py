"""The catalogue as documents for the index, whole or some of it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import ColumnElement, Table, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session

from app import changes
from app.models import Artist, Track
from app.search.index import Document

_TRACKS: Table = Track.__table__  # type: ignore[attr-defined]
_ARTISTS: Table = Artist.__table__  # type: ignore[attr-defined]
_CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class Extent:
    """How far the catalogue goes: what comes behind is new."""

    note: int
    track: int
    artist: int

    @classmethod
    def of(cls, session: Session) -> Self:
        """As it is now; three looks at the ends of indexes."""
        last = (func.max(_TRACKS.c.id), func.max(_ARTISTS.c.id))
        statement = select_columns(*(select_columns(end).scalar_subquery() for end in last))
        track, artist = session.connection().execute(statement).one()
        return cls(changes.last_note(session), track or 0, artist or 0)


def track_documents(
    session: Session, wanted: ColumnElement[bool] | None = None
) -> Iterator[Sequence[Document]]:
    """Tracks by their titles and artists, some at a time."""
    columns = _TRACKS.c
    statement = select_columns(
        columns.id, columns.listener_count, columns.search_key, _ARTISTS.c.name_key
    ).join_from(_TRACKS, _ARTISTS, _ARTISTS.c.id == columns.artist_id)
    statement = statement.where(columns.merged_into_id.is_(None))
    for some in _read(session, statement, wanted):
        yield [
            Document(number, known, key, (_title(key, artist), artist))
            for number, known, key, artist in some
        ]


def artist_documents(
    session: Session, wanted: ColumnElement[bool] | None = None
) -> Iterator[Sequence[Document]]:
    """Artists by their names; as well known as all of their tracks together."""
    columns = _ARTISTS.c
    known = func.coalesce(func.sum(_TRACKS.c.listener_count), 0)
    statement = (
        select_columns(columns.id, known, columns.name_key)
        .join_from(_ARTISTS, _TRACKS, _TRACKS.c.artist_id == columns.id, isouter=True)
        .where(columns.merged_into_id.is_(None))
        .group_by(columns.id, columns.name_key)
    )
    for some in _read(session, statement, wanted):
        yield [Document(number, int(known), key, (key,)) for number, known, key in some]


def new_tracks(
    after: Extent, tracks: Collection[int], artists: Collection[int]
) -> ColumnElement[bool]:
    """Those behind that extent, these, and all that are by these artists."""
    columns = _TRACKS.c
    return or_(columns.id > after.track, columns.id.in_(tracks), columns.artist_id.in_(artists))


def new_artists(after: Extent, artists: Collection[int]) -> ColumnElement[bool]:
    return or_(_ARTISTS.c.id > after.artist, _ARTISTS.c.id.in_(artists))


def _read(
    session: Session, statement: Any, wanted: ColumnElement[bool] | None
) -> Iterator[Sequence[Any]]:
    if wanted is not None:
        statement = statement.where(wanted)
    rows = session.connection().execute(statement, execution_options={"yield_per": _CHUNK})
    return rows.partitions()


def _title(key: str, artist: str) -> str:
    """The key is a blank, the title, a blank and the artist."""
    return key[1 : -len(artist) - 1] if key.endswith(f" {artist}") else key.strip()
