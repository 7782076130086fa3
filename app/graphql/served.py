"""What all lists have in common that are computed for one request."""

from datetime import datetime
from typing import TypedDict

import strawberry

from app import recommending
from app.graphql.catalog import Track


@strawberry.interface(description="A list as it was computed for one request.")
class ServedList:
    id: strawberry.ID = strawberry.field(
        description="Give it as `listId` when a track of the list is played, skipped or rated."
    )
    model_version: int | None = strawberry.field(
        description="Version of the model that made it; null where it was made without one, by"
        " popularity, artist and genre."
    )
    served_at: datetime = strawberry.field(description="When it was computed.")


@strawberry.interface(description="A track in such a list.")
class ServedTrack:
    position: int = strawberry.field(description="Its place in the list, 1 for the first.")
    score: float = strawberry.field(
        description="How well it fits; comparable within one list alone."
    )
    track: Track = strawberry.field(description="The track.")


class Heading(TypedDict):
    """The fields of ServedList."""

    id: strawberry.ID
    model_version: int | None
    served_at: datetime


class Place(TypedDict):
    """The fields of ServedTrack."""

    position: int
    score: float
    track: Track


def heading(served: recommending.ServedList) -> Heading:
    return Heading(
        id=strawberry.ID(served.id),
        model_version=served.model_version,
        served_at=served.served_at,
    )


def place(item: recommending.ServedTrack) -> Place:
    return Place(position=item.position, score=item.score, track=Track.of(item.track))
