"""Use-cases: a listener's own playlists."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from sqlalchemy import Table, delete, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.errors import InvalidInput, InvalidReason, PlaylistChanged, PlaylistNotFound, TrackNotFound
from app.errors.invalid import out_of_range, too_many, wrong_name
from app.models import Playlist, PlaylistTrack, Track
from app.models.columns import id_of
from app.text import is_sound

ENTRIES: Table = PlaylistTrack.__table__  # type: ignore[attr-defined]

MAX_NAME = 200
MAX_PLAYLISTS = 1_000
"""Of one listener."""
MAX_TRACKS = 2_000
"""Of one playlist: it is loaded and rewritten whole."""
MAX_ADDED = 1_000
"""Tracks of one call."""


@dataclass(frozen=True, slots=True)
class Summary:
    id: int
    name: str
    track_count: int


class Place(NamedTuple):
    """A place of a playlist, 1 for the first, with the track that stands or stood there."""

    position: int
    track_id: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """What stands at a place of a playlist."""

    track_id: int
    merged_from: int | None = None
    """It is kept wherever the track goes, so that a merge can be taken back."""


def playlists(
    session: Session, user_id: int, first: int, before: int | None = None
) -> list[Summary]:
    """The listener's playlists, the newest first, those before a number."""
    statement = _summaries().where(col(Playlist.user_id) == user_id)
    if before is not None:
        statement = statement.where(col(Playlist.id) < before)
    statement = statement.order_by(col(Playlist.id).desc()).limit(first)
    return [Summary(*row) for row in session.connection().execute(statement)]


def playlists_by_id(session: Session, user_id: int, ids: Sequence[int]) -> list[Summary | None]:
    """The listener's own in the order of `ids`, None where there is none of theirs."""
    statement = _summaries().where(col(Playlist.user_id) == user_id, col(Playlist.id).in_(ids))
    found = {row.id: Summary(*row) for row in session.connection().execute(statement)}
    return [found.get(number) for number in ids]


def playlist(session: Session, user_id: int, playlist_id: int) -> Summary:
    """Raises PlaylistNotFound, also for another's."""
    (found,) = playlists_by_id(session, user_id, [playlist_id])
    if found is None:
        raise PlaylistNotFound(playlist_id)
    return found


def count_playlists(session: Session, user_id: int) -> int:
    mine = select(func.count()).select_from(Playlist).where(Playlist.user_id == user_id)
    return session.exec(mine).one()


def track_ids(session: Session, playlist_id: int) -> list[int]:
    """Its tracks in their order."""
    return [place.track_id for place in places(session, playlist_id)]


def places(
    session: Session, playlist_id: int, first: int | None = None, behind: Place | None = None
) -> list[Place]:
    """Its places in their order, those behind one, wherever that one's track stands by now."""
    columns = ENTRIES.c
    begin = _found_again(session, playlist_id, behind) if behind else 0
    statement = (
        select_columns(columns.position, columns.track_id)
        .where(columns.playlist_id == playlist_id, columns.position > begin)
        .order_by(columns.position)
        .limit(first)
    )
    return [Place(*row) for row in session.connection().execute(statement)]


def holding(session: Session, user_id: int, track_id: int) -> set[int]:
    """Ids of the listener's playlists that the track stands in."""
    mine = select(Playlist.id).where(Playlist.user_id == user_id)
    held = select_columns(ENTRIES.c.playlist_id).where(ENTRIES.c.track_id == track_id)
    return set(session.connection().scalars(held.where(ENTRIES.c.playlist_id.in_(mine))))


def create(session: Session, user_id: int, name: str, tracks: Sequence[int] = ()) -> int:
    """A new playlist of these tracks; its id. Raises InvalidInput, TrackNotFound."""
    if count_playlists(session, user_id) >= MAX_PLAYLISTS:
        problem = f"{MAX_PLAYLISTS} playlists are the most: delete one first"
        raise InvalidInput("name", problem, InvalidReason.TOO_MANY, most=MAX_PLAYLISTS)
    row = Playlist(user_id=user_id, name=checked_name(name))
    session.add(row)
    session.flush()
    _append(session, id_of(row), 0, tracks)
    return id_of(row)


def rename(session: Session, user_id: int, playlist_id: int, name: str) -> None:
    """Raises PlaylistNotFound, InvalidInput."""
    row = _held(session, user_id, playlist_id)
    row.name = checked_name(name)
    session.add(row)
    session.flush()


def remove(session: Session, user_id: int, playlist_id: int) -> None:
    """Raises PlaylistNotFound."""
    session.delete(_held(session, user_id, playlist_id))
    session.flush()


