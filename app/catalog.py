"""Use-cases: find and search tracks and artists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, false, func, literal, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.errors import ArtistNotFound, TrackNotFound
from app.ml.newcomers import Catalogue
from app.models import Artist, Track, VideoState
from app.text import normalise

_MAX_TEXT = 200
_CHUNK = 10_000
_MAX_WORDS = 8
"""Words of a search that are looked at; more never helped anyone find a song."""


@dataclass(frozen=True, slots=True)
class CatalogTrack:
    """A track with its artist's name: all that a list shows, in one query."""

    id: int
    title: str
    artist_id: int
    artist_name: str
    album: str | None
    year: int | None
    genre: str | None
    duration_seconds: int | None
    youtube_id: str | None
    video_state: VideoState
    video_checked_at: datetime | None
    listener_count: int


@dataclass(frozen=True, slots=True)
class CatalogArtist:
    id: int
    name: str
    listener_count: int
    """Sum over the artist's tracks; orders search results."""
    track_count: int


@dataclass(frozen=True, slots=True)
class After:
    """Keyset position: continue behind this count and id, so inserts shift nothing."""

    listener_count: int
    id: int


def track(session: Session, track_id: int) -> CatalogTrack:
    """The track of that id, or the one that it was merged into. Raises TrackNotFound."""
    (found,) = tracks_led_to(session, [track_id])
    if found is None:
        raise TrackNotFound(track_id)
    return found


def tracks_led_to(session: Session, ids: Sequence[int]) -> list[CatalogTrack | None]:
    """As `tracks_by_id`, with the track that another was merged into in the place of that."""
    found = tracks_by_id(session, ids)  # all of them but after a merge
    return tracks_by_id(session, _led_to(session, Track, ids)) if None in found else found


def artists_led_to(session: Session, ids: Sequence[int]) -> list[CatalogArtist | None]:
    """As `artists_by_id`, with the artist that another was merged into in the place of that."""
    found = artists_by_id(session, ids)
    return artists_by_id(session, _led_to(session, Artist, ids)) if None in found else found


def _led_to(session: Session, kind: type[Track | Artist], ids: Sequence[int]) -> list[int]:
    """The ids, those that were merged away replaced by those that are kept."""
    merged = (col(kind.id).in_(ids), col(kind.merged_into_id).is_not(None))
    statement = select_columns(col(kind.id), col(kind.merged_into_id)).where(*merged)
    rows: Any = session.connection().execute(statement)
    kept: dict[int, int] = {row[0]: row[1] for row in rows}
    return [kept.get(number, number) for number in ids]


def tracks_by_id(session: Session, ids: Sequence[int]) -> list[CatalogTrack | None]:
    """Tracks in the order of `ids`, None where there is none; one query."""
    rows = session.connection().execute(_tracks().where(col(Track.id).in_(ids)))
    by_id = {row.id: _catalog_track(row) for row in rows}
    return [by_id.get(track_id) for track_id in ids]


def existing_tracks(session: Session, ids: Iterable[int]) -> set[int]:
    shown = (col(Track.id).in_(list(ids)), col(Track.merged_into_id).is_(None))
    return set(session.exec(select(Track.id).where(*shown)))  # type: ignore[arg-type]


def artist(session: Session, artist_id: int) -> CatalogArtist:
    """The artist of that id, or the one that it was merged into. Raises ArtistNotFound."""
    (found,) = artists_led_to(session, [artist_id])
    if found is None:
        raise ArtistNotFound(artist_id)
    return found


def artists_by_id(session: Session, ids: Sequence[int]) -> list[CatalogArtist | None]:
    """Artists in the order of `ids`, None where there is none; one query."""
    rows = session.connection().execute(_artists().where(col(Artist.id).in_(ids)))
    by_id = {row.id: _catalog_artist(row) for row in rows}
    return [by_id.get(artist_id) for artist_id in ids]


def tracks_of_artist(
    session: Session, artist_id: int, first: int, after: After | None = None
) -> list[CatalogTrack]:
    """The artist's tracks, the best known first."""
    statement = _tracks().where(col(Track.artist_id) == artist_id)
    return _page_of_tracks(session, statement, first, after)


def search_tracks(
    session: Session, text: str | None, first: int, after: After | None = None
) -> list[CatalogTrack]:
    """Tracks in whose title and artist every word of `text` begins a word; best known first."""
    return _page_of_tracks(session, _tracks().where(_matches(Track.search_key, text)), first, after)


def count_tracks(session: Session, text: str | None = None) -> int:
    shown = (col(Track.merged_into_id).is_(None), _matches(Track.search_key, text))
    statement = select(func.count()).select_from(Track).where(*shown)
    return session.exec(statement).one()


