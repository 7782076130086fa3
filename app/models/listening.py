"""Two records of listening: every event, and the sum per listener and track."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.columns import NUMBERED_ONCE, TABLE_OPTIONS, BigId, ClosedSet, UtcDateTime, utc_now

MAX_SOURCE = 64
MAX_IDEMPOTENCY_KEY = 128
MAX_LIST_ID = 36


class EventKind(StrEnum):
    LISTEN = "listen"
    SKIP = "skip"
    LOVE = "love"
    DISLIKE = "dislike"
    CLEAR = "clear"


class Feedback(StrEnum):
    LOVED = "loved"
    DISLIKED = "disliked"


class Event(SQLModel, table=True):
    """Append-only but for erasure and undo. Same listener, track, UTC second: one listen."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("user_id", "track_id", "kind", "occurred_at", name="uq_event_moment"),
        UniqueConstraint("user_id", "idempotency_key", name="uq_event_idempotency"),
        Index("ix_event_occurred_at", "occurred_at"),
        Index("ix_event_history", "user_id", "kind", "occurred_at"),
        NUMBERED_ONCE,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE")
    track_id: int = Field(foreign_key="track.id", index=True)
    kind: EventKind = Field(sa_type=ClosedSet(EventKind))
    occurred_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Whole seconds for listens and skips; null where a source has no time."""
    plays: int = Field(default=1)
    seconds_played: int | None = Field(default=None)
    source: str = Field(max_length=MAX_SOURCE)
    idempotency_key: str | None = Field(default=None, max_length=MAX_IDEMPOTENCY_KEY)
    import_id: int | None = Field(default=None, foreign_key="data_import.id")
    list_id: str | None = Field(default=None, max_length=MAX_LIST_ID)
    """The served list it came from; no foreign key, a play may arrive before its list is."""
    position: int | None = Field(default=None)
    recorded_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    merged_from: int | None = Field(default=None)
    """The track that it was of before a merge, so that the merge can be taken back."""
    came_by: int | None = Field(default=None)
    """Which row of external_id named the track; null where it was named by our own id, or where
    nobody wrote it down. No foreign key: that id may be taken back, and the listen stay."""


class UserItem(SQLModel, table=True):
    """What a listener did with a track, summed; kept in the same transaction as its events."""

    __tablename__ = "user_item"
    __table_args__ = TABLE_OPTIONS

    user_id: int = Field(foreign_key="user.id", primary_key=True, ondelete="CASCADE")
    track_id: int = Field(foreign_key="track.id", primary_key=True, index=True)
    plays: int = Field(default=0)
    skips: int = Field(default=0)
    last_listened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    feedback: Feedback | None = Field(default=None, sa_type=ClosedSet(Feedback))


class ImportState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNDOING = "undoing"
    UNDONE = "undone"


class DataImport(SQLModel, table=True):
    """One run of an import: what was read, loaded and rejected.

    What it has loaded and how far it has read change in one transaction, so that one which was
    interrupted goes on where it was.
    """

    __tablename__ = "data_import"
    __table_args__ = NUMBERED_ONCE

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(max_length=MAX_SOURCE)
    format: str = Field(max_length=32)
    path: str = Field(max_length=1000)
    user_id: int | None = Field(default=None, index=True)
    """Whose own history it is; null for a catalogue."""
    requested_by: str = Field(default="command line", max_length=100)
    state: ImportState = Field(default=ImportState.RUNNING, sa_type=ClosedSet(ImportState))
    progress: float = Field(default=0.0)
    """Of the file that was read or, while it is undone, of the listens taken back: 0 to 1."""
    job_id: str | None = Field(default=None, max_length=64)
    """The job that may write on; null where a command does it."""
    heartbeat_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = Field(default=0)
    """How often a worker has begun with it."""
    rows_read: int = Field(default=0)
    rows_loaded: int = Field(default=0)
    rows_unchanged: int = Field(default=0)
    rows_rejected: int = Field(default=0)
    rows_passed_over: int = Field(default=0)
    tracks_added: int = Field(default=0)
    part: int = Field(default=0)
    """Which of its files it is at."""
    position: int = Field(default=0)
    """Rows of that file that are done."""
    tally: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """The counts by tracks and listens, to go on with."""
    reasons: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """How often each kind of fault came."""
    rejected_bytes: int = Field(default=0)
    rejected_file: str | None = Field(default=None, max_length=1000)
    error: str | None = Field(default=None, max_length=1000)
    started_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
