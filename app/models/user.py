"""Listeners and administrators, and what they sign in with."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from app.models.columns import NUMBERED_ONCE, TABLE_OPTIONS, ClosedSet, UtcDateTime, utc_now


class Role(StrEnum):
    LISTENER = "listener"
    ADMINISTRATOR = "administrator"


class User(SQLModel, table=True):
    """A person. Listeners that came from a file have no password until someone claims them."""

    __tablename__ = "user"
    __table_args__ = NUMBERED_ONCE

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=64)
    name_key: str = Field(max_length=128, unique=True)
    """The casefolded name: Ann and ann are one person."""
    password_hash: str | None = Field(default=None, max_length=255)
    role: Role = Field(default=Role.LISTENER, sa_type=ClosedSet(Role))
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    language: str | None = Field(default=None, max_length=8)
    """What the pages speak; None leaves it to the browser."""
    time_zone: str | None = Field(default=None, max_length=64)
    """The IANA name that they chose, such as Europe/Paris; None leaves it to the browser."""
    noted_time_zone: str | None = Field(default=None, max_length=64)
    """What their browser said last, which counts where nothing is chosen."""
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when their listens are not recorded, at their own wish."""

    @property
    def clock(self) -> str | None:
        """The IANA name of the zone that their days are of; None while nobody has said it."""
        return self.time_zone or self.noted_time_zone


class RecordPause(SQLModel, table=True):
    """A pause that is over: what was heard in it is not recorded when it is reported later."""

    __tablename__ = "record_pause"
    __table_args__ = TABLE_OPTIONS

    user_id: int = Field(primary_key=True, foreign_key="user.id", ondelete="CASCADE")
    began_at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    ended_at: datetime = Field(sa_type=UtcDateTime)


class ApiToken(SQLModel, table=True):
    """A session cookie or a bearer token; only its SHA-256 is kept."""

    __tablename__ = "api_token"
    __table_args__ = TABLE_OPTIONS

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True, ondelete="CASCADE")
    token_hash: str = Field(max_length=64, unique=True)
    name: str = Field(max_length=100)
    """The browser that signed in, or what a program's token is for."""
    is_program: bool = False
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """To the hour; None before the first use."""
    expires_at: datetime = Field(sa_type=UtcDateTime)


class PasswordLink(SQLModel, table=True):
    """A link by which somebody picks a password, once; only the SHA-256 of its token is kept."""

    __tablename__ = "password_link"
    __table_args__ = TABLE_OPTIONS

    user_id: int = Field(primary_key=True, foreign_key="user.id", ondelete="CASCADE")
    """One each: a newer link replaces the older."""
    token_hash: str = Field(max_length=64, unique=True)
    created_by: str = Field(max_length=64)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
