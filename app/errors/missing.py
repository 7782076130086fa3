"""Nothing has the id that was asked for."""

from enum import StrEnum
from typing import ClassVar

from app.errors.base import PyTuneError


class MissingKind(StrEnum):
    ALERT = "alert"
    ARTIST = "artist"
    EVALUATION = "evaluation"
    IMPORT = "import"
    JOB = "job"
    LIST = "list"
    LISTEN = "listen"
    PLAYLIST = "playlist"
    SONG = "song"
    TOKEN = "token"  # noqa: S105  # no secret
    TRACK = "track"
    TRAINING = "training"
    TUNING = "tuning"
    UPLOAD = "upload"
    USER = "user"


class NotFound(PyTuneError):
    code = "not_found"
    template = "No {kind} has id {id}."


class Missing(NotFound):
    """Nothing of one kind has the id."""

    kind: ClassVar[MissingKind]

    def __init__(self, missing_id: int | str) -> None:
        super().__init__(kind=self.kind, id=missing_id)


class TrackNotFound(Missing):
    kind = MissingKind.TRACK


class ArtistNotFound(Missing):
    kind = MissingKind.ARTIST


class SongNotFound(Missing):
    kind = MissingKind.SONG


class UserNotFound(Missing):
    kind = MissingKind.USER


class TrainingNotFound(Missing):
    kind = MissingKind.TRAINING


class EvaluationNotFound(Missing):
    kind = MissingKind.EVALUATION


class AlertNotFound(Missing):
    kind = MissingKind.ALERT


class ListNotFound(Missing):
    kind = MissingKind.LIST


class ListenNotFound(Missing):
    kind = MissingKind.LISTEN


class PlaylistNotFound(Missing):
    kind = MissingKind.PLAYLIST


class JobNotFound(Missing):
    kind = MissingKind.JOB
