from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class Home(BaseModel):
    recommendations: "HomeRecommendations"


class HomeRecommendations(BaseModel):
    id: str
    model_version: Optional[int] = Field(alias="modelVersion")
    items: list["HomeRecommendationsItems"]


class HomeRecommendationsItems(BaseModel):
    position: int
    track: "HomeRecommendationsItemsTrack"
    reasons: list["HomeRecommendationsItemsReasons"]


class HomeRecommendationsItemsTrack(BaseModel):
    id: str
    title: str
    artist: "HomeRecommendationsItemsTrackArtist"


class HomeRecommendationsItemsTrackArtist(BaseModel):
    name: str


class HomeRecommendationsItemsReasons(BaseModel):
    track: "HomeRecommendationsItemsReasonsTrack"


class HomeRecommendationsItemsReasonsTrack(BaseModel):
    title: str


Home.model_rebuild()
HomeRecommendations.model_rebuild()
HomeRecommendationsItems.model_rebuild()
HomeRecommendationsItemsTrack.model_rebuild()
HomeRecommendationsItemsReasons.model_rebuild()
