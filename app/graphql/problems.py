"""Foreseen errors as types: every mutation gives its result or one of these."""

from datetime import date, datetime
from string import Formatter
from typing import Any, Self

import strawberry
from strawberry.scalars import JSON

from app import errors, users
from app.errors import PyTuneError
from app.graphql.ids import global_id
from app.graphql.refusals import InvalidReason, MissingKind
from app.importing import errors as import_errors
from app.tuning import errors as tuning_errors

_WORDS: dict[type[PyTuneError], str] = {
    errors.NotFound: "No {kind} has that id.",
    errors.QueueUnavailable: "The job queue does not answer: try again in a moment.",
    errors.VideoSearchFailed: "YouTube Music gave no answer: try again in a moment.",
    errors.DatabaseUnavailable: "The database does not answer: try again in a moment.",
}
"""Said instead of the error's own text, which holds our numbers or the server's addresses."""


def _words(error: PyTuneError) -> str:
    return next((text for kind, text in _WORDS.items() if isinstance(error, kind)), error.template)


def worded(error: PyTuneError) -> str:
    """The error's text for a client."""
    return _words(error).format(**error.values)


def values_of(error: PyTuneError) -> dict[str, Any]:
    """What the text names, and nothing else of the error, as JSON has it."""
    if isinstance(error, errors.InvalidInput):
        shown = error.more
    else:
        shown = {
            name: error.values[name] for _, name, _, _ in Formatter().parse(_words(error)) if name
        }
    return {name: _plain(value) for name, value in shown.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, int | float | str | list) else str(value)


def _said(error: PyTuneError) -> dict[str, Any]:
    """What every problem has."""
    return {"message": worded(error), "code": error.code, "values": values_of(error)}


@strawberry.interface(description="A foreseen error: what every typed error has.")
class Problem:
    message: str = strawberry.field(description="What is wrong and what to do, in English.")
    code: str = strawberry.field(description="What is wrong, for programs: never reworded.")
    values: JSON = strawberry.field(
        description="An object of what `message` names, to word it in another language."
    )

    @classmethod
    def of(cls, error: PyTuneError) -> Self:
        return cls(**_said(error))


@strawberry.type(description="A value that cannot be taken.")
class InvalidInput(Problem):
    field: str = strawberry.field(description="The argument or input field that holds the value.")
    reason: InvalidReason = strawberry.field(
        description="Why it cannot be taken; `values` holds what the reason says."
    )

    @classmethod
    def of(cls, error: PyTuneError) -> Self:
        if not isinstance(error, errors.InvalidInput):
            raise error
        return cls(**_said(error), field=error.field, reason=error.reason)


@strawberry.type(description="Nothing has the id that was given.")
class NotFound(Problem):
    kind: MissingKind = strawberry.field(description="What was looked for.")

    @classmethod
    def of(cls, error: PyTuneError) -> Self:
        return cls(**_said(error), kind=error.values["kind"])


@strawberry.type(description="Another user has that name.")
class NameTaken(Problem):
    pass


@strawberry.type(description="Nobody else could sign in as administrator.")
class LastAdministrator(Problem):
    pass


@strawberry.type(description="The link was used, has expired or was replaced by a newer one.")
class LinkInvalid(Problem):
    pass


@strawberry.type(description="Name and password do not match; which of them is never told.")
class InvalidCredentials(Problem):
    pass


@strawberry.type(description="Too many attempts from this address or on this name.")
class RateLimited(Problem):
    retry_after_seconds: int = strawberry.field(description="Wait this long, then try again.")

    @classmethod
    def of(cls, error: PyTuneError) -> Self:
        seconds = error.values["retry_after_seconds"]
        return cls(**_said(error), retry_after_seconds=seconds)


@strawberry.type(description="Another track is at that place of the playlist by now.")
class PlaylistChanged(Problem):
    pass


@strawberry.type(description="There is nothing to train on yet.")
class NoListens(Problem):
    pass


@strawberry.type(description="One training at a time, and there is one already.")
class TrainingUnderway(Problem):
    training_id: strawberry.ID = strawberry.field(description="The training that is under way.")

    @classmethod
    def of(cls, error: PyTuneError) -> Self:
        training_id = global_id("Training", error.values["training_id"])
        return cls(**_said(error), training_id=training_id)


@strawberry.type(description="One tuning at a time, and there is one already.")
class TuningUnderway(Problem):
    tuning_id: strawberry.ID = strawberry.field(description="The tuning that is under way.")

    @classmethod
    def of(cls, error: PyTuneError) -> Self:
        tuning_id = global_id("Tuning", error.values["tuning_id"])
        return cls(**_said(error), tuning_id=tuning_id)


@strawberry.type(description="The tuning has ended, or was stopped before.")
class TuningOver(Problem):
    pass


@strawberry.type(description="No model has been promoted yet, so there is none.")
class NoChampion(Problem):
    pass


@strawberry.type(description="The champion's files cannot be used; the model served before stays.")
class ModelUnusable(Problem):
    pass


@strawberry.type(description="The model's files were cleared away: it cannot be served again.")
class ModelRemoved(Problem):
    pass


@strawberry.type(description="The champion is the first one, or all before it were rolled back.")
class NoPreviousChampion(Problem):
    pass


@strawberry.type(description="Jobs cannot be handed to a worker now.")
class QueueUnavailable(Problem):
    pass


@strawberry.type(description="YouTube Music does not answer, or in a way that cannot be read.")
class VideoSearchFailed(Problem):
    pass


@strawberry.type(description="One import at a time, and there is one already.")
class ImportUnderway(Problem):
    import_id: strawberry.ID = strawberry.field(description="The import that is under way.")

    @classmethod
    def of(cls, error: PyTuneError) -> Self:
        import_id = global_id("DataImport", error.values["import_id"])
        return cls(**_said(error), import_id=import_id)


class AsType:
    """Turns one foreseen error into its type, in every mutation whose union has that type."""

    def __init__(self, exception_type: type[PyTuneError], error_type: type[Problem]) -> None:
        self.exception_type = exception_type
        self.error_type = error_type

    def handle(self, exception: PyTuneError, *, field: Any, info: Any) -> Problem:
        del field, info
        return self.error_type.of(exception)


HANDLERS = (
    AsType(errors.InvalidInput, InvalidInput),
    AsType(errors.NotFound, NotFound),
    AsType(errors.NameTaken, NameTaken),
    AsType(users.LastAdministrator, LastAdministrator),
    AsType(users.LinkInvalid, LinkInvalid),
    AsType(errors.InvalidCredentials, InvalidCredentials),
    AsType(errors.RateLimited, RateLimited),
    AsType(errors.PlaylistChanged, PlaylistChanged),
    AsType(errors.NoListens, NoListens),
    AsType(errors.TrainingUnderway, TrainingUnderway),
    AsType(import_errors.ImportUnderway, ImportUnderway),
    AsType(tuning_errors.TuningUnderway, TuningUnderway),
    AsType(tuning_errors.TuningOver, TuningOver),
    AsType(errors.NoChampion, NoChampion),
    AsType(errors.BadArtifact, ModelUnusable),
    AsType(errors.ModelRemoved, ModelRemoved),
    AsType(errors.NoPreviousChampion, NoPreviousChampion),
    AsType(errors.QueueUnavailable, QueueUnavailable),
    AsType(errors.VideoSearchFailed, VideoSearchFailed),
)


def of(error: PyTuneError) -> Problem:
    """The type of an error that stands within a result. Raises the error if it has none."""
    for handler in HANDLERS:
        if isinstance(error, handler.exception_type):
            return handler.error_type.of(error)
    raise error
