from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class RecordListenInput(BaseModel):
    """A track that was listened to."""

    track_id: str = Field(alias="trackId")
    "Which track."
    listened_at: Optional[datetime] = Field(alias="listenedAt", default=None)
    "When, with a time zone, such as 2026-11-22T20:15:00Z; null for now. The same listener, track and second are the same listen, which is recorded once."
    seconds_played: Optional[int] = Field(alias="secondsPlayed", default=None)
    "How long it was played, if the client knows."
    source: str = "api"
    "What reports it: the client's name, 1 to 64 characters."
    idempotency_key: Optional[str] = Field(alias="idempotencyKey", default=None)
    "Anything unique to this listen, up to 128 characters: sent again with the same key, it is recorded once."
    list_id: Optional[str] = Field(alias="listId", default=None)
    "The `id` of the served list that the track was played from."
    position: Optional[int] = None
    "The track's position in that list, 1 for the first."
