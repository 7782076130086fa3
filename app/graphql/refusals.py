"""The closed sets of refusals: why a value cannot be taken, what is not there."""

from app.errors import InvalidReason, MissingKind
from app.graphql.enums import describe

__all__ = ["InvalidReason", "MissingKind"]

describe(
    MissingKind,
    "What was looked for and is not there, or not for who asked.",
    ALERT="An alert.",
    ARTIST="An artist.",
    EVALUATION="An evaluation that was asked for.",
    IMPORT="An import.",
    JOB="A job: one that is over is gone.",
    LIST="A served list.",
    LISTEN="A listen.",
    PLAYLIST="A playlist.",
    SONG="A song of YouTube Music.",
    TOKEN="An access token.",  # noqa: S106  # no secret
    TRACK="A track.",
    TRAINING="A training.",
    TUNING="A search for the best recipe.",
    UPLOAD="An upload: it is kept for a while only.",
    USER="A user.",
)
describe(
    InvalidReason,
    "Why a value cannot be taken. Behind each: what `values` holds then.",
    OUT_OF_RANGE="A number or a time: `given`, `least`, and `most`, null where there is no most.",
    WRONG_LENGTH="A text: how many characters are `given`, and are `least` and `most`.",
    WRONG_NAME="A name that is empty, longer than `most` characters, or cannot be printed.",
    TOO_MANY="A list, or what is kept: how many are `given`, if told, and are the `most`.",
    WRONG_ID="No id, as the API gave it, of the `kind` that is wanted.",
    WRONG_CURSOR="No cursor of this list.",
    NOT_ONE_OF="None of the `choices`.",
    WRONG_STATE="What is named is in a `state` in which this cannot be done.",
    OTHER="None of these: `message` says why.",
)
