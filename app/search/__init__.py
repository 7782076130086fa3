"""Use-case: search as one types. The same on every database, since no database does it."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlmodel import Session

from app import catalog
from app.catalog import After, CatalogArtist, CatalogTrack
from app.db import Database
from app.search.finding import Likeness, Place, Question, count, find
from app.search.following import Following, Indexes
from app.search.index import WordIndex

__all__ = ["Found", "Likeness", "Place", "Search"]

Row = TypeVar("Row", CatalogTrack, CatalogArtist)
Found = list[tuple[Row, Place]]
"""What was found, and the place behind which the next page begins."""


class Search:
    """Tracks and artists by the beginnings of their words, one typing error forgiven.

    Where no text is given, and until the indexes are made, the database is asked.
    """

    def __init__(self, database: Database) -> None:
        self._following = Following(database)

    def start(self) -> None:
        """Begin to make the indexes; nobody has to wait for it."""
        self._following.begin()

    def stop(self) -> None:
        self._following.stop()

    def tracks(
        self, session: Session, text: str | None, first: int, after: Place | None = None
    ) -> Found[CatalogTrack]:
        """Those called so, then those with all the words, each the best known first."""
        indexes = self._indexes(session, text)
        if indexes is None or text is None:
            return _placed(catalog.search_tracks(session, text, first, _after(after)))
        mine = [indexes.tracks, indexes.later_tracks]
        return _rows(session, mine, text, first, after, catalog.tracks_by_id)

    def count_tracks(self, session: Session, text: str | None) -> int:
        indexes = self._indexes(session, text)
        if indexes is None or text is None:
            return catalog.count_tracks(session, text)
        return count([indexes.tracks, indexes.later_tracks], Question.of(text))

    def artists(
        self, session: Session, text: str | None, first: int, after: Place | None = None
    ) -> Found[CatalogArtist]:
        indexes = self._indexes(session, text)
        if indexes is None or text is None:
            return _placed(catalog.search_artists(session, text, first, _after(after)))
        mine = [indexes.artists, indexes.later_artists]
        return _rows(session, mine, text, first, after, catalog.artists_by_id)

    def count_artists(self, session: Session, text: str | None) -> int:
        indexes = self._indexes(session, text)
        if indexes is None or text is None:
            return catalog.count_artists(session, text)
        return count([indexes.artists, indexes.later_artists], Question.of(text))

    def _indexes(self, session: Session, text: str | None) -> Indexes | None:
        asked = text is not None and bool(Question.of(text).words)
        return self._following.newest(session) if asked else None


def _rows(
    session: Session,
    indexes: Sequence[WordIndex],
    text: str,
    first: int,
    after: Place | None,
    rows_of: Callable[[Session, Sequence[int]], list[Row | None]],
) -> Found[Row]:
    places = find(indexes, Question.of(text), first, after)
    rows = rows_of(session, [place.id for place in places])
    # What was removed a moment ago is passed over.
    return [(row, place) for row, place in zip(rows, places, strict=True) if row is not None]


def _placed(rows: Sequence[Row]) -> Found[Row]:
    return [(row, Place(Likeness.HAS_THE_WORDS, -row.listener_count, row.id)) for row in rows]


def _after(place: Place | None) -> After | None:
    return None if place is None else After(place.known, place.id)