def add_tracks(session: Session, user_id: int, playlist_id: int, tracks: Sequence[int]) -> None:
    """Put tracks at the end. Raises PlaylistNotFound, InvalidInput, TrackNotFound."""
    _held(session, user_id, playlist_id)
    _append(session, playlist_id, len(track_ids(session, playlist_id)), tracks)


def take_out(
    session: Session, user_id: int, playlist_id: int, position: int, track_id: int
) -> None:
    """Take the track at a place out. Raises PlaylistNotFound; PlaylistChanged if it is another."""
    _held(session, user_id, playlist_id)
    entries = _entries(session, playlist_id)
    _check_place(entries, position, track_id)
    del entries[position - 1]
    _rewrite(session, playlist_id, entries)


def move(
    session: Session, user_id: int, playlist_id: int, position: int, track_id: int, to: int
) -> None:
    """Move the track at a place to another, the last if that lies behind the end.

    Raises PlaylistNotFound, InvalidInput; PlaylistChanged if another track is there.
    """
    if to < 1:
        raise out_of_range("to", to, 1, None)
    _held(session, user_id, playlist_id)
    entries = _entries(session, playlist_id)
    _check_place(entries, position, track_id)
    entries.insert(to - 1, entries.pop(position - 1))
    _rewrite(session, playlist_id, entries)


def checked_name(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= MAX_NAME or not name.isprintable() or not is_sound(name):
        raise wrong_name("name", name, MAX_NAME)
    return name


def _held(session: Session, user_id: int, playlist_id: int) -> Playlist:
    """The listener's own playlist, which nobody else changes until the end."""
    mine = select(Playlist).where(Playlist.id == playlist_id, Playlist.user_id == user_id)
    found = session.exec(mine.with_for_update()).one_or_none()
    if found is None:
        raise PlaylistNotFound(playlist_id)
    return found


def _entries(session: Session, playlist_id: int) -> list[_Entry]:
    columns = ENTRIES.c
    mine = select_columns(columns.track_id, columns.merged_from).where(
        columns.playlist_id == playlist_id
    )
    rows = session.connection().execute(mine.order_by(columns.position))
    return [_Entry(*row) for row in rows]


def _found_again(session: Session, playlist_id: int, place: Place) -> int:
    """The nearest position of its track; where that is gone, what followed it has moved up."""
    columns = ENTRIES.c
    statement = (
        select_columns(columns.position)
        .where(columns.playlist_id == playlist_id, columns.track_id == place.track_id)
        .order_by(func.abs(columns.position - place.position), columns.position)
        .limit(1)
    )
    found = session.connection().execute(statement).scalar()
    return place.position - 1 if found is None else int(found)


def _check_place(entries: list[_Entry], position: int, track_id: int) -> None:
    if not 1 <= position <= len(entries) or entries[position - 1].track_id != track_id:
        raise PlaylistChanged(position=position)


def _append(session: Session, playlist_id: int, count: int, tracks: Sequence[int]) -> None:
    given = count + len(tracks)
    if len(tracks) > MAX_ADDED:
        raise too_many("trackIds", len(tracks), MAX_ADDED)
    if given > MAX_TRACKS:
        problem = f"must be at most {MAX_TRACKS} in a playlist, would be {given}"
        raise InvalidInput(
            "trackIds", problem, InvalidReason.TOO_MANY, given=given, most=MAX_TRACKS
        )
    shown = func.coalesce(col(Track.merged_into_id), col(Track.id))
    known = select_columns(col(Track.id), shown).where(col(Track.id).in_(set(tracks)))
    kept = {row[0]: row[1] for row in session.connection().execute(known)}
    missing = set(tracks) - set(kept)
    if missing:
        raise TrackNotFound(min(missing))
    _insert(session, playlist_id, count, [_Entry(kept[track_id]) for track_id in tracks])


def _rewrite(session: Session, playlist_id: int, entries: Sequence[_Entry]) -> None:
    session.connection().execute(delete(ENTRIES).where(ENTRIES.c.playlist_id == playlist_id))
    _insert(session, playlist_id, 0, entries)


def _insert(session: Session, playlist_id: int, count: int, entries: Sequence[_Entry]) -> None:
    rows = [
        {"playlist_id": playlist_id, "position": position, **asdict(entry)}
        for position, entry in enumerate(entries, count + 1)
    ]
    if rows:
        session.connection().execute(ENTRIES.insert(), rows)


def _summaries() -> Any:
    count = (
        select_columns(func.count())
        .where(ENTRIES.c.playlist_id == col(Playlist.id))
        .scalar_subquery()
    )
    return select_columns(col(Playlist.id), col(Playlist.name), count)
