"""Artists, tracks, and the ids that other catalogues know them by."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.columns import NUMBERED_ONCE, TABLE_OPTIONS, ClosedSet, UtcDateTime, utc_now

MAX_TITLE = 500
"""Characters of a title, an album or an artist's name."""
MAX_KEY = 768
"""Characters of a normalised key: an indexed column of MySQL holds 3,072 bytes."""
MAX_MATCH_KEY = 32
"""Characters of a key that imports match by."""


class VideoState(StrEnum):
    UNKNOWN = "unknown"
    SEARCHING = "searching"
    FOUND = "found"
    MISSING = "missing"


class Artist(SQLModel, table=True):
    __tablename__ = "artist"
    __table_args__ = NUMBERED_ONCE

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=MAX_TITLE)
    name_key: str = Field(max_length=MAX_KEY, index=True)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    merged_into_id: int | None = Field(default=None, index=True)
    """Which artist it was found to be; then it is shown nowhere, and its id leads there.

    No foreign key: backups are restored in the order of the ids."""


class Track(SQLModel, table=True):
    __tablename__ = "track"
    __table_args__ = NUMBERED_ONCE

    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=MAX_TITLE)
    artist_id: int = Field(foreign_key="artist.id", index=True)
    search_key: str = Field(max_length=2 * MAX_KEY)
    """Normalised title and artist, for search."""
    match_key: str | None = Field(default=None, max_length=MAX_MATCH_KEY, index=True)
    """What imports find it by, from title and artist; null until an import makes it."""
    album: str | None = Field(default=None, max_length=MAX_TITLE)
    year: int | None = Field(default=None)
    genre: str | None = Field(default=None, max_length=64)
    duration_seconds: int | None = Field(default=None)
    youtube_id: str | None = Field(default=None, max_length=16)
    video_state: VideoState = Field(default=VideoState.UNKNOWN, sa_type=ClosedSet(VideoState))
    video_checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    listener_count: int = Field(default=0, index=True)
    """Listeners who played it, as of the last import or training: orders search results."""
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    merged_into_id: int | None = Field(default=None, index=True)
    """Which track it was found to be; then it is shown nowhere, and its id leads there."""
    artist_merged_from: int | None = Field(default=None)
    """The artist that it was by before a merge of artists, so that the merge can be taken back."""


class WrongVideo(SQLModel, table=True):
    """A video that a listener set aside: it does not show the track, and is not found again."""

    __tablename__ = "wrong_video"
    __table_args__ = TABLE_OPTIONS

    track_id: int = Field(foreign_key="track.id", primary_key=True, ondelete="CASCADE")
    youtube_id: str = Field(max_length=16, primary_key=True)
    set_aside_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ExternalKind(StrEnum):
    TRACK = "track"
    ARTIST = "artist"
    USER = "user"


class ExternalId(SQLModel, table=True):
    """(source, kind, its id there) → our id; every file has a track 1."""

    __tablename__ = "external_id"
    __table_args__ = (
        UniqueConstraint("source", "kind", "external_id", name="uq_external_id"),
        Index("ix_external_id_ours", "kind", "our_id"),
        NUMBERED_ONCE,
    )

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(max_length=64)
    kind: ExternalKind = Field(sa_type=ClosedSet(ExternalKind))
    external_id: str = Field(max_length=255)
    our_id: int
    import_id: int | None = Field(default=None, index=True)
    """The import that brought it; no foreign key, as with a list of an event."""
    matched: bool = Field(default=False)
    """The thing was there before, and the id was added to it: undoing leaves the thing."""
    merged_from: int | None = Field(default=None)
    """The track that it named before a merge, so that the merge can be taken back."""
    title: str | None = Field(default=None, max_length=MAX_TITLE)
    """Of a track: what it was called there when it came first, as `artist`; null if unknown."""
    artist: str | None = Field(default=None, max_length=MAX_TITLE)


class EditKind(StrEnum):
    EDIT = "edit"
    MERGE = "merge"
    SEPARATE = "separate"
    SPLIT = "split"


class CatalogueEdit(SQLModel, table=True):
    """What an administrator did to a track or an artist, when and who."""

    __tablename__ = "catalogue_edit"
    __table_args__ = (Index("ix_catalogue_edit_ours", "thing", "our_id"), TABLE_OPTIONS)

    id: int | None = Field(default=None, primary_key=True)
    kind: EditKind = Field(sa_type=ClosedSet(EditKind))
    thing: ExternalKind = Field(sa_type=ClosedSet(ExternalKind))
    our_id: int
    other_id: int | None = Field(default=None)
    """What was merged into it, separated from it again, or split off."""
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What each field was and is."""
    edited_by: str = Field(max_length=100)
    edited_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ChangedThing(StrEnum):
    TRACK = "track"
    ARTIST = "artist"
    EVERYTHING = "everything"


class CatalogueChange(SQLModel, table=True):
    """A note that something of the catalogue is not what it was; see `app.changes`."""

    __tablename__ = "catalogue_change"
    __table_args__ = NUMBERED_ONCE

    id: int | None = Field(default=None, primary_key=True)
    thing: ChangedThing = Field(sa_type=ClosedSet(ChangedThing))
    our_id: int | None = Field(default=None)
    """No foreign key: it may be gone."""
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
