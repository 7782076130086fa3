"""Split a track that is two, or an artist."""

from typing import Annotated, Self

import strawberry
from sqlmodel import Session

from app import catalog, editing
from app.graphql import problems
from app.graphql.catalog import Artist, Track
from app.graphql.context import Info
from app.graphql.editing import ArtistEdited, TrackEdited
from app.graphql.ids import global_id, required_number
from app.graphql.permissions import for_administrators


@strawberry.input(description="A track that is two, and what brought the other one.")
class SplitTrackInput:
    track_id: strawberry.ID = strawberry.field(description="Which track.")
    origins: list[strawberry.ID] = strawberry.field(
        description="Of those that `trackOrigins` names, not all: what they brought goes along."
    )
    title: str | None = strawberry.field(
        default=None, description="The new track's title; by default what its origins call it."
    )
    artist: str | None = strawberry.field(
        default=None, description="Its artist: one of the catalogue or a new one; as `title`."
    )


@strawberry.input(description="An artist under whose name there are two.")
class SplitArtistInput:
    artist_id: strawberry.ID = strawberry.field(description="Which artist.")
    track_ids: list[strawberry.ID] = strawberry.field(
        description="The tracks that are by the other one, not all; at most 1,000 at once."
    )
    name: str = strawberry.field(
        description="Whose they are: an artist of the catalogue, or a new one."
    )


@strawberry.type(
    description="An id elsewhere that brought a track; or a player or an import, with listens of "
    "which nobody knows by which id they came."
)
class TrackOrigin:
    id: strawberry.ID = strawberry.field(description="Names it in `splitTrack`, of this track.")
    source: str = strawberry.field(description="A catalogue, a service or a player.")
    external_id: str | None = strawberry.field(description="The track's id there; null for none.")
    title: str | None = strawberry.field(
        description="What it is called there; null where that is not known."
    )
    artist: str | None = strawberry.field(description="By whom it is there, as `title`.")
    import_id: strawberry.ID | None = strawberry.field(
        description="Without an id: the import, where it was one of a catalogue."
    )
    listen_count: int = strawberry.field(description="Listens that came by it.")
    other_count: int = strawberry.field(description="Skips, loves and dislikes that came by it.")

    @classmethod
    def of(cls, one: editing.Origin) -> Self:
        return cls(
            id=strawberry.ID(one.key),
            source=one.source,
            external_id=one.external_id,
            title=one.title,
            artist=one.artist,
            import_id=global_id("DataImport", one.import_id) if one.import_id else None,
            listen_count=one.listens,
            other_count=one.others,
        )


SplitTrackResult = Annotated[
    TrackEdited | problems.InvalidInput | problems.NotFound,
    strawberry.union("SplitTrackResult", description="What `splitTrack` gives."),
]
SplitArtistResult = Annotated[
    ArtistEdited | problems.InvalidInput | problems.NotFound,
    strawberry.union("SplitArtistResult", description="What `splitArtist` gives."),
]


@strawberry.type
class SplittingQuery:
    @for_administrators("What brought a track and its listens, by source; nothing for no track.")
    async def track_origins(
        self,
        info: Info,
        track_id: Annotated[strawberry.ID, strawberry.argument(description="Which track.")],
    ) -> list[TrackOrigin]:
        number = required_number(track_id, "Track", "trackId")
        found = await info.context.read(lambda session: editing.origins_of(session, number))
        return [TrackOrigin.of(one) for one in found]


@strawberry.type
class SplittingMutation:
    @for_administrators("Make what some origins brought to a track a new one, which is returned.")
    async def split_track(
        self,
        info: Info,
        other: Annotated[SplitTrackInput, strawberry.argument(name="input", description="What.")],
    ) -> SplitTrackResult:
        number, by = required_number(other.track_id, "Track", "trackId"), info.context.signed_in
        names = other.title, other.artist

        def work(session: Session) -> catalog.CatalogTrack:
            new = editing.split_track(session, number, set(other.origins), by.name, *names)
            return catalog.track(session, new)

        return TrackEdited(track=Track.of(await info.context.write(work)))

    @for_administrators("Give some tracks of an artist to another one, who is returned.")
    async def split_artist(
        self,
        info: Info,
        other: Annotated[SplitArtistInput, strawberry.argument(name="input", description="What.")],
    ) -> SplitArtistResult:
        number, by = required_number(other.artist_id, "Artist", "artistId"), info.context.signed_in
        tracks = {required_number(one, "Track", "trackIds") for one in other.track_ids}

        def work(session: Session) -> catalog.CatalogArtist:
            new = editing.split_artist(session, number, tracks, other.name, by.name)
            return catalog.artist(session, new)

        row = await info.context.write(work)
        return ArtistEdited(artist=Artist.of(row.id, row.name))
