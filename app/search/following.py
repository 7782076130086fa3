"""Indexes of the whole catalogue, kept in memory and up to date with what is in the database."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from app import changes
from app.changes import Changes
from app.db import Database
from app.search.finding import without
from app.search.index import Document, WordIndex
from app.search.reading import (
    Extent,
    artist_documents,
    new_artists,
    new_tracks,
    track_documents,
)

log = logging.getLogger(__name__)

_FEW = 5_000
"""Documents that are read and indexed anew within a search."""
_PATIENCE_SECONDS = 2.0
"""How long a search waits for indexes that are being made; a small catalogue's take no longer."""
_SHARE = 10
"""Making indexes takes one part of the time in so many, however often the catalogue changes."""


@dataclass(frozen=True, slots=True)
class Indexes:
    """The catalogue at one moment, and what was new or changed at a later one."""

    tracks: WordIndex
    artists: WordIndex
    made_of: Extent
    later_tracks: WordIndex
    later_artists: WordIndex
    extent: Extent


class Following:
    """Holds the newest indexes: what is added or changed later is indexed beside them.

    Where that grows, or nobody can say what changed, all is made anew in a thread; searches go
    on with what there is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._indexes: Indexes | None = None
        self._turn = threading.Lock()
        self._made, self._stopped = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._not_before = 0.0

    def begin(self) -> None:
        """Make indexes in a thread, unless that is being done."""
        with self._turn:
            self._begin()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def newest(self, session: Session) -> Indexes | None:
        """All that the session sees, or nearly; None while the first indexes are being made."""
        if self._indexes is None:
            self.begin()
            self._made.wait(_PATIENCE_SECONDS)
        extent, held = Extent.of(session), self._indexes
        if held is None or held.extent == extent:
            return held
        with self._turn:
            self._renew(session, extent)
            return self._indexes

    def _renew(self, session: Session, extent: Extent) -> None:
        held = self._indexes
        if held is None or held.extent == extent:
            return
        changed, growth = changes.since(session, held.made_of.note), _growth(held, extent)
        if not changed.everything and growth <= _FEW:
            self._indexes = _with_later(session, held, changed, extent)
        elif len(held.tracks) + growth <= _FEW:
            self._indexes = self._of_all(session)
        else:
            self._indexes = replace(held, extent=extent)
            self._begin()

    def _begin(self) -> None:
        busy = self._thread is not None and self._thread.is_alive()
        if not busy and not self._stopped.is_set():
            self._thread = threading.Thread(target=self._make, name="search", daemon=True)
            self._thread.start()

    def _make(self) -> None:
        self._stopped.wait(max(self._not_before - time.monotonic(), 0))
        began, indexes = time.monotonic(), None
        try:
            with self._database.read() as session:
                indexes = self._of_all(session)
        except SQLAlchemyError:
            log.exception("the catalogue could not be read for searching")
        took = time.monotonic() - began
        with self._turn:
            self._not_before = time.monotonic() + _SHARE * took
            self._thread = None
            if indexes is not None and not self._stopped.is_set():
                self._indexes = indexes
                log.info(
                    "search indexes made", extra={"tracks": len(indexes.tracks), "seconds": took}
                )
            elif self._indexes is not None:  # the next search sees that something is missing
                self._indexes = replace(self._indexes, extent=self._indexes.made_of)
        self._made.set()

    def _of_all(self, session: Session) -> Indexes:
        extent, nothing = Extent.of(session), WordIndex.of([])
        tracks = WordIndex.of(self._until_stopped(track_documents(session)))
        artists = WordIndex.of(self._until_stopped(artist_documents(session)))
        return Indexes(tracks, artists, extent, nothing, nothing, extent)

    def _until_stopped(
        self, documents: Iterator[Sequence[Document]]
    ) -> Iterator[Sequence[Document]]:
        return takewhile(lambda _: not self._stopped.is_set(), documents)


def _with_later(session: Session, held: Indexes, changed: Changes, extent: Extent) -> Indexes:
    """The same with what was added or changed since they were made."""
    wanted = new_tracks(held.made_of, changed.tracks, changed.artists)
    tracks = WordIndex.of(track_documents(session, wanted))
    artists = WordIndex.of(artist_documents(session, new_artists(held.made_of, changed.artists)))
    return replace(
        held,
        tracks=without(held.tracks, changed.tracks | set(tracks.ids.tolist())),
        artists=without(held.artists, changed.artists | set(artists.ids.tolist())),
        later_tracks=tracks,
        later_artists=artists,
        extent=extent,
    )


def _growth(held: Indexes, extent: Extent) -> int:
    """New tracks, artists and notes since the indexes were made."""
    made_of = held.made_of
    new = (extent.track - made_of.track, extent.artist - made_of.artist)
    return max(*new, extent.note - made_of.note)
