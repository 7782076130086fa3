"""Take an import back: its listens with their sums, then what it added and nobody else uses.

In small transactions, each of which leaves sums and events in agreement; one that is
interrupted is simply begun again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial

from sqlalchemy import ColumnElement, Table, delete, exists
from sqlalchemy import select as select_columns
from sqlmodel import Session

from app import changes
from app.db import Database
from app.importing import claiming, commands, records
from app.importing.collisions import transact_again
from app.importing.errors import ImportNotFound, ImportOver
from app.importing.identity import ARTISTS, EXTERNAL_IDS, USERS
from app.importing.loader import heard_by
from app.importing.records import Claim
from app.importing.track_search import TRACKS
from app.listening import EVENTS, USER_ITEMS, hold_all, recount_listeners
from app.listening.summing import sum_again
from app.models import (
    ApiToken,
    ArtistPick,
    DataImport,
    ExternalKind,
    ImportState,
    Playlist,
    PlaylistTrack,
)
from app.models.columns import utc_now
from app.pulse import Pulse
from app.turns import CATALOGUE, take_turn
from app.writes import in_parts

EVENTS_AT_ONCE = 5_000
Progress = Callable[[float], None]
"""Told the share that is taken back."""
_THINGS_AT_ONCE = 500
_PLAYLIST_TRACKS: Table = PlaylistTrack.__table__  # type: ignore[attr-defined]
_PLAYLISTS: Table = Playlist.__table__  # type: ignore[attr-defined]
_PICKS: Table = ArtistPick.__table__  # type: ignore[attr-defined]
_TOKENS: Table = ApiToken.__table__  # type: ignore[attr-defined]


def undo_now(database: Database, import_id: int, progress: Progress) -> None:
    """Take it back here. What stops it leaves it failed, to be undone again.

    Raises ImportNotFound, InvalidInput where it goes on or is undone, ImportUnderway, ImportOver
    where somebody has ended it meanwhile.
    """
    claim = Claim(import_id, commands.new_holder())
    begin = partial(claiming.begin_undoing, import_id=import_id, holder=claim.holder)
    database.transact(begin)
    with Pulse(lambda: database.transact(partial(records.live, claim=claim))):
        try:
            undo(database, claim, progress)
        except BaseException as error:
            failed = partial(records.end, claim=claim, state=ImportState.FAILED)
            with suppress(ImportOver, ImportNotFound):
                database.transact(partial(failed, error=records.reason_of(error)))
            raise


def undo(database: Database, claim: Claim, progress: Progress = lambda _: None) -> None:
    """Raises ImportOver where another goes on with it."""
    row = database.transact(lambda session: records.take_up(session, claim))
    # One that goes on where another was cannot know what that one has taken back.
    heard = heard_by(database, row.user_id) if row.attempts == 1 else None
    taken_back, last = 0, 0
    while True:
        size, last = database.transact(
            partial(_take_back, claim=claim, after=last, taken=taken_back)
        )
        if not size:
            break
        taken_back += size
        progress(min(taken_back / max(row.rows_loaded, 1), 1.0))
    while transact_again(
        database, lambda session: _remove_added(session, claim, row), lambda: None
    ):
        pass
    recount_listeners(database, heard)
    database.transact(lambda session: records.end(session, claim, ImportState.UNDONE))


def _take_back(session: Session, claim: Claim, after: int, taken: int) -> tuple[int, int]:
    """Delete some of its events, in the order of their numbers; how many, and the last one."""
    row = records.held(session, claim, ImportState.UNDOING)
    connection, columns = session.connection(), EVENTS.c
    mine = (columns.import_id == claim.import_id) & (columns.id > after)
    statement = select_columns(columns.id, columns.user_id, columns.track_id).where(mine)
    some = connection.execute(statement.order_by(columns.id).limit(EVENTS_AT_ONCE)).all()
    if not some:
        return 0, after
    hold_all(session, {event.user_id for event in some})
    last: int = some[-1].id
    # Until now they could still be forgotten, or their track merged into another.
    events = connection.execute(statement.where(columns.id <= last)).all()
    connection.execute(delete(EVENTS).where(mine, columns.id <= last))
    tracks: dict[int, set[int]] = defaultdict(set)
    for event in events:
        tracks[event.user_id].add(event.track_id)
    for user_id, heard in tracks.items():
        for part in in_parts(sorted(heard)):
            sum_again(session, user_id, part)
    row.heartbeat_at = utc_now()
    row.progress = min((taken + len(some)) / max(row.rows_loaded, 1), 0.99)
    session.add(row)
    return len(some), last


def _remove_added(session: Session, claim: Claim, row: DataImport) -> bool:
    """Look at some of the ids that it brought; whether there were any."""
    records.live(session, claim)
    columns = EXTERNAL_IDS.c
    statement = (
        select_columns(columns.id, columns.kind, columns.our_id, columns.matched)
        .where(columns.import_id == claim.import_id)
        .order_by(columns.matched.desc(), columns.id)
        .limit(_THINGS_AT_ONCE)
    )
    ids = session.connection().execute(statement).all()
    if not ids:
        return False
    added: dict[ExternalKind, list[int]] = defaultdict(list)
    for known in ids:
        if not known.matched:
            added[known.kind].append(known.our_id)
    gone = _remove_tracks(session, claim, added[ExternalKind.TRACK])
    _remove_listeners(session, added[ExternalKind.USER])
    _forget_ids(session, [known.id for known in ids], gone, row)
    return True


def _remove_tracks(session: Session, claim: Claim, ids: Sequence[int]) -> set[int]:
    """Remove those that nobody has heard or keeps, and artists who have no other left."""
    if not ids:
        return set()
    connection, columns, merged = session.connection(), TRACKS.c, TRACKS.alias()
    used_by = [
        exists().where(EVENTS.c.track_id == columns.id),
        exists().where(USER_ITEMS.c.track_id == columns.id),
        exists().where(_PLAYLIST_TRACKS.c.track_id == columns.id),
        exists().where(merged.c.merged_into_id == columns.id),
        exists().where(
            EXTERNAL_IDS.c.kind == ExternalKind.TRACK,
            EXTERNAL_IDS.c.our_id == columns.id,
            EXTERNAL_IDS.c.import_id.is_distinct_from(claim.import_id),
        ),
    ]
    unused = select_columns(columns.id, columns.artist_id).where(
        columns.id.in_(ids), *(~used for used in used_by)
    )
    take_turn(session, CATALOGUE)
    rows = connection.execute(unused).all()
    gone = {row.id for row in rows}
    changes.note(session, gone, {row.artist_id for row in rows})
    connection.execute(delete(TRACKS).where(columns.id.in_(gone)))
    _remove_artists(session, {row.artist_id for row in rows})
    return gone


def _remove_artists(session: Session, ids: set[int]) -> None:
    """Those left alone whom nobody picked, and whom no other was merged into."""
    connection, others = session.connection(), ARTISTS.alias()
    known_as = select_columns(others.c.merged_into_id).where(others.c.merged_into_id.is_not(None))
    alone = ~exists().where(TRACKS.c.artist_id == ARTISTS.c.id)
    alone &= ~exists().where(_PICKS.c.artist_id == ARTISTS.c.id)
    # Their own table is read first, whole: MySQL deletes from none that it reads.
    kept = set(connection.execute(known_as).scalars())
    connection.execute(delete(ARTISTS).where(ARTISTS.c.id.in_(ids - kept), alone))


def _remove_listeners(session: Session, ids: Sequence[int]) -> None:
    """Listeners from the file who never were here themselves and have no listens left."""
    columns = USERS.c
    stranger = columns.password_hash.is_(None) & columns.id.in_(ids)
    traces = [
        exists().where(table.c.user_id == columns.id)
        for table in (EVENTS, USER_ITEMS, _TOKENS, _PLAYLISTS)
    ]
    session.connection().execute(delete(USERS).where(stranger, *(~trace for trace in traces)))


def _forget_ids(session: Session, ids: Sequence[int], gone: Iterable[int], row: DataImport) -> None:
    """Of what is gone, and those that a file of somebody else's things may have given wrongly.

    What stays keeps its names, as brought by an import that uses it: a later one must know it.
    """
    connection, columns = session.connection(), EXTERNAL_IDS.c
    connection.execute(
        delete(EXTERNAL_IDS).where(
            columns.kind == ExternalKind.TRACK, columns.our_id.in_(sorted(gone))
        )
    )
    looked_at = columns.id.in_(ids)
    here = exists().where(USERS.c.id == columns.our_id)
    left = looked_at & (columns.kind == ExternalKind.USER) & ~here
    connection.execute(delete(EXTERNAL_IDS).where(left))
    if row.user_id is None:
        _forget_matched(session, looked_at & columns.matched)
    for kind, user in (
        (ExternalKind.TRACK, EVENTS.c.track_id == columns.our_id),
        (ExternalKind.USER, EVENTS.c.user_id == columns.our_id),
    ):
        heir = select_columns(EVENTS.c.import_id).where(user, EVENTS.c.import_id.is_not(None))
        handed_on = EXTERNAL_IDS.update().where(looked_at, columns.kind == kind)
        connection.execute(handed_on.values(import_id=heir.limit(1).scalar_subquery()))


def _forget_matched(session: Session, which: ColumnElement[bool]) -> None:
    """Listens of others that such an id had told may be told anew, by one that a file gives yet."""
    connection, columns = session.connection(), EXTERNAL_IDS.c
    of_tracks = which & (columns.kind == ExternalKind.TRACK)
    dead = connection.execute(select_columns(columns.id, columns.our_id).where(of_tracks)).all()
    told = EVENTS.update().where(
        EVENTS.c.track_id.in_({known.our_id for known in dead}),
        EVENTS.c.came_by.in_([known.id for known in dead]),
    )
    connection.execute(told.values(came_by=None))
    connection.execute(delete(EXTERNAL_IDS).where(which))