def search_artists(
    session: Session, text: str | None, first: int, after: After | None = None
) -> list[CatalogArtist]:
    """Artists in whose name every word of `text` begins a word; best known first."""
    known = func.coalesce(func.sum(Track.listener_count), 0)
    statement = _artists().where(_matches(_artist_key(), text))
    if after is not None:
        statement = statement.having(_behind(known, col(Artist.id), after))
    statement = statement.order_by(known.desc(), col(Artist.id)).limit(first)
    return [_catalog_artist(row) for row in session.connection().execute(statement)]


def count_artists(session: Session, text: str | None = None) -> int:
    shown = (col(Artist.merged_into_id).is_(None), _matches(_artist_key(), text))
    return session.exec(select(func.count()).select_from(Artist).where(*shown)).one()


def popular_tracks(session: Session, limit: int) -> list[CatalogTrack]:
    """The best known tracks, best first."""
    return _page_of_tracks(session, _tracks(), limit, None)


def tracks_akin(session: Session, track: CatalogTrack, first: int) -> list[CatalogTrack]:
    """Without a model: the artist's other tracks, then those of the genre, best known first."""
    same_artist = col(Track.artist_id) == track.artist_id
    # Having no genre is nothing to have in common.
    same_genre = col(Track.genre) == track.genre if track.genre else false()
    statement = (
        _tracks()
        .where(or_(same_artist, same_genre), col(Track.id) != track.id)
        .order_by(case((same_artist, 0), else_=1), col(Track.listener_count).desc(), col(Track.id))
        .limit(first)
    )
    return [_catalog_track(row) for row in session.connection().execute(statement)]


def catalogue_behind(session: Session, track_id: int) -> Catalogue:
    """Artist, genre and year of every track with a greater id."""
    columns = (col(Track.id), col(Track.artist_id), col(Track.genre), col(Track.year))
    later = (col(Track.id) > track_id, col(Track.merged_into_id).is_(None))
    statement = select_columns(*columns).where(*later).order_by(col(Track.id))
    rows: Any = session.connection().execution_options(yield_per=_CHUNK).execute(statement)
    return Catalogue.of((row[0], row[1], row[2], row[3]) for row in rows)


def search_key(title: str, artist_name: str) -> str:
    """What search looks through; begins with a blank, so that ' word' finds each beginning."""
    return f" {normalise(title)} {normalise(artist_name)}"


def _matches(key: Any, text: str | None) -> ColumnElement[bool]:
    words = normalise((text or "")[:_MAX_TEXT]).split()[:_MAX_WORDS]
    return and_(True, *(key.contains(_beginning(word), autoescape=True) for word in words))


def _beginning(word: str) -> str:
    """A blank before the word, but not in scripts that set none between words."""
    return f" {word}" if word[0] < "\u2e80" else word


def _page_of_tracks(
    session: Session, statement: Select[Any], first: int, after: After | None
) -> list[CatalogTrack]:
    known, track_id = col(Track.listener_count), col(Track.id)
    if after is not None:
        statement = statement.where(_behind(known, track_id, after))
    statement = statement.order_by(known.desc(), track_id).limit(first)
    return [_catalog_track(row) for row in session.connection().execute(statement)]


def _behind(known: Any, row_id: Any, after: After) -> ColumnElement[bool]:
    tied = and_(known == after.listener_count, row_id > after.id)
    return or_(known < after.listener_count, tied)


def _tracks() -> Select[Any]:
    names = [name for name in CatalogTrack.__dataclass_fields__ if name != "artist_name"]
    columns = [getattr(Track, name) for name in names]
    return (
        select_columns(*columns, col(Artist.name).label("artist_name"))
        .join_from(Track, Artist, col(Artist.id) == col(Track.artist_id))
        .where(col(Track.merged_into_id).is_(None))
    )


def _catalog_track(row: Row[Any]) -> CatalogTrack:
    return CatalogTrack(**row._mapping)  # noqa: SLF001  its public name in SQLAlchemy


def _artist_key() -> ColumnElement[str]:
    return literal(" ") + col(Artist.name_key)


def _artists() -> Select[Any]:
    known = func.coalesce(func.sum(Track.listener_count), 0).label("listener_count")
    statement: Any = (
        select_columns(
            col(Artist.id), col(Artist.name), known, func.count(col(Track.id)).label("track_count")
        )
        .join_from(
            Artist,
            Track,
            and_(col(Track.artist_id) == col(Artist.id), col(Track.merged_into_id).is_(None)),
            isouter=True,
        )
        .where(col(Artist.merged_into_id).is_(None))
        .group_by(col(Artist.id), col(Artist.name))
    )
    return statement  # type: ignore[no-any-return]


def _catalog_artist(row: Row[Any]) -> CatalogArtist:
    return CatalogArtist(row.id, row.name, int(row.listener_count), row.track_count)
