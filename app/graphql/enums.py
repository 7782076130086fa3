"""The closed sets: the tables' own enums, described for the schema."""

from enum import Enum, StrEnum
from typing import Any

import strawberry

from app.drift import SignalName
from app.importing.formats import ImportFormat
from app.jobs import JobState
from app.ml.weighting import Weighting
from app.models import (
    AlertKind,
    EditKind,
    Feedback,
    ImportState,
    Role,
    TrainingStage,
    TrainingState,
    VideoState,
)
from app.queue import JobName
from app.users import UserState

__all__ = [
    "AlertKind",
    "Algorithm",
    "EditKind",
    "Feedback",
    "ImportFormat",
    "ImportState",
    "JobName",
    "JobState",
    "Role",
    "ServiceState",
    "SignalName",
    "TrainingStage",
    "TrainingState",
    "TrialState",
    "UserState",
    "VideoState",
    "Weighting",
]


class ServiceState(StrEnum):
    RUNNING = "running"
    DEGRADED = "degraded"


class Algorithm(StrEnum):
    ALS = "als"
    IALS = "ials"
    EASE = "ease"
    NEIGHBOURS = "neighbours"
    RP3BETA = "rp3beta"
    POPULARITY = "popularity"
    BLEND = "blend"


class TrialState(StrEnum):
    COMPLETE = "complete"
    PRUNED = "pruned"
    REFUSED = "refused"


def describe(enum: type[Enum], description: str, **members: str) -> None:
    """Put an enum into the schema; a member without a description raises KeyError."""
    described: Any = strawberry.enum(enum, description=description)
    for value in described.__strawberry_definition__.values:
        value.description = members[value.name]


