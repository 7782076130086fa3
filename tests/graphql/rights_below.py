"""Who is told what lies below the roots: a listener, another one, and an administrator."""

from enum import Enum

from tests.graphql.conftest import ADMINISTRATOR, LISTENER, OTHER
from tests.graphql.walking import TOLD

NOT_YOURS = "not_yours"
PEOPLE = (LISTENER, OTHER, ADMINISTRATOR)
_ALL, _NONE = frozenset({TOLD}), frozenset[str]()


class Below(Enum):
    """What each of PEOPLE is answered in all the places that lead to a field."""

    HELD = (_ALL, _ALL, _ALL)
    """For whoever gets hold of the object."""
    OWN = (_ALL, _ALL, _ALL | {NOT_YOURS})
    """Of a user, for that user alone: an administrator meets others too."""
    OF_ONE = (_ALL, _NONE, _NONE)
    """Of something that only the listener has, and nobody else can reach."""
    ADMINISTRATORS = (_NONE, _NONE, _ALL)


FIELDS = {
    "User.isPaused": Below.OWN,
    "User.listens": Below.OWN,
    "User.lovedTracks": Below.OWN,
    "User.dislikedTracks": Below.OWN,
    "User.playlists": Below.OWN,
    "User.statistics": Below.OWN,
    "User.preferences": Below.OWN,
    "User.tokens": Below.OWN,
    "User.exportPath": Below.OWN,
    "TokenConnection.totalCount": Below.HELD,
    "ListenConnection.totalCount": Below.HELD,
    "PlaylistConnection.totalCount": Below.HELD,
    "Playlist.entries": Below.OF_ONE,
    "PlaylistEntryConnection.totalCount": Below.OF_ONE,
    "Track.viewerFeedback": Below.HELD,
    "Track.viewerPlayCount": Below.HELD,
    "TrackConnection.totalCount": Below.HELD,
    "Artist.trackCount": Below.HELD,
    "Artist.listenerCount": Below.HELD,
    "Artist.tracks": Below.HELD,
    "ArtistConnection.totalCount": Below.HELD,
    "RecommendedTrack.reasons": Below.HELD,
    "RecommendedTrack.explanation": Below.HELD,
    "DataImportConnection.totalCount": Below.HELD,
    "Training.evaluations": Below.ADMINISTRATORS,
    "Training.evaluationRuns": Below.ADMINISTRATORS,
    "Training.log": Below.ADMINISTRATORS,
    "TrainingConnection.totalCount": Below.ADMINISTRATORS,
    "EvaluationRun.evaluation": Below.ADMINISTRATORS,
    "Tuning.trials": Below.ADMINISTRATORS,
    "Tuning.trialCount": Below.ADMINISTRATORS,
    "Tuning.setAsideCount": Below.ADMINISTRATORS,
    "TuningConnection.totalCount": Below.ADMINISTRATORS,
    "ModelVersionConnection.totalCount": Below.ADMINISTRATORS,
    "AlertConnection.totalCount": Below.ADMINISTRATORS,
    "DriftWatchConnection.totalCount": Below.ADMINISTRATORS,
    "CatalogueEditConnection.totalCount": Below.ADMINISTRATORS,
    "UserAccountConnection.totalCount": Below.ADMINISTRATORS,
}
OWN = {name for name, allowed in FIELDS.items() if allowed is Below.OWN}

NODES = {
    "Alert": {ADMINISTRATOR},
    "Artist": {LISTENER, OTHER, ADMINISTRATOR},
    "DataImport": {LISTENER, ADMINISTRATOR},
    "EvaluationRun": {ADMINISTRATOR},
    "Listen": {LISTENER},
    "Playlist": {LISTENER},
    "Token": {LISTENER},
    "Track": {LISTENER, OTHER, ADMINISTRATOR},
    "Training": {ADMINISTRATOR},
    "Tuning": {ADMINISTRATOR},
    "User": {LISTENER, ADMINISTRATOR},
}
"""Who gets the first of each kind by its id: where somebody owns it, the listener does."""

TO_ADMINISTRATORS = {
    *("Alert", "AlertAcknowledged", "AlertConnection", "AlertDelivery", "AlertEdge"),
    *("ArtistEdited", "CatalogueEdit", "CatalogueEditConnection", "CatalogueEditEdge"),
    *("DriftReport", "DriftSignal", "DriftWatch", "DriftWatchConnection", "DriftWatchEdge"),
    *("DriftWatchStarted", "Estimate", "Evaluation", "EvaluationRun", "EvaluationStarted"),
    *("FieldChange", "Gain", "GateCheck", "Job", "JobCancelled", "JobRetried", "LibraryVersion"),
    *("ListenerSlice", "LogLine", "Measured", "Metric", "ModelPromoted", "ModelReloaded"),
    *("ModelRolledBack", "ModelVersion", "ModelVersionConnection", "ModelVersionEdge"),
    *("PasswordLink", "PasswordLinkMade", "Refit", "ScheduledJob", "Span", "TrackEdited"),
    *("TrackOrigin", "Training", "TrainingConnection", "TrainingEdge", "TrainingProgress"),
    *("TrainingStarted", "Trial", "Tuning", "TuningConnection", "TuningEdge", "TuningStarted"),
    *("TuningStopped", "UserAccount", "UserAccountConnection", "UserAccountEdge", "UserChanged"),
    *("UserCreated", "UserInvited", "WatchedSignal"),
}
"""Types of objects that only administrators' fields lead to, apart from `node` and `nodes`."""
