"""One loader for every format: checked rows in, tracks and listens out, in small transactions.

Each transaction leaves events and sums in agreement, and everything is known again by its id at
the source, so that an import that was interrupted is simply started again.
"""

import hashlib
from collections import ChainMap
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Table, func
from sqlalchemy import select as select_columns
from sqlalchemy import update as update_rows
from sqlmodel import Session, select

from app import catalog
from app.db import Database
from app.errors import ImportRefused
from app.importing.identity import (
    Ids,
    add_listeners,
    artist_key,
    artists_by_key,
    remember,
)
from app.importing.report import Counts, RejectedFile
from app.importing.rows import ListenRow, Rejected, TrackRow
from app.listening import EVENTS, USER_ITEMS, add_sums
from app.models import EventKind, ExternalKind, Track, VideoState
from app.models.catalog import MAX_KEY
from app.models.columns import utc_now
from app.models.listening import MAX_IDEMPOTENCY_KEY
from app.writes import insert_missing, insert_numbered, upsert

TRACKS: Table = Track.__table__  # type: ignore[attr-defined]

TRACKS_AT_ONCE = 2_000
LISTENS_AT_ONCE = 20_000
"""Rows of one transaction: large enough to be quick, small enough to let other writers in."""

_KEPT_IF_ABSENT = ("album", "year", "genre", "duration_seconds", "youtube_id")
_BLANK: dict[str, Any] = {
    **dict.fromkeys(_KEPT_IF_ABSENT),
    "video_state": VideoState.UNKNOWN,
    "listener_count": 0,
}

T = TypeVar("T")


class Loader:
    """Loads one source's rows. `source` and an id there name a thing for ever."""

    def __init__(
        self, database: Database, source: str, import_id: int, rejected: RejectedFile
    ) -> None:
        self.database = database
        self.source = source
        self.import_id = import_id
        self.rejected = rejected
        with database.read() as session:
            self.ids = Ids.of(session, source)

    def load_tracks(self, rows: Iterable[TrackRow | Rejected], counts: Counts) -> Iterator[Counts]:
        """Add new tracks and write changed ones; the counts so far after each transaction."""
        for block in _blocks(rows, TRACKS_AT_ONCE):
            good = self._sift(block, TrackRow, counts)
            # The last row of an id is the one that counts.
            latest = {row.external_id: row for row in good}
            changed, new = self.database.transact(partial(self._tracks_in, rows=latest))
            self.ids.learn(new)
            counts.loaded += changed
            counts.unchanged += len(good) - changed
            yield counts

    def load_listens(
        self, rows: Iterable[ListenRow | Rejected], file: str, counts: Counts
    ) -> Iterator[Counts]:
        """Add the listens that are not there yet; the counts so far after each transaction."""
        for block in _blocks(rows, LISTENS_AT_ONCE):
            good = self._sift(block, ListenRow, counts)
            known = [row for row in good if row.track in self.ids.tracks]
            if len(known) < len(good):
                self._reject_unknown(block, file, counts)
            loaded, new = self.database.transact(partial(self._listens_in, rows=known))
            self.ids.learn(new)
            counts.loaded += loaded
            counts.unchanged += len(known) - loaded
            yield counts

    def refresh_listener_counts(self) -> None:
        """How many listeners each track has: orders search results and popular lists."""
        self.database.transact(refresh_listener_counts)

    def _sift(self, block: list[T | Rejected], kind: type[T], counts: Counts) -> list[T]:
        """The good rows of a block; the others are counted and written down."""
        for row in block:
            if isinstance(row, Rejected):
                self.rejected.add(row)
                counts.rejected += row.whole
                counts.read += row.whole
        good = [row for row in block if isinstance(row, kind)]
        counts.read += len(good)
        return good

    def _reject_unknown(self, block: list[Any], file: str, counts: Counts) -> None:
        for row in block:
            if isinstance(row, ListenRow) and row.track not in self.ids.tracks:
                reason = "track_id: no track of this source has this id"
                text = f"{row.user},{row.track},{row.listened_at or ''}"
                self.rejected.add(Rejected(file, row.line, reason, text))
                counts.rejected += 1

    def _tracks_in(self, session: Session, rows: dict[str, TrackRow]) -> tuple[int, Ids]:
        """Write new and changed tracks; how many, and the ids of what was added."""
        added = artists_by_key(session, (row.artist for row in rows.values()), self.ids.artists)
        artists = ChainMap(added, self.ids.artists)
        values = {
            external: _values(row, artists[artist_key(row.artist)])
            for external, row in rows.items()
        }
        known = self.ids.tracks
        new = {external: value for external, value in values.items() if external not in known}
        old = {known[external]: value for external, value in values.items() if external in known}
        tracks = self._add_tracks(session, new)
        return len(new) + _change_tracks(session, old), Ids(tracks=tracks, artists=added)

    def _add_tracks(self, session: Session, new: dict[str, dict[str, Any]]) -> dict[str, int]:
        rows = [{**_BLANK, "created_at": utc_now(), **value} for value in new.values()]
        ids = dict(zip(new, insert_numbered(session, TRACKS, rows), strict=True))
        remember(session, self.source, ExternalKind.TRACK, ids)
        return ids

    def _listens_in(self, session: Session, rows: list[ListenRow]) -> tuple[int, Ids]:
        """Write the listens that are new, and their sums in the same transaction; how many."""
        strangers = list({row.user: None for row in rows if row.user not in self.ids.users})
        added = add_listeners(session, self.source, strangers) if strangers else {}
        users = self.ids.users | added if added else self.ids.users
        connection = session.connection()
        before = connection.execute(select_columns(func.max(EVENTS.c.id))).scalar() or 0
        insert_missing(session, EVENTS, self._events(rows, users))
        ours = (EVENTS.c.id > before) & (EVENTS.c.import_id == self.import_id)
        count = select_columns(func.count()).select_from(EVENTS).where(ours)
        loaded = connection.execute(count).scalar_one()
        upsert(session, USER_ITEMS, _sums(ours), add_sums)
        return loaded, Ids(users=added)

    def _events(self, rows: list[ListenRow], users: dict[str, int]) -> list[dict[str, Any]]:
        tracks, now = self.ids.tracks, utc_now()
        return [
            {
                "user_id": users[row.user],
                "track_id": tracks[row.track],
                "kind": EventKind.LISTEN,
                "occurred_at": row.listened_at,
                "plays": row.plays,
                "source": self.source,
                "idempotency_key": None if row.listened_at else self._undated_key(row),
                "import_id": self.import_id,
                "recorded_at": now,
            }
            for row in rows
        ]

    def _undated_key(self, row: ListenRow) -> str:
        """Without a time nothing else would tell a repeated import from a new listen."""
        key = f"{self.source}:{row.user}:{row.track}"
        if len(key) <= MAX_IDEMPOTENCY_KEY:
            return key
        return f"{self.source}:{hashlib.sha256(key.encode()).hexdigest()[:60]}"