describe(
    ServiceState,
    "Whether all of PyTune works.",
    RUNNING="Everything works.",
    DEGRADED="The database or the key-value server does not answer, or the champion is not"
    " the model that is served; what still works goes on working.",
)
describe(
    Feedback,
    "What a listener says of a track.",
    LOVED="It counts twice, and as heard.",
    DISLIKED="It is never recommended again, until the feedback is cleared.",
)
describe(
    VideoState,
    "What is known of a track's video.",
    UNKNOWN="Nobody has looked for it yet; `findVideo` does.",
    SEARCHING="It is being looked for.",
    FOUND="`youtubeId` names it.",
    MISSING="YouTube Music does not know the song; it is looked for again after a week.",
)
describe(
    Role,
    "What a user may do.",
    LISTENER="Listen, search and be recommended to.",
    ADMINISTRATOR="Whatever a listener may, and manage users and models.",
)
describe(
    UserState,
    "Whether a user can sign in.",
    ACTIVE="They have a password.",
    INVITED="They have none yet, and a link to pick one waits.",
    UNCLAIMED="They have none, and no link waits: a listener from imported data, or an invitation"
    " that expired.",
    DISABLED="They are let in no more.",
)
describe(
    TrainingState,
    "How far a training is.",
    QUEUED="It waits for a worker.",
    RUNNING="A worker is at it; see `stage` and `progress`.",
    FINISHED="It has made a model.",
    FAILED="It has ended without a model; `error` says why.",
)
describe(
    TrainingStage,
    "What a training does.",
    WAITING="Nothing yet: it waits for a worker.",
    READING="It reads listens and feedback.",
    EVALUATING="It fits recipes on what came before the cutoff, and tests them on what came after.",
    FITTING="It fits its recipe on everything.",
    CHECKING="It holds that model against the one that was tested.",
    SAVING="It writes the model's files.",
    PROMOTING="It writes down what was measured, and names the champion.",
)
describe(
    Algorithm,
    "How a model is made.",
    ALS="Alternating least squares for implicit feedback.",
    IALS="The same, regularised by how much is known of each listener and track.",
    EASE="Each track from all others by ridge regression, in closed form.",
    NEIGHBOURS="Tracks that share listeners, by asymmetric cosine.",
    RP3BETA="A random walk from track to listener to track, slowed down by popularity.",
    POPULARITY="The share of listeners of each track, the same for everybody: a baseline.",
    BLEND="A weighted sum of several of them, which `settings` lists as `members`.",
)
describe(
    Weighting,
    "What a number of plays becomes before a model is fitted.",
    BINARY="1 if the track was played at all.",
    LOG="The logarithm of the plays: the tenth says less than the first.",
    LINEAR="The number of plays itself.",
    RELATIVE="The logarithm of the plays against the listener's mean: favourites stand out alike"
    " for those who listen much and little.",
    BM25="What saturates with plays and with all the listener's plays, times the track's rarity.",
)
describe(
    TrialState,
    "How a trial of a tuning ended.",
    COMPLETE="It was tested on all of the tested listeners.",
    PRUNED="It was given up after a quarter of them: others of its kind did far better.",
    REFUSED="It would have needed more memory than there is.",
)
describe(
    AlertKind,
    "What an alert is about.",
    BAD_ARTIFACT="The champion's files cannot be used; another model is served.",
    DRIFT="Listeners changed beyond chance since the champion's recipe was promoted.",
    SERVING="A web process could not do all that serving the champion takes.",
    TRAINING_FAILED="A training that the timetable or drift asked for failed.",
    TUNING_FAILED="A search that the timetable asked for failed.",
    TRAINING_UNDECIDED="Such a training came to no verdict, and the next will not either.",
)
describe(
    SignalName,
    "What a watch for drift looks at.",
    NDCG="How well lists foretold what was played for the first time within a day.",
    REPEAT_NDCG="How well lists that were to hold the familiar foretold what was played again.",
    CLICK_THROUGH="Share of the places shown that were played.",
    UNKNOWN_TRACKS="Share of plays of tracks that the model was not fitted on.",
    UNKNOWN_LISTENERS="Share of listeners that it was not fitted on.",
    POPULARITY="Divergence of the plays over tracks, in bits.",
    ACTIVITY="Divergence of the plays over hours of the day, in bits.",
)
describe(
    EditKind,
    "What was done to a track or an artist.",
    EDIT="It was corrected; `changes` says what of it.",
    MERGE="Another was merged into it.",
    SEPARATE="What had been merged into it was separated from it again.",
    SPLIT="What some sources had brought to it became a track of its own.",
)
describe(
    JobState,
    "How far a job is.",
    RUNNING="A worker is at it.",
    QUEUED="It waits for a worker.",
    FAILED="It ended badly, or was stopped; `error` says why.",
)
describe(
    JobName,
    "What a job does.",
    TRAIN="Makes a model, evaluates it and promotes it if it is better.",
    EVALUATE="Measures a training's recipe once more, because somebody asked.",
    FIND_VIDEO="Looks for a track's video.",
    RETRAIN="Begins a training by the champion's recipe if there are newer listens.",
    TUNE="Searches for the best recipe, which the next training takes.",
    RETUNE="Begins a search for the best recipe.",
    WATCH_DRIFT="Looks whether listeners drift away from what the model knows, and alerts.",
    DELIVER_ALERTS="Tells the webhook of alerts that it was not told of.",
    TIDY="Clears away what is over: old sign-ins, old models.",
    IMPORT_DATA="Brings a history or a catalogue in, or takes one back.",
    LOOK_FOR_FILES="Looks whether the import folder holds something new.",
)
describe(
    ImportFormat,
    "What kind of file is imported; docs/importing.md says where to get each.",
    CSV="PyTune's own tracks.csv and listens.csv, in a zip.",
    TASTE_PROFILE="Plays and songs of the Echo Nest Taste Profile.",
    SPOTIFY="Spotify's extended streaming history.",
    LISTENBRAINZ="An export from ListenBrainz.",
    TAKEOUT="The YouTube Music part of a watch history from Google Takeout, as JSON.",
)
describe(
    ImportState,
    "How far an import is.",
    QUEUED="It waits for a worker.",
    RUNNING="It is going in; see `progress`.",
    FINISHED="It is in; what was left out can be fetched.",
    FAILED="It ended badly; what had gone in by then stays. `error` says why.",
    CANCELLED="Somebody ended it; what had gone in by then stays.",
    UNDOING="It is being taken back.",
    UNDONE="It was taken back as a whole.",
)
