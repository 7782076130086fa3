"""Use-case: everything about one listener, as JSON that is written while it is read."""

from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import Select
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app import playlists
from app.errors import UserNotFound
from app.listening import EVENTS, USER_ITEMS
from app.models import (
    ApiToken,
    Artist,
    ArtistPick,
    DataImport,
    ExternalId,
    ExternalKind,
    Playlist,
    Prediction,
    RecordPause,
    Track,
    User,
)
from app.models.columns import id_of, utc_now

FORMAT, VERSION = "PyTune export", 1
PATH = "/settings/export"
"""Where it is to be had."""
_CHUNK = 1_000


def export(session: Session, user_id: int) -> Iterator[bytes]:
    """One JSON object in pieces; no more than a thousand rows are in memory at once.

    Raises UserNotFound, before the first piece.
    """
    user = session.get(User, user_id)
    if user is None:
        raise UserNotFound(user_id)
    head = {"format": FORMAT, "version": VERSION, "exported_at": utc_now(), "account": _of(user)}
    return _pieces(session, user_id, head)


def _pieces(session: Session, user_id: int, head: dict[str, Any]) -> Iterator[bytes]:
    yield orjson.dumps(head)[:-1]
    for name, statement in _sections(user_id).items():
        yield b',\n"' + name.encode() + b'": ['
        yield from _rows(session, statement)
        yield b"]"
    yield b',\n"playlists": ['
    between = b"\n"
    for row in session.exec(select(Playlist).where(Playlist.user_id == user_id)).all():
        yield between + orjson.dumps(_playlist(session, row))
        between = b",\n"
    yield b"]}\n"


def _rows(session: Session, statement: Select[Any]) -> Iterator[bytes]:
    result = session.connection().execution_options(yield_per=_CHUNK).execute(statement)
    between = b"\n"
    for rows in result.partitions(_CHUNK):
        yield between + b",\n".join(orjson.dumps(_plain(row)) for row in rows)
        between = b",\n"


def _plain(row: Any) -> dict[str, Any]:
    """The row without what it does not say."""
    return {name: value for name, value in row._mapping.items() if value is not None}  # noqa: SLF001  its public name in SQLAlchemy


def _of(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "role": user.role,
        "created_at": user.created_at,
        "language": user.language,
        "time_zone": user.time_zone,
        "time_zone_of_browser": user.noted_time_zone,
        "record_paused_at": user.paused_at,
    }


def _playlist(session: Session, row: Playlist) -> dict[str, Any]:
    entry = playlists.ENTRIES.c
    statement = _with_names(playlists.ENTRIES).where(entry.playlist_id == id_of(row))
    rows = session.connection().execute(statement.order_by(entry.position))
    tracks = [_plain(one) for one in rows]
    return {"name": row.name, "created_at": row.created_at, "tracks": tracks}


def _sections(user_id: int) -> dict[str, Select[Any]]:
    token, served = ApiToken.__table__.c, Prediction.__table__.c  # type: ignore[attr-defined]
    known_as = (col(ExternalId.kind) == ExternalKind.USER, col(ExternalId.our_id) == user_id)
    elsewhere = (col(ExternalId.source), col(ExternalId.external_id))
    lists = (served.list_id, served.kind, served.model_version, served.discovery, served.served_at)
    return {
        "known_elsewhere_as": select_columns(*elsewhere).where(*known_as),
        "sign_ins": select_columns(
            token.name, token.created_at, token.last_used_at, token.expires_at
        ).where(token.user_id == user_id),
        "record_pauses": _pauses(user_id),
        "picked_artists": _picks(user_id),
        "imports": _imports(user_id),
        "events": _events(user_id),
        "tracks": _sums(user_id),
        "recommended": select_columns(*lists, served["items"])
        .where(served.user_id == user_id)
        .order_by(served.id),
    }


def _pauses(user_id: int) -> Select[Any]:
    """Those that are over; one that goes on is the account's."""
    row = RecordPause.__table__.c  # type: ignore[attr-defined]
    mine = select_columns(row.began_at, row.ended_at).where(row.user_id == user_id)
    return mine.order_by(row.began_at)


def _picks(user_id: int) -> Select[Any]:
    columns: tuple[Any, ...] = (
        col(Artist.id).label("artist_id"),
        col(Artist.name),
        col(ArtistPick.picked_at),
    )
    joined = select_columns(*columns).join_from(
        ArtistPick, Artist, col(Artist.id) == col(ArtistPick.artist_id)
    )
    return joined.where(col(ArtistPick.user_id) == user_id).order_by(col(Artist.id))


def _imports(user_id: int) -> Select[Any]:
    row = DataImport.__table__.c  # type: ignore[attr-defined]
    what = (row.format, row.source, row.state, row.started_at, row.finished_at, row.error)
    counts = (row.rows_read, row.rows_loaded, row.rows_unchanged, row.rows_rejected)
    columns = (*what, *counts, row.rows_passed_over, row.tracks_added, row.reasons)
    return select_columns(*columns).where(row.user_id == user_id).order_by(row.id)


def _events(user_id: int) -> Select[Any]:
    event = EVENTS.c
    what = (event.kind, event.occurred_at, event.plays, event.seconds_played)
    whence = (event.source, event.idempotency_key, event.list_id, event.position)
    columns = (*what, *whence, event.recorded_at)
    return _with_names(EVENTS, *columns).where(event.user_id == user_id).order_by(event.id)


def _sums(user_id: int) -> Select[Any]:
    item = USER_ITEMS.c
    columns = (item.plays, item.skips, item.feedback, item.last_listened_at)
    mine = _with_names(USER_ITEMS, *columns).where(item.user_id == user_id)
    return mine.order_by(item.track_id)


def _with_names(table: Any, *columns: Any) -> Select[Any]:
    """The columns with the number, title and artist of the track that they are about."""
    names: tuple[Any, ...] = (
        col(Track.id).label("track"),
        col(Track.title),
        col(Artist.name).label("artist"),
    )
    return (
        select_columns(*names, *columns)
        .join_from(table, Track, col(Track.id) == table.c.track_id)
        .join(Artist, col(Artist.id) == col(Track.artist_id))
    )