def refresh_listener_counts(session: Session) -> None:
    items = USER_ITEMS.c
    listeners = (
        select_columns(func.count())
        .where(items.track_id == TRACKS.c.id, items.plays > 0)
        .scalar_subquery()
    )
    session.connection().execute(update_rows(TRACKS).values(listener_count=listeners))


def _values(row: TrackRow, artist_id: int) -> dict[str, Any]:
    key = catalog.search_key(row.title, row.artist)[: 2 * MAX_KEY]
    values: dict[str, Any] = {"title": row.title, "artist_id": artist_id, "search_key": key}
    optional = {name: getattr(row, name) for name in _KEPT_IF_ABSENT}
    # What a file does not know is no reason to forget what we do.
    values |= {name: value for name, value in optional.items() if value is not None}
    if row.youtube_id is not None:
        values["video_state"] = VideoState.FOUND
    return values


def _change_tracks(session: Session, wanted: dict[int, dict[str, Any]]) -> int:
    changed = 0
    for track in session.exec(select(Track).where(TRACKS.c.id.in_(wanted))):
        new = wanted[int(track.id or 0)]
        if any(getattr(track, name) != value for name, value in new.items()):
            track.sqlmodel_update(new)
            session.add(track)
            changed += 1
    return changed


def _sums(ours: Any) -> Any:
    columns = EVENTS.c
    return (
        select_columns(
            columns.user_id,
            columns.track_id,
            func.sum(columns.plays).label("plays"),
            func.sum(columns.plays * 0).label("skips"),
            func.max(columns.occurred_at).label("last_listened_at"),
        )
        .where(ours)
        .group_by(columns.user_id, columns.track_id)
    )


def _blocks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Blocks of rows; what came before a file breaks off is given before that is raised."""
    block: list[T] = []
    broken: ImportRefused | None = None
    try:
        for row in rows:
            block.append(row)
            if len(block) == size:
                yield block
                block = []
    except ImportRefused as error:
        broken = error
    if block:
        yield block
    if broken is not None:
        raise broken
