"""A new listener picks artists to start with."""

from typing import Annotated

import strawberry

from app import recommending
from app.graphql import problems
from app.graphql.catalog import Artist
from app.graphql.context import Info
from app.graphql.ids import required_number
from app.graphql.paging import MAX_PAGE, checked_first
from app.graphql.permissions import for_listeners
from app.recommending.starting import MAX_PICKS

DEFAULT_CHOICE = 24


@strawberry.input(description="Artists that the viewer likes.")
class StartWithArtistsInput:
    artist_ids: list[strawberry.ID] = strawberry.field(
        description=f"Ids of artists, at most {MAX_PICKS}; they replace those picked before, and an"
        " empty list takes all picks back."
    )


@strawberry.type(description="The picks are kept; the next recommendations know of them.")
class StartedWithArtists:
    artists: list[Artist] = strawberry.field(description="The artists that are picked now.")


StartWithArtistsResult = Annotated[
    StartedWithArtists | problems.InvalidInput | problems.NotFound,
    strawberry.union("StartWithArtistsResult", description="What `startWithArtists` gives."),
]


@strawberry.type
class StartingQuery:
    @for_listeners(
        "Artists for a new listener to choose from: well enough known to be recognised, spread over"
        " tastes so that each choice tells much. With `picked`, those and their neighbours first."
    )
    async def artists_to_start_with(
        self,
        info: Info,
        first: Annotated[
            int | None,
            strawberry.argument(
                description=f"How many: 1 to {MAX_PAGE}, {DEFAULT_CHOICE} if null."
            ),
        ] = DEFAULT_CHOICE,
        picked: Annotated[
            list[strawberry.ID] | None,
            strawberry.argument(description=f"Ids of artists chosen so far, at most {MAX_PICKS}."),
        ] = None,
    ) -> list[Artist]:
        numbers = [required_number(text, "Artist", "picked") for text in picked or []]
        size, model = checked_first(first, DEFAULT_CHOICE), info.context.state.slot.model
        found = await info.context.read(
            lambda session: recommending.artists_to_start_with(session, model, size, numbers)
        )
        return [Artist.of(artist.id, artist.name) for artist in found]

    @for_listeners("The artists that the viewer started with.")
    async def picked_artists(self, info: Info) -> list[Artist]:
        viewer = info.context.signed_in
        found = await info.context.read(
            lambda session: recommending.picked_artists(session, viewer.id)
        )
        return [Artist.of(artist.id, artist.name) for artist in found]


@strawberry.type
class StartingMutation:
    @for_listeners("Start with artists that the viewer likes, or take that back.")
    async def start_with_artists(
        self,
        info: Info,
        chosen: Annotated[
            StartWithArtistsInput, strawberry.argument(name="input", description="Which.")
        ],
    ) -> StartWithArtistsResult:
        viewer = info.context.signed_in
        numbers = [required_number(text, "Artist", "artistIds") for text in chosen.artist_ids]
        found = await info.context.write(
            lambda session: recommending.start_with(session, viewer.id, numbers)
        )
        return StartedWithArtists(artists=[Artist.of(artist.id, artist.name) for artist in found])
