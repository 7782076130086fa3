"""What was served, and playlists."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Double
from sqlmodel import Field, SQLModel

from app.models.columns import TABLE_OPTIONS, BigId, ClosedSet, UtcDateTime, utc_now


class ListKind(StrEnum):
    RECOMMENDATIONS = "recommendations"
    SIMILAR = "similar"
    RADIO = "radio"
    MIX = "mix"
    NEW_ARTISTS = "new_artists"


class Prediction(SQLModel, table=True):
    """A list that was served: its id, the model's version, and its tracks in order."""

    __tablename__ = "prediction"
    __table_args__ = TABLE_OPTIONS

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    list_id: str = Field(max_length=36, unique=True)
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    kind: ListKind = Field(sa_type=ClosedSet(ListKind))
    model_version: int | None = Field(default=None, index=True)
    """Number of the model's training; null when popularity was served without a model."""
    discovery: float | None = Field(default=None, sa_type=Double)
    """The dial as it was asked for; null for the unheard only."""
    served_at: datetime = Field(sa_type=UtcDateTime, index=True)
    items: list[Any] = Field(sa_type=JSON)
    """[[track id, score], …] in the order served."""


class Playlist(SQLModel, table=True):
    __tablename__ = "playlist"
    __table_args__ = TABLE_OPTIONS

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    name: str = Field(max_length=200)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class PlaylistTrack(SQLModel, table=True):
    """A track at a place of a playlist; one may stand in it twice."""

    __tablename__ = "playlist_track"
    __table_args__ = TABLE_OPTIONS

    playlist_id: int = Field(foreign_key="playlist.id", primary_key=True, ondelete="CASCADE")
    position: int = Field(primary_key=True)
    track_id: int = Field(foreign_key="track.id", index=True)
    merged_from: int | None = Field(default=None)
    """The track that stood there before a merge, so that the merge can be taken back."""
