from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel


class Heard(BaseModel):
    record_listen: Union[
        "HeardRecordListenListenRecorded",
        "HeardRecordListenInvalidInput",
        "HeardRecordListenNotFound",
    ] = Field(alias="recordListen", discriminator="typename__")


class HeardRecordListenListenRecorded(BaseModel):
    typename__: Literal["ListenRecorded"] = Field(alias="__typename")
    is_new: bool = Field(alias="isNew")
    track: "HeardRecordListenListenRecordedTrack"


class HeardRecordListenListenRecordedTrack(BaseModel):
    title: str
    viewer_play_count: int = Field(alias="viewerPlayCount")


class HeardRecordListenInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: str
    message: str


class HeardRecordListenNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: str
    message: str


Heard.model_rebuild()
HeardRecordListenListenRecorded.model_rebuild()
