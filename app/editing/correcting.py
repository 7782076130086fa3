"""Correct what the catalogue says of a track or an artist."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, func, select, update

from app import catalog, changes
from app.editing.audit import held_artist, held_track, write_down
from app.errors import InvalidInput, InvalidReason
from app.errors.invalid import out_of_range, wrong_length, wrong_state
from app.importing.identity import artist_key, artists_by_key
from app.matching import Recording
from app.models import Artist, EditKind, ExternalId, ExternalKind, Track
from app.models.catalog import MAX_KEY, MAX_TITLE
from app.models.columns import id_of
from app.text import is_sound
from app.writes import in_parts

_MAX_GENRE, _LATEST_YEAR, _MOST_SECONDS = 64, 2100, 24 * 3600


@dataclass(frozen=True, slots=True)
class Correction:
    """All that people can say of a track; None where it is not known."""

    title: str
    artist: str
    album: str | None = None
    year: int | None = None
    genre: str | None = None
    duration_seconds: int | None = None


def edit_track(session: Session, track_id: int, said: Correction, by: str) -> None:
    """Write it down; imports add to the track from now on, and change nothing of it.

    Another artist is found by name, or added. Raises TrackNotFound, InvalidInput.
    """
    row = _shown(held_track(session, track_id), "trackId")
    title, name = checked_name("title", said.title), checked_name("artist", said.artist)
    values: dict[str, Any] = {
        "title": title,
        "artist_id": _artist_of(session, row, name),
        "album": _text("album", said.album, MAX_TITLE),
        "year": _number("year", said.year, 1, _LATEST_YEAR),
        "genre": _text("genre", said.genre, _MAX_GENRE),
        "duration_seconds": _number("durationSeconds", said.duration_seconds, 1, _MOST_SECONDS),
    }
    changed = {
        field: [getattr(row, field), value]
        for field, value in values.items()
        if getattr(row, field) != value
    }
    if not changed:
        return
    if "artist_id" in changed:
        row.artist_merged_from = None
    row.sqlmodel_update(values)
    find_by(row, session.get_one(Artist, row.artist_id).name)
    session.add(row)
    said_by_hand(session, [track_id])
    write_down(session, EditKind.EDIT, (ExternalKind.TRACK, track_id), by, changed)
    changes.note(session, tracks=[track_id])


def rename_artist(session: Session, artist_id: int, name: str, by: str) -> None:
    """Raises ArtistNotFound; InvalidInput, also where another artist has that name: merge them.

    Not where that one was merged into this one: it may be called as the other was.
    """
    row = _shown(held_artist(session, artist_id), "artistId")
    name, before = checked_name("name", name), row.name
    if name == before:
        return
    key = artist_key(name)
    merged_into_it = func.coalesce(col(Artist.merged_into_id), 0) == artist_id
    others = (col(Artist.name_key) == key, col(Artist.id) != artist_id, ~merged_into_it)
    if session.exec(select(Artist.id).where(*others)).first() is not None:
        problem = "another artist has that name: merge them instead"
        raise wrong_state("name", problem, "taken")
    if key != row.name_key:
        ids = session.exec(select(Track.id).where(col(Track.artist_id) == artist_id))
        said_by_hand(session, [number for number in ids if number is not None])
    row.name, row.name_key = name, key
    session.add(row)
    session.flush()
    find_by_artist(session, artist_id)
    write_down(
        session, EditKind.EDIT, (ExternalKind.ARTIST, artist_id), by, {"name": [before, name]}
    )
    changes.note(session, artists=[artist_id])


def said_by_hand(session: Session, track_ids: Sequence[int]) -> None:
    """From now on imports add to these tracks, and change nothing of them."""
    for some in in_parts(track_ids):
        known_as = (col(ExternalId.kind) == ExternalKind.TRACK, col(ExternalId.our_id).in_(some))
        session.exec(update(ExternalId).where(*known_as).values(matched=True))


def find_by_artist(session: Session, artist_id: int) -> None:
    """Make the artist's tracks be found by its name."""
    name = session.get_one(Artist, artist_id).name
    for track in session.exec(select(Track).where(col(Track.artist_id) == artist_id)):
        find_by(track, name)
        session.add(track)


def find_by(track: Track, artist: str) -> None:
    track.search_key = catalog.search_key(track.title, artist)[: 2 * MAX_KEY]
    track.match_key = Recording.of(track.title, artist).key


def _artist_of(session: Session, track: Track, name: str) -> int:
    """The artist of that name; the track's own, however it is spelled there."""
    own = session.get_one(Artist, track.artist_id)
    if own.name_key == artist_key(name):
        return id_of(own)
    return artists_by_key(session, [name], {})[artist_key(name)]


def _shown(row: Any, field: str) -> Any:
    if row.merged_into_id is not None:
        raise InvalidInput(field, "was merged into another: edit that one")
    return row


def checked_name(field: str, text: str) -> str:
    checked = _text(field, text, MAX_TITLE)
    if checked is None:
        raise wrong_length(field, 0, 1, MAX_TITLE)
    return checked


def _text(field: str, text: str | None, most: int) -> str | None:
    text = " ".join((text or "").split())
    if len(text) > most or not is_sound(text) or not text.isprintable():
        problem = f"must have at most {most} printable characters"
        raise InvalidInput(field, problem, InvalidReason.WRONG_NAME, most=most)
    return text or None


def _number(field: str, number: int | None, least: int, most: int) -> int | None:
    if number is not None and not least <= number <= most:
        raise out_of_range(field, number, least, most)
    return number
