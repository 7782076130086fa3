from .base_client import BaseClient
from .base_model import BaseModel, Upload
from .client import Client
from .exceptions import (
    GraphQLClientError,
    GraphQLClientGraphQLError,
    GraphQLClientGraphQLMultiError,
    GraphQLClientHttpError,
    GraphQLClientInvalidResponseError,
)
from .heard import (
    Heard,
    HeardRecordListenInvalidInput,
    HeardRecordListenListenRecorded,
    HeardRecordListenListenRecordedTrack,
    HeardRecordListenNotFound,
)
from .home import (
    Home,
    HomeRecommendations,
    HomeRecommendationsItems,
    HomeRecommendationsItemsReasons,
    HomeRecommendationsItemsReasonsTrack,
    HomeRecommendationsItemsTrack,
    HomeRecommendationsItemsTrackArtist,
)
from .input_types import RecordListenInput
from .sign_in import (
    SignIn,
    SignInLoginInvalidCredentials,
    SignInLoginLoginSuccess,
    SignInLoginLoginSuccessUser,
    SignInLoginRateLimited,
)

__all__ = [
    "BaseClient",
    "BaseModel",
    "Client",
    "GraphQLClientError",
    "GraphQLClientGraphQLError",
    "GraphQLClientGraphQLMultiError",
    "GraphQLClientHttpError",
    "GraphQLClientInvalidResponseError",
    "Heard",
    "HeardRecordListenInvalidInput",
    "HeardRecordListenListenRecorded",
    "HeardRecordListenListenRecordedTrack",
    "HeardRecordListenNotFound",
    "Home",
    "HomeRecommendations",
    "HomeRecommendationsItems",
    "HomeRecommendationsItemsReasons",
    "HomeRecommendationsItemsReasonsTrack",
    "HomeRecommendationsItemsTrack",
    "HomeRecommendationsItemsTrackArtist",
    "RecordListenInput",
    "SignIn",
    "SignInLoginInvalidCredentials",
    "SignInLoginLoginSuccess",
    "SignInLoginLoginSuccessUser",
    "SignInLoginRateLimited",
    "Upload",
]
