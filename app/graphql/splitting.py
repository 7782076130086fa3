"""Split a track that an import wrongly made of two."""

from typing import Annotated, Self

import strawberry
from sqlmodel import Session

from app import catalog, editing
from app.editing import Brought
from app.graphql import problems
from app.graphql.catalog import Track
from app.graphql.context import Info
from app.graphql.editing import TrackEdited
from app.graphql.ids import required_number
from app.graphql.permissions import for_administrators


@strawberry.input(description="A track that is two, and which sources mean the other one.")
class SplitTrackInput:
    track_id: strawberry.ID = strawberry.field(description="Which track.")
    sources: list[str] = strawberry.field(
        description="Of those that `trackSources` names, not all: what they brought goes along."
    )


@strawberry.type(description="Something that brought ids or listens of a track.")
class TrackSource:
    source: str = strawberry.field(description="A catalogue, a service or a player.")
    id_count: int = strawberry.field(description="How many ids the track has there.")
    event_count: int = strawberry.field(
        description="Listens, skips, loves and dislikes of the track that came by it."
    )

    @classmethod
    def of(cls, brought: Brought) -> Self:
        return cls(source=brought.source, id_count=brought.ids, event_count=brought.events)


SplitTrackResult = Annotated[
    TrackEdited | problems.InvalidInput | problems.NotFound,
    strawberry.union("SplitTrackResult", description="What `splitTrack` gives."),
]


@strawberry.type
class SplittingQuery:
    @for_administrators("What brought a track's ids and listens, by name; nothing for no track.")
    async def track_sources(
        self,
        info: Info,
        track_id: Annotated[strawberry.ID, strawberry.argument(description="Which track.")],
    ) -> list[TrackSource]:
        number = required_number(track_id, "Track", "trackId")
        brought = await info.context.read(lambda session: editing.brought_by(session, number))
        return [TrackSource.of(one) for one in brought]


@strawberry.type
class SplittingMutation:
    @for_administrators("Make what some sources brought to a track a new one, a copy at first.")
    async def split_track(
        self,
        info: Info,
        other: Annotated[SplitTrackInput, strawberry.argument(name="input", description="What.")],
    ) -> SplitTrackResult:
        number, by = required_number(other.track_id, "Track", "trackId"), info.context.signed_in

        def work(session: Session) -> catalog.CatalogTrack:
            new = editing.split_track(session, number, set(other.sources), by.name)
            return catalog.track(session, new)

        return TrackEdited(track=Track.of(await info.context.write(work)))
