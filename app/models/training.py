"""Trainings, what was measured of them, which was promoted when, alerts, and whose turn it is."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Text
from sqlmodel import Field, SQLModel

from app.models.columns import NUMBERED_ONCE, TABLE_OPTIONS, BigId, ClosedSet, UtcDateTime, utc_now

MAX_MESSAGE = 1000
"""Characters of an alert's message, and of a line of a training's log."""


class TrainingState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class TrainingStage(StrEnum):
    WAITING = "waiting"
    READING = "reading"
    EVALUATING = "evaluating"
    FITTING = "fitting"
    CHECKING = "checking"
    SAVING = "saving"
    PROMOTING = "promoting"


class Training(SQLModel, table=True):
    """One training. Its number is the version of the model that it made."""

    __tablename__ = "training"
    __table_args__ = NUMBERED_ONCE

    id: int | None = Field(default=None, primary_key=True)
    requested_by: str = Field(max_length=100)
    """A user's name, or what asked: schedule, command line."""
    state: TrainingState = Field(
        default=TrainingState.QUEUED, sa_type=ClosedSet(TrainingState), index=True
    )
    stage: TrainingStage = Field(
        default=TrainingStage.WAITING, sa_type=ClosedSet(TrainingStage, length=100)
    )
    """What it does now, or did last."""
    progress: float = Field(default=0.0)
    """0 to 1."""
    algorithm: str = Field(max_length=32)
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """The recipe's weighting and every setting, spelled out: defaults may change one day."""
    seed: int
    listeners: int | None = Field(default=None)
    tracks: int | None = Field(default=None)
    interactions: int | None = Field(default=None)
    data_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    data_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_event_id: int | None = Field(default=None, sa_type=BigId)
    """Newest event when the data was read: later ones are new to it."""
    fingerprint: str | None = Field(default=None, max_length=64)
    """SHA-256 of the interactions it was fitted on."""
    library_versions: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    artifact: str | None = Field(default=None, max_length=255)
    """Folder name below the artifact folder."""
    checksum: str | None = Field(default=None, max_length=64)
    artifact_removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When its files were cleared away: it cannot be served again."""
    error: str | None = Field(default=None, sa_type=Text)
    job_id: str | None = Field(default=None, max_length=64)
    heartbeat_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When its job last said that it lives."""
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LogLine(SQLModel, table=True):
    """What a training had to tell, a line at a time."""

    __tablename__ = "training_log"
    __table_args__ = TABLE_OPTIONS

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    training_id: int = Field(foreign_key="training.id", index=True, ondelete="CASCADE")
    at: datetime = Field(sa_type=UtcDateTime)
    text: str = Field(max_length=MAX_MESSAGE)


class Evaluation(SQLModel, table=True):
    """A recipe measured on a holdout, beside popularity and the champion's recipe."""

    __tablename__ = "evaluation"
    __table_args__ = TABLE_OPTIONS

    id: int | None = Field(default=None, primary_key=True)
    training_id: int = Field(foreign_key="training.id", index=True, ondelete="CASCADE")
    champion_id: int | None = Field(default=None, foreign_key="training.id")
    metrics: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    promote: bool
    reason: str = Field(max_length=1000)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class EvaluationRun(SQLModel, table=True):
    """Somebody had a training's recipe measured once more; nothing is promoted by it."""

    __tablename__ = "evaluation_run"
    __table_args__ = TABLE_OPTIONS

    id: int | None = Field(default=None, primary_key=True)
    training_id: int = Field(foreign_key="training.id", index=True, ondelete="CASCADE")
    evaluation_id: int | None = Field(
        default=None, foreign_key="evaluation.id", unique=True, ondelete="CASCADE"
    )
    """What was found, once it is finished."""
    requested_by: str = Field(max_length=100)
    """A user's name, or what asked: command line."""
    state: TrainingState = Field(
        default=TrainingState.QUEUED, sa_type=ClosedSet(TrainingState), index=True
    )
    progress: float = Field(default=0.0)
    """0 to 1."""
    error: str | None = Field(default=None, sa_type=Text)
    heartbeat_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When its job last said that it lives."""
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Promotion(SQLModel, table=True):
    """A model made champion. The newest row names the champion; one model may be it twice."""

    __tablename__ = "promotion"
    __table_args__ = TABLE_OPTIONS

    id: int | None = Field(default=None, primary_key=True)
    training_id: int = Field(foreign_key="training.id", index=True)
    previous_id: int | None = Field(default=None, foreign_key="training.id")
    evaluation_id: int | None = Field(default=None, foreign_key="evaluation.id")
    promoted_by: str = Field(max_length=100)
    reason: str = Field(max_length=1000)
    is_rollback: bool = Field(default=False)
    """It put back the champion before, and took the one it replaced off the line."""
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class AlertKind(StrEnum):
    BAD_ARTIFACT = "bad_artifact"
    DRIFT = "drift"
    SERVING = "serving"
    TRAINING_FAILED = "training_failed"
    TUNING_FAILED = "tuning_failed"
    TRAINING_UNDECIDED = "training_undecided"


class Alert(SQLModel, table=True):
    """Something an administrator should know: a damaged model, drift, work that failed."""

    __tablename__ = "alert"
    __table_args__ = TABLE_OPTIONS

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=64, index=True)
    """An AlertKind."""
    message: str = Field(max_length=MAX_MESSAGE)
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the webhook took it."""
    delivery_failed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the webhook last did not take it."""
    delivery_error: str | None = Field(default=None, max_length=MAX_MESSAGE)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    acknowledged_by: str | None = Field(default=None, max_length=100)


class DriftWatch(SQLModel, table=True):
    """What a watch for drift found, for as long as there is a champion."""

    __tablename__ = "drift_watch"
    __table_args__ = TABLE_OPTIONS

    id: int | None = Field(default=None, primary_key=True)
    version: int = Field(foreign_key="training.id", index=True)
    """The champion."""
    signals: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """By the signal's name: value, before (null in the first days), listeners, drifted."""
    click_through: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """By position from 1, before (empty in the first days) and after."""
    watched_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Turn(SQLModel, table=True):
    """A row that only one transaction at a time can have written: the others wait for it."""

    __tablename__ = "turn"
    __table_args__ = TABLE_OPTIONS

    name: str = Field(primary_key=True, max_length=32)
    taken_at: datetime = Field(sa_type=UtcDateTime)
