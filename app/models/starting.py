"""The artists that a listener picked to start with."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.models.columns import TABLE_OPTIONS, UtcDateTime, utc_now


class ArtistPick(SQLModel, table=True):
    """An artist that a listener said to like, before or without playing them."""

    __tablename__ = "artist_pick"
    __table_args__ = TABLE_OPTIONS

    user_id: int = Field(foreign_key="user.id", primary_key=True, ondelete="CASCADE")
    artist_id: int = Field(
        foreign_key="artist.id", primary_key=True, index=True, ondelete="CASCADE"
    )
    picked_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
