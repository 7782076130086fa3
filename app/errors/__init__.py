"""Foreseen errors. Each carries a code and values; the doors word them for their reader."""

from app.errors.base import PyTuneError
from app.errors.invalid import InvalidInput, InvalidReason
from app.errors.missing import (
    AlertNotFound,
    ArtistNotFound,
    EvaluationNotFound,
    JobNotFound,
    ListenNotFound,
    ListNotFound,
    Missing,
    MissingKind,
    NotFound,
    PlaylistNotFound,
    SongNotFound,
    TrackNotFound,
    TrainingNotFound,
    UserNotFound,
)

__all__ = [
    "AlertNotFound",
    "ArtistNotFound",
    "EvaluationNotFound",
    "InvalidInput",
    "InvalidReason",
    "JobNotFound",
    "ListNotFound",
    "ListenNotFound",
    "Missing",
    "MissingKind",
    "NotFound",
    "PlaylistNotFound",
    "PyTuneError",
    "SongNotFound",
    "TrackNotFound",
    "TrainingNotFound",
    "UserNotFound",
]


class PlaylistChanged(PyTuneError):
    code = "playlist_changed"
    template = "Another track is at place {position} by now: load the playlist again."


class NameTaken(PyTuneError):
    code = "name_taken"
    template = "The name {name!r} is taken: choose another."


class InvalidCredentials(PyTuneError):
    code = "invalid_credentials"
    template = "That name and password do not match."


class UnsoundModel(PyTuneError):
    code = "unsound_model"
    template = (
        "The model fitted on everything is not sound: {reason}. It was thrown away, and the"
        " champion stays. Look at the newest data and at the recipe, then train again."
    )


class NotSignedIn(PyTuneError):
    code = "not_signed_in"
    template = "Sign in first: send a session cookie or an Authorization: Bearer token."


class NotAllowed(PyTuneError):
    code = "not_allowed"
    template = "This needs the role {role}; you are {actual}."


class NotYours(PyTuneError):
    code = "not_yours"
    template = "Only the user themselves may see this."


class RateLimited(PyTuneError):
    code = "rate_limited"
    template = "Too many attempts: try again in {retry_after_seconds} seconds."


class TooManyRequests(RateLimited):
    template = "Too many requests: try again in {retry_after_seconds} seconds."


class TooManyOpen(PyTuneError):
    code = "too_many_open"
    template = "You have {most} open already, which is the most: close one first."


class TookTooLong(PyTuneError):
    code = "time_limit"
    template = (
        "This took longer than {seconds:g} seconds. What it changes may have been done all the"
        " same: look before you send it again."
    )


class CrossSiteRefused(PyTuneError):
    code = "cross_site"
    template = "A request from {origin!r} was refused: send it from PyTune's own address."


class NoListens(PyTuneError):
    code = "no_listens"
    template = (
        "There are no listens to train on: import some, or play some tracks, then train again."
    )


class TrainingUnderway(PyTuneError):
    code = "training_underway"
    template = "Training {training_id} is under way: wait for it to end."


class TrainingOver(PyTuneError):
    code = "training_over"
    template = "Training {training_id} cannot go on: it is {state}."


class TrainingFailed(PyTuneError):
    code = "training_failed"
    template = "Training {training_id} failed: {reason}"


class BadArtifact(PyTuneError):
    code = "bad_artifact"
    template = "The model files in {folder} cannot be used: {reason}. Train again or restore them."


class ModelRemoved(PyTuneError):
    code = "model_removed"
    template = "Model {version} was cleared away on {day}: train its recipe again to serve it."


class NoPreviousChampion(PyTuneError):
    code = "no_previous_champion"
    template = "There is no champion before model {version} to go back to: promote one by hand."


class NoChampion(PyTuneError):
    code = "no_champion"
    template = "No model has been promoted yet: train one first."


class QueueUnavailable(PyTuneError):
    code = "queue_unavailable"
    template = "The job queue does not answer at {address}: is `pytune up` (or Redis) running?"


class DatabaseUnavailable(PyTuneError):
    code = "database_unavailable"
    template = "The database does not answer at {address}: {reason}"


class VideoSearchFailed(PyTuneError):
    code = "video_search_failed"
    template = "YouTube Music gave no answer that can be read: {reason}"


class ImportRefused(PyTuneError):
    code = "import_refused"
    template = "{file} cannot be imported: {reason}"


class BackupRefused(PyTuneError):
    code = "backup_refused"
    template = "{file}: {reason}"


class WebhookFailed(PyTuneError):
    code = "webhook_failed"
    template = "{host} did not take the alert: {reason}."


class WebhookRefused(WebhookFailed):
    """It is there, and does not want this one."""


class SchemaAhead(PyTuneError):
    code = "schema_ahead"
    template = (
        "The database is at schema {found}, which a newer PyTune made; this one knows {known} at"
        " most. Run that version, or restore the copy of the database from before the upgrade."
    )


class SchemaBehind(PyTuneError):
    code = "schema_behind"
    template = "The database is not at this version's schema: run `pytune migrate`."


class AlreadyRunning(PyTuneError):
    code = "already_running"
    template = "PyTune is running on {folder} already, as process {process}."


class NotOurs(PyTuneError):
    code = "not_ours"
    template = "{path} is not a folder of this user's: remove it, or choose another data folder."


class AddressTaken(PyTuneError):
    code = "address_taken"
    template = (
        "{host}:{port} cannot be listened on ({reason}): "
        "choose others with --port (PORT= for make), PYTUNE_PORT and PYTUNE_HOST."
    )


class ChildFailed(PyTuneError):
    code = "child_failed"
    template = "The {name} process ended: {tail} (more in {log})"
