"""Searches over algorithms and settings."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Text, false
from sqlmodel import Field, SQLModel

from app.models.columns import TABLE_OPTIONS, BigId, ClosedSet, UtcDateTime, utc_now
from app.models.training import TrainingState


class Tuning(SQLModel, table=True):
    """One search. Its trials are kept as they end, so that it goes on where it was stopped."""

    __tablename__ = "tuning"
    __table_args__ = TABLE_OPTIONS

    id: int | None = Field(default=None, primary_key=True)
    requested_by: str = Field(max_length=100)
    """A user's name, or what asked: schedule."""
    state: TrainingState = Field(
        default=TrainingState.QUEUED, sa_type=ClosedSet(TrainingState), index=True
    )
    progress: float = Field(default=0.0)
    """0 to 1."""
    seconds: int
    """Time that the search may take, over all that were needed if it was interrupted."""
    seed: int
    resumed: int = Field(default=0)
    """How often it was taken up again after its worker had died; one told to end did not die."""
    last_event_id: int | None = Field(default=None, sa_type=BigId)
    """Newest event when it began: it reads no later ones, also where it is taken up again."""
    footing: str | None = Field(default=None, max_length=64)
    """SHA-256 of the listens, split and space that its trials rest on."""
    algorithm: str | None = Field(default=None, max_length=32)
    settings: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """The best recipe, as a training keeps it."""
    ndcg: float | None = Field(default=None)
    """Of the best recipe on the validation split."""
    error: str | None = Field(default=None, sa_type=Text)
    job_id: str | None = Field(default=None, max_length=64)
    heartbeat_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TuningTrial(SQLModel, table=True):
    """A trial that ended, as the search recorded it."""

    __tablename__ = "tuning_trial"
    __table_args__ = TABLE_OPTIONS

    id: int | None = Field(default=None, primary_key=True)
    tuning_id: int = Field(foreign_key="tuning.id", index=True, ondelete="CASCADE")
    trial: dict[str, Any] = Field(sa_type=JSON)
    set_aside: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Its figure rests on listens or a space that are no more; the time it took still counts."""
