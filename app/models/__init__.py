"""The tables. Importing this package registers every one of them."""

from app.models.catalog import (
    Artist,
    CatalogueChange,
    CatalogueEdit,
    ChangedThing,
    EditKind,
    ExternalId,
    ExternalKind,
    Track,
    VideoState,
    WrongVideo,
)
from app.models.listening import (
    DataImport,
    Event,
    EventKind,
    Feedback,
    ImportState,
    UserItem,
)
from app.models.serving import ListKind, Playlist, PlaylistTrack, Prediction
from app.models.starting import ArtistPick
from app.models.training import (
    Alert,
    AlertKind,
    DriftWatch,
    Evaluation,
    LogLine,
    Promotion,
    Training,
    TrainingStage,
    TrainingState,
    Turn,
)
from app.models.tuning import Tuning, TuningTrial
from app.models.user import ApiToken, PasswordLink, Role, User

__all__ = [
    "Alert",
    "AlertKind",
    "ApiToken",
    "Artist",
    "ArtistPick",
    "CatalogueChange",
    "CatalogueEdit",
    "ChangedThing",
    "DataImport",
    "DriftWatch",
    "EditKind",
    "Evaluation",
    "Event",
    "EventKind",
    "ExternalId",
    "ExternalKind",
    "Feedback",
    "ImportState",
    "ListKind",
    "LogLine",
    "PasswordLink",
    "Playlist",
    "PlaylistTrack",
    "Prediction",
    "Promotion",
    "Role",
    "Track",
    "Training",
    "TrainingStage",
    "TrainingState",
    "Tuning",
    "TuningTrial",
    "Turn",
    "User",
    "UserItem",
    "VideoState",
    "WrongVideo",
]
