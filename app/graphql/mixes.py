"""Lists that a front page is made of: mixes by taste, artists not yet met, what is popular now."""

from collections.abc import Sequence
from typing import Annotated, Self

import strawberry
from sqlmodel import Session

from app import catalog, charts, listening, recommending
from app.catalog import CatalogTrack
from app.graphql.catalog import Track
from app.graphql.context import Info
from app.graphql.dials import Exclude, tracks_in
from app.graphql.enums import Feedback
from app.graphql.paging import DEFAULT_PAGE, First, checked_first
from app.graphql.permissions import for_listeners
from app.graphql.served import ServedList, ServedTrack, heading, place


@strawberry.type(description="A track of a mix.")
class MixedTrack(ServedTrack):
    pass


@strawberry.type(description="A list for one of the viewer's tastes, the known and the new in it.")
class Mix(ServedList):
    items: list[MixedTrack] = strawberry.field(description="The tracks, in the order to be played.")
    seeds: list[Track] = strawberry.field(
        description="The tracks of the viewer's history that it was made from, the strongest"
        " first: their artists are what a mix can be called by."
    )

    @classmethod
    def of(cls, mix: recommending.Mix) -> Self:
        items = [MixedTrack(**place(item)) for item in mix.served.items]
        seeds = [Track.of(seed) for seed in mix.seeds]
        return cls(**heading(mix.served), items=items, seeds=seeds)


@strawberry.type(description="A track by an artist whom the viewer has never played.")
class NewArtistTrack(ServedTrack):
    pass


@strawberry.type(description="One track each by artists whom the viewer has never played.")
class NewArtistList(ServedList):
    items: list[NewArtistTrack] = strawberry.field(description="The tracks, best first.")

    @classmethod
    def of(cls, served: recommending.ServedList) -> Self:
        items = [NewArtistTrack(**place(item)) for item in served.items]
        return cls(**heading(served), items=items)


@strawberry.type
class MixesQuery:
    @for_listeners(
        "A list for each of the viewer's tastes, at most four; none before a model knows three"
        " tracks of theirs."
    )
    async def mixes(self, info: Info) -> list[Mix]:
        model, viewer = info.context.state.slot.model, info.context.signed_in
        found = await info.context.read(
            lambda session: recommending.mixes(session, model, viewer.id)
        )
        for mix in found:
            info.context.state.served_log.put(mix.served)
        return [Mix.of(mix) for mix in found]

    @for_listeners(
        "Artists whom the viewer has never played, each with the track that fits best; null where"
        " nothing in the history speaks for any."
    )
    async def new_artists(
        self, info: Info, first: First = DEFAULT_PAGE, exclude: Exclude = None
    ) -> NewArtistList | None:
        size, without = checked_first(first), tracks_in(exclude, "exclude")
        model, viewer = info.context.state.slot.model, info.context.signed_in
        served = await info.context.read(
            lambda session: recommending.by_unmet_artists(session, model, viewer.id, size, without)
        )
        if served is None:
            return None
        info.context.state.served_log.put(served)
        return NewArtistList.of(served)

    @for_listeners(
        f"The tracks that most listeners played in the last {charts.WINDOW.days} days, counted"
        " every ten minutes; none that the viewer dislikes."
    )
    async def popular_tracks(
        self,
        info: Info,
        first: Annotated[
            int | None,
            strawberry.argument(
                description=f"How many: 1 to {charts.LENGTH}, {DEFAULT_PAGE} if null."
            ),
        ] = DEFAULT_PAGE,
    ) -> list[Track]:
        size = checked_first(first, DEFAULT_PAGE, charts.LENGTH)
        chart, viewer = info.context.state.chart, info.context.signed_in

        def find(session: Session) -> list[CatalogTrack]:
            return _popular(session, viewer.id, chart.track_ids, size)

        return [Track.of(row) for row in await info.context.read(find)]


def _popular(
    session: Session, user_id: int, chart: Sequence[int], first: int
) -> list[CatalogTrack]:
    did = listening.states_of(session, user_id, chart)
    liked = [number for number in chart if did[number].feedback is not Feedback.DISLIKED]
    return [row for row in catalog.tracks_by_id(session, liked) if row is not None][:first]
