"""What forgetting something would change, before it is forgotten."""

from typing import Annotated

import strawberry

from app import recommending
from app.errors import InvalidInput
from app.graphql.context import Info
from app.graphql.dials import (
    Discovery,
    Diversity,
    Exclude,
    ExcludeArtists,
    MaxPerArtist,
    dials_of,
    listens_in,
    tracks_in,
)
from app.graphql.paging import DEFAULT_PAGE, First
from app.graphql.permissions import for_listeners
from app.graphql.recommending import RecommendationList, RecommendedTrack, recommendation_list
from app.recommending import ServedTrack


@strawberry.type(
    description="The viewer's list now, and as it would be after forgetting, by the same model;"
    " neither is written down as served. The next training learns without it as well."
)
class IfForgotten:
    now: RecommendationList = strawberry.field(description="The list as it is.")
    then: RecommendationList = strawberry.field(
        description="The very list that `recommendations` would give after forgetting."
    )
    entering: list[RecommendedTrack] = strawberry.field(
        description="Tracks of `then` that are not in `now`."
    )
    leaving: list[RecommendedTrack] = strawberry.field(
        description="Tracks of `now` that are not in `then`."
    )


@strawberry.type
class SupposingQuery:
    @for_listeners(
        "What would be recommended if the viewer forgot some tracks or single listens, with the"
        " dials of `recommendations`. Nothing is forgotten by asking."
    )
    async def if_forgotten(
        self,
        info: Info,
        track_ids: Annotated[
            list[strawberry.ID] | None,
            strawberry.argument(description="Tracks as `forgetTrack` would forget them."),
        ] = None,
        listen_ids: Annotated[
            list[strawberry.ID] | None,
            strawberry.argument(description="Listens as `forgetListens` would forget them."),
        ] = None,
        first: First = DEFAULT_PAGE,
        discovery: Discovery = None,
        max_per_artist: MaxPerArtist = None,
        exclude: Exclude = None,
        exclude_artists: ExcludeArtists = None,
        diversity: Diversity = None,
    ) -> IfForgotten:
        tracks, listens = tracks_in(track_ids, "trackIds"), listens_in(listen_ids, "listenIds")
        if not tracks and not listens:
            raise InvalidInput("trackIds", "must name a track, or listenIds a listen, to forget")
        dials = dials_of(first, discovery, max_per_artist, exclude, exclude_artists, diversity)
        model, viewer = info.context.state.slot.model, info.context.signed_in
        found = await info.context.read(
            lambda session: recommending.suppose_forgotten(
                session, model, viewer.id, dials, tracks, listens
            )
        )
        now = recommendation_list(info.context, model, found.now)
        then = recommendation_list(info.context, model, found.then, found.heard)
        return IfForgotten(
            now=now,
            then=then,
            entering=_those(then, found.entering),
            leaving=_those(now, found.leaving),
        )


def _those(listed: RecommendationList, chosen: list[ServedTrack]) -> list[RecommendedTrack]:
    places = {item.position for item in chosen}
    return [item for item in listed.items if item.position in places]
