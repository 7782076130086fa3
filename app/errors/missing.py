"""Nothing has the id that was asked for."""

from typing import ClassVar

from app.errors.base import PyTuneError


class NotFound(PyTuneError):
    code = "not_found"
    template = "No {kind} has id {id}."


class Missing(NotFound):
    """Nothing of one kind has the id."""

    kind: ClassVar[str]

    def __init__(self, missing_id: int | str) -> None:
        super().__init__(kind=self.kind, id=missing_id)


class TrackNotFound(Missing):
    kind = "track"


class ArtistNotFound(Missing):
    kind = "artist"


class SongNotFound(Missing):
    kind = "song"


class UserNotFound(Missing):
    kind = "user"


class TrainingNotFound(Missing):
    kind = "training"


class EvaluationNotFound(Missing):
    kind = "evaluation"


class AlertNotFound(Missing):
    kind = "alert"


class ListNotFound(Missing):
    kind = "list"


class ListenNotFound(Missing):
    kind = "listen"


class PlaylistNotFound(Missing):
    kind = "playlist"


class JobNotFound(Missing):
    kind = "job"
