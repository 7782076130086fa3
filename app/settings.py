"""Settings, read once per process from PYTUNE_ environment variables."""

import hashlib
import os
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crontab import CronTab
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app import machine

_SOCKET_PATH_LIMIT = 100
"""Bytes. A Unix socket's path may hold 108 on Linux and 104 on macOS, its end mark included."""

OLDEST_WINDOW = 4
"""Drift windows. Tastes change with the seasons: what was longer ago is no measure."""


class Profile(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Every setting has a default: without any, PyTune runs embedded on this machine."""

    model_config = SettingsConfigDict(
        env_prefix="PYTUNE_", extra="ignore", frozen=True, allow_inf_nan=False
    )

    profile: Profile = Profile.DEVELOPMENT
    """production hides what only helps developers and attackers."""
    data_dir: Path = Path(".pytune")
    """Database, key-value store, models and import reports of the embedded set-up."""
    database_url: str | None = None
    """mysql://user:password@host/name; empty for SQLite in the data folder."""
    database_password_file: Path | None = None
    """File with the password for database_url: how containers are given secrets."""
    redis_url: str | None = None
    """redis://host:6379/0; empty for the embedded server in the data folder."""
    artifact_dir: Path | None = None
    """Where models are kept, shared by every process; empty for models/ in the data folder."""
    host: str = "127.0.0.1"
    """Address the web process listens on."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port the web process listens on; 0 takes a free one."""
    secure_cookies: bool = False
    """Mark the session cookie Secure also where a proxy does not say that https was used."""
    session_days: float = Field(default=30.0, gt=0)
    """Days until a sign-in expires."""
    password_link_hours: float = Field(default=72.0, gt=0)
    """Hours until an unused link to pick a password expires: a weekend and a day."""
    sign_in_attempts_per_minute: int = Field(default=10, ge=1)
    """Failed sign-ins per name and per address: slow enough to make guessing hopeless."""
    requests_per_minute: int = Field(default=1200, ge=1)
    """GraphQL requests of one user: more than a busy front-end makes, less than a loop.

    Of pages and their parts it is five times as many, and so for strangers."""
    strangers_requests_per_minute: int = Field(default=300, ge=1)
    """GraphQL requests from one address by whoever is not signed in."""
    request_seconds: float = Field(default=30.0, gt=0)
    """A GraphQL request that takes longer is answered with an error."""
    champion_poll_seconds: float = Field(default=5.0, gt=0)
    """Longest a web process may go on serving the previous champion."""
    training_timeout_seconds: int = Field(default=6 * 3600, ge=60)
    """A training that takes longer is ended and marked failed."""
    training_memory_mib: int | None = Field(default=None, ge=1)
    """What a fit may need at most; one that would need more is refused before it starts."""
    import_timeout_seconds: int = Field(default=6 * 3600, ge=60)
    """An import that takes longer is ended, and gone on with as after a worker's death."""
    upload_megabytes: int = Field(default=1024, ge=1)
    """Largest file that can be sent in to be imported."""
    upload_quota_megabytes: int = Field(default=2048, ge=1)
    """What one user's files that wait for their import may take together."""
    upload_hours: float = Field(default=24.0, gt=0)
    """How long a file that was sent in waits for its import to be begun."""
    import_dir: Path | None = None
    """Folder whose catalogues are imported by themselves; empty for none."""
    import_cron: str = "*/5 * * * *"
    """When that folder is looked through, as a cron line in UTC; empty for never."""
    import_quiet_seconds: float = Field(default=60.0, ge=0)
    """A file that nobody has written to for that long has stopped growing."""
    worker_death_seconds: int = Field(default=30, ge=2)
    """How long a dead worker's job may go on looking alive."""
    retrain_cron: str = "30 3 * * *"
    """When the best known recipe is trained, as a cron line in UTC; empty for never."""
    tune_cron: str = "0 1 * * 0"
    """When a better recipe is searched for, as a cron line in UTC; empty for never."""
    tune_seconds: int = Field(default=900, ge=10, le=86400)
    """How long a scheduled search may take; trainings and evaluations wait meanwhile."""
    tidy_cron: str = "10 3 * * *"
    """When expired rows and leftovers are cleared away, as a cron line in UTC."""
    watch_drift_cron: str = "0 3 * * *"
    """When drift is looked for, as a cron line in UTC, before a retraining; empty for never."""
    drift_days: float = Field(default=7.0, ge=1)
    """Days that are compared with as many after the promotion: whole weeks are alike."""
    drift_quiet_hours: float = Field(default=72.0, ge=0)
    """An alert of drift is not raised again so soon, also where it was acknowledged."""
    drift_retrains: bool = False
    """Train the best known recipe at once where drift was found."""
    alert_webhook_url: str | None = None
    """http:// or https:// address that each alert is posted to; empty for none."""
    alert_webhook_secret: str | None = None
    """Signs what is posted, so that the receiver knows who sent it."""
    keep_champions: int = Field(default=5, ge=2)
    """Models that were champion last and keep their files, so that rolling back is at once."""
    keep_lists: float = Field(default=90.0, ge=0)
    """Days that served lists are kept; never fewer than a watch for drift looks back."""
    keep_reports: float = Field(default=30.0, ge=0)
    """Days that the file of what an import could not take is kept."""
    keep_candidates: float = Field(default=7.0, ge=0)
    """Days that a model which was never champion keeps its files, and can be promoted."""
    database_busy_seconds: float = Field(default=30.0, gt=0)
    """How long a write waits for another process's write before it fails."""
    database_silence_seconds: float = Field(default=30.0, ge=1, le=3600)
    """How long a web process waits for MySQL to say anything before it gives a request up."""
    probe_token: str | None = None
    """Who asks /readyz and /metrics must show it; without one they answer private addresses."""
    otlp_url: str | None = None
    """Collector of OpenTelemetry to which spans are sent by OTLP over HTTP; empty for none."""
    video_search_url: str = "https://music.youtube.com"
    """Where video ids are looked up."""
    video_script_url: str = "https://www.youtube.com/iframe_api"
    """YouTube's player script, loaded at the first play."""
    video_frame_origin: str = "https://www.youtube-nocookie.com"
    """Host of the embedded player's frames."""

    @field_validator(
        "database_url",
        "database_password_file",
        "redis_url",
        "artifact_dir",
        "import_dir",
        "training_memory_mib",
        "alert_webhook_url",
        "alert_webhook_secret",
        "probe_token",
        "otlp_url",
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        """Compose files hand over variables that nobody set as empty ones."""
        return None if value == "" else value

    @field_validator("retrain_cron", "tune_cron", "tidy_cron", "watch_drift_cron", "import_cron")
    @classmethod
    def _is_cron(cls, line: str) -> str:
        try:
            if line:
                CronTab(line)
        except ValueError as error:
            raise ValueError(f"is no cron line such as '30 3 * * *': {error}") from None
        return line

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, url: str | None) -> str | None:
        try:
            known = url is None or urlsplit(url).scheme in {"redis", "rediss", "unix"}
            usable = known and (url is None or urlsplit(url).port != 0)
        except ValueError:
            usable = False
        if not usable:
            raise ValueError("must be like redis://host:6379/0, rediss://… or unix:///path")
        return url

    @field_validator("alert_webhook_url", "otlp_url")
    @classmethod
    def _is_http(cls, url: str | None) -> str | None:
        try:
            parts = urlsplit(url or "http://host")
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise ValueError("must be like https://host/path")
        return url

    @property
    def folder(self) -> Path:
        """The data folder, absolute."""
        return self.data_dir.absolute()

    @property
    def artifacts(self) -> Path:
        """The folder of model artifacts, absolute."""
        return (self.artifact_dir or self.folder / "models").absolute()

    @property
    def memory_for_fits(self) -> int:
        """Mebibytes; three quarters of the machine's or container's memory unless set."""
        return self.training_memory_mib or machine.memory_for_fits()

    @property
    def reports(self) -> Path:
        """The folder of what imports could not take, absolute."""
        return self.folder / "imports"

    @property
    def lists_kept(self) -> timedelta:
        return timedelta(days=max(self.keep_lists, (OLDEST_WINDOW + 1) * self.drift_days))

    @property
    def uploads(self) -> Path:
        """The folder of files that wait for their import, absolute."""
        return self.folder / "uploads"

    @property
    def candidates_kept(self) -> timedelta:
        return timedelta(days=self.keep_candidates)

    @property
    def embedded_socket(self) -> Path:
        """The embedded key-value server's socket; elsewhere if the data folder's path is long."""
        path = self.folder / "keyvalue" / "socket"
        if len(os.fsencode(path)) <= _SOCKET_PATH_LIMIT:
            return path
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        # Not the TMPDIR of whoever asks: every process must look in the same place.
        return Path("/tmp") / f"pytune-{os.getuid()}-{digest}" / "socket"  # noqa: S108  checked

    @property
    def key_value_url(self) -> str:
        """Address of Redis or of the embedded server."""
        return self.redis_url or f"unix://{self.embedded_socket}"

    @property
    def production(self) -> bool:
        return self.profile is Profile.PRODUCTION


def settings_with(port: int | None) -> Settings:
    return Settings() if port is None else Settings(port=port)
