"""One loader for every format: checked rows in, tracks and listens out, in small transactions.

Each transaction leaves events and sums in agreement, and everything is known again by its id at
the source, so that an import that was interrupted is simply started again.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol

from sqlmodel import Session

from app.db import Database
from app.importing.collisions import EditedMeanwhile, transact_again
from app.importing.identity import Ids, Origin, add_listeners, name_ids
from app.importing.late_splits import last_edit, split_late, splits
from app.importing.listens import Names, add_listens
from app.importing.overlaps import untold
from app.importing.reading_ahead import in_blocks, one_ahead
from app.importing.report import Counts, RejectedFile, Tally
from app.importing.rows import OWNER, Holds, ListenRow, PassedOver, PlayRow, Rejected, Row, TrackRow
from app.importing.track_search import fill_keys
from app.importing.tracks import add_tracks, change_tracks
from app.listening import history_of, recount_listeners

AT_ONCE = {Holds.TRACKS: 2_000, Holds.LISTENS: 20_000, Holds.PLAYS: 5_000}
"""Rows of one transaction: large enough to be quick, small enough to let other writers in."""


class Checkpoint(Protocol):
    """What the place in the rows is kept by, in each transaction."""

    def begin(self, session: Session) -> None:
        """First of all, so that nobody waits for us whom we should have to wait for later."""

    def keep(self, session: Session, after: Tally, size: int) -> None:
        """Told the counts after it and how many rows it was made of."""


class _NoCheckpoint:
    """For rows that nobody keeps the place in."""

    def begin(self, session: Session) -> None: ...

    def keep(self, session: Session, after: Tally, size: int) -> None: ...


_NO_CHECKPOINT = _NoCheckpoint()


@dataclass(slots=True)
class _Block:
    """The good rows of a block."""

    tracks: dict[str, TrackRow] = field(default_factory=dict)
    """Those that are written; the last row of an id is the one that counts."""
    played: dict[str, TrackRow] = field(default_factory=dict)
    """What a history played: written where it is not known."""
    listens: list[ListenRow] = field(default_factory=list)
    track_rows: int = 0


@dataclass(slots=True)
class _Written:
    """What a transaction did, which counts once it is committed."""

    tally: Tally
    ids: Ids = field(default_factory=Ids)
    taken: dict[int, datetime] = field(default_factory=dict)
    """Listens of other sources that stand for rows of the block, and when these began."""


class Loader:
    """Loads one source's rows. `source` and an id there name a thing for ever."""

    def __init__(
        self,
        database: Database,
        origin: Origin,
        rejected: RejectedFile,
        *,
        owner_id: int | None = None,
    ) -> None:
        """`owner_id`: whose own history it is; several ids there may then mean one track."""
        self.database = database
        self.origin = origin
        self.rejected = rejected
        self.owner_id = owner_id
        while database.transact(fill_keys):
            pass
        self._look_again()
        # A listen stands for one row of all blocks. Not kept in the checkpoint: where a worker was
        # killed, the next one may take a play beside the last block for one that was told.
        self._taken: dict[int, datetime] = {}

    def load(
        self,
        rows: Iterable[Row],
        file: str,
        holds: Holds,
        tally: Tally,
        checkpoint: Checkpoint = _NO_CHECKPOINT,
    ) -> Iterator[int]:
        """Write what is new or changed; after each transaction, of how many rows it was."""
        for read in one_ahead(in_blocks(rows, AT_ONCE[holds])):
            block = self._sift(read, file, tally, holds)
            done = transact_again(
                self.database,
                partial(self._kept, block=block, tally=tally, size=len(read), place=checkpoint),
                self._look_again,
            )
            self.ids.learn(done.ids)
            self.ids.nameless.difference_update(block.tracks or block.played)
            self._taken |= done.taken
            tally.tracks, tally.listens = done.tally.tracks, done.tally.listens
            tally.tracks_added = done.tally.tracks_added
            yield len(read)

    def recount_listeners(self) -> None:
        """Of the tracks that it can have changed."""
        recount_listeners(self.database, heard_by(self.database, self.owner_id))

    def _look_again(self) -> None:
        """Another has just added what was new to this one as well, or removed what it knew."""
        with self.database.read() as session:
            self._look(session)

    def _look(self, session: Session) -> None:
        """What the source's ids mean by now: administrators may have merged and split tracks."""
        self._edits = last_edit(session)
        self.ids = Ids.of(session, self.origin.source)
        self._splits = splits(session)
        if self.owner_id is not None:
            self.ids.users[OWNER] = self.owner_id

    def _sift(self, rows: list[Row], file: str, tally: Tally, holds: Holds) -> _Block:
        """The good rows of a block; the others are counted and written down."""
        block, known = _Block(), self.ids.tracks
        counts = tally.of_kind(holds)
        unknown: list[ListenRow] = []
        for row in rows:
            match row:
                case ListenRow():
                    (block.listens if row.track in known else unknown).append(row)
                case PlayRow():
                    block.listens.append(row.listen)
                    block.played.setdefault(row.track.external_id, row.track)
                case TrackRow():
                    block.track_rows += 1
                    block.tracks[row.external_id] = row
                case PassedOver():
                    tally.passed_over += 1
                case Rejected():
                    self.rejected.add(row)
                    counts.rejected += row.whole
                    counts.read += row.whole
        counts.read += len(block.listens) + len(unknown) + block.track_rows
        self._reject(unknown, file, counts)
        return block

    def _reject(self, unknown: list[ListenRow], file: str, counts: Counts) -> None:
        for row in unknown:
            reason = "track_id: no track of this source has this id"
            text = f"{row.user},{row.track},{row.listened_at or ''}"
            self.rejected.add(Rejected(file, row.line, reason, text))
        counts.rejected += len(unknown)

    def _kept(
        self, session: Session, block: _Block, tally: Tally, size: int, place: Checkpoint
    ) -> _Written:
        """All of a block and how far that is, or nothing; what a repeated one does is not seen."""
        place.begin(session)
        if last_edit(session) != self._edits:
            self._look(session)
        done = self._write(session, block, tally)
        place.keep(session, done.tally, size)
        # What is written holds editors off; one who was quicker may have changed what it means.
        if last_edit(session) != self._edits:
            raise EditedMeanwhile
        return done

    def _write(self, session: Session, block: _Block, tally: Tally) -> _Written:
        done = _Written(deepcopy(tally))
        after, new = done.tally, done.ids
        changed = 0
        known = self.ids.tracks
        told = block.tracks or block.played
        nameless = {name: told[name] for name in self.ids.nameless & told.keys()}
        name_ids(session, self.origin.source, nameless)
        played = {name: row for name, row in block.played.items() if name not in known}
        if tracks := block.tracks or played:
            changed = self._tracks_in(session, tracks, new)
            after.tracks_added += len(set(new.tracks.values()) - new.borrowed)
        if block.track_rows:
            after.tracks.loaded += changed
            after.tracks.unchanged += block.track_rows - changed
        if block.listens:
            loaded = self._listens_in(session, block.listens, done)
            after.listens.loaded += loaded
            after.listens.unchanged += len(block.listens) - loaded
        return done

    def _tracks_in(self, session: Session, rows: dict[str, TrackRow], new: Ids) -> int:
        """Write new and changed tracks; how many."""
        known = self.ids.tracks
        strange = {external: row for external, row in rows.items() if external not in known}
        joins = self.owner_id is not None
        added = add_tracks(session, self.origin, strange, self.ids, joins=joins)
        new.learn(added)
        old = {external: row for external, row in rows.items() if external in known}
        return len(added.tracks) + change_tracks(session, old, self.ids, new, joins=joins)

    def _listens_in(self, session: Session, rows: list[ListenRow], done: _Written) -> int:
        """Write the listens that are new, and their sums in the same transaction; how many.

        In a listener's own history those are not of which another service has told.
        """
        known, new = self.ids.users, done.ids
        strangers = list({row.user: None for row in rows if row.user not in known})
        if strangers:
            new.users |= add_listeners(session, self.origin, strangers)
        users = known | new.users if new.users else known
        tracks = self.ids.tracks
        if new.tracks:
            here = {row.track: tracks.get(row.track, 0) for row in rows}
            tracks = {**here, **new.tracks}
        if self.owner_id is not None:
            source, taken = self.origin.source, self._taken
            rows, done.taken = untold(session, source, self.owner_id, rows, tracks, taken)
        numbers = self.ids.numbers
        if new.numbers:
            numbers = {**{row.track: numbers.get(row.track, 0) for row in rows}, **new.numbers}
        names = Names(users, tracks, numbers)
        split_late(session, self.origin.source, rows, names, self._splits)
        return add_listens(session, self.origin, rows, names)


def heard_by(database: Database, owner_id: int | None) -> list[int] | None:
    """The tracks whose listeners a history can change; None, for all, where it is a catalogue."""
    if owner_id is None:
        return None
    with database.read() as session:
        heard: list[int] = history_of(session, owner_id).track_ids.tolist()
    return heard
