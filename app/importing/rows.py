"""What readers give to the loader: checked rows, and those that cannot or need not be taken."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

OWNER = ""
"""The listener of a row in somebody's own history, whose file names nobody."""


@dataclass(frozen=True, slots=True)
class TrackRow:
    external_id: str
    title: str
    artist: str
    album: str | None = None
    year: int | None = None
    genre: str | None = None
    duration_seconds: int | None = None
    youtube_id: str | None = None
    also: tuple[tuple[str, str], ...] = ()
    """(source, id there) of the same recording elsewhere: MusicBrainz, ISRC, Spotify."""


@dataclass(frozen=True, slots=True)
class ListenRow:
    user: str
    track: str
    listened_at: datetime | None
    plays: int = 1
    line: int = 0
    """Where it stands in its file, for reports."""
    is_skip: bool = False
    seconds: int | None = None
    """How long it was played, where its source knows."""


@dataclass(frozen=True, slots=True)
class PlayRow:
    """A listen that brings its track along."""

    track: TrackRow
    listen: ListenRow


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A row that is as it should be, but of nothing that belongs here: a podcast, a film."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row, or one value of it, that was left out."""

    file: str
    line: int
    """Where the row ends, counted from 1 as editors do; in a list, which item it is."""
    reason: str
    text: str
    whole: bool = True
    """False where only a value was left out and the row was loaded."""


Row = TrackRow | ListenRow | PlayRow | PassedOver | Rejected


class Holds(StrEnum):
    """What a part of an import holds; it says how many rows make a transaction."""

    TRACKS = "tracks"
    LISTENS = "listens"
    PLAYS = "plays"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an import."""

    file: str
    holds: Holds
    size: int
    """Bytes, as its share of the whole."""
    rows: Iterator[Row]
    bytes_read: Callable[[], int]
