"""What readers give to the loader: checked rows, and those that cannot be taken."""

from dataclasses import dataclass
from datetime import datetime


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


@dataclass(frozen=True, slots=True)
class ListenRow:
    user: str
    track: str
    listened_at: datetime | None
    plays: int = 1
    line: int = 0
    """Where it stands in its file, for reports."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row, or one value of it, that was left out."""

    file: str
    line: int
    """Where the row ends, counted from 1 as editors do."""
    reason: str
    text: str
    whole: bool = True
    """False where only a value was left out and the row was loaded."""
