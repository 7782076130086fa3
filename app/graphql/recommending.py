"""Recommendations, their reasons, and similar tracks."""

from typing import Annotated, Self

import strawberry
from sqlmodel import Session
from strawberry.dataloader import DataLoader

from app import accounts, recommending
from app.errors import UserNotFound
from app.graphql.catalog import Artist, Track
from app.graphql.context import Context, Info
from app.graphql.dials import (
    Discovery,
    Diversity,
    Exclude,
    ExcludeArtists,
    MaxPerArtist,
    dials_of,
)
from app.graphql.ids import required_number
from app.graphql.paging import DEFAULT_PAGE, First, checked_first
from app.graphql.permissions import as_parent, for_administrators, for_listeners
from app.graphql.served import ServedList, ServedTrack, heading, place
from app.listening import UserHistory
from app.ml.model_slot import LoadedModel
from app.recommending import Dials

DEFAULT_REASONS = 3
MAX_REASONS = 10

Explanations = DataLoader[tuple[int, int], recommending.Explanation]
"""By number of the track and how many reasons are wanted, for one served list."""
HowMany = Annotated[
    int | None,
    strawberry.argument(description=f"How many: 1 to {MAX_REASONS}, {DEFAULT_REASONS} if null."),
]


@strawberry.type(description="A track of the listener's history that speaks for another.")
class Reason:
    track: Track = strawberry.field(description="The track that was listened to or loved.")
    contribution: float = strawberry.field(description="What it gave to the score.")
    is_pick: bool = strawberry.field(
        description="Whether the viewer picked the track's artist to start with, rather than"
        " playing it: `contribution` is then that of all the artist's tracks."
    )

    @classmethod
    def of(cls, reason: recommending.Reason) -> Self:
        return cls(
            track=Track.of(reason.track), contribution=reason.contribution, is_pick=reason.is_pick
        )


@strawberry.type(
    description="A score taken apart: `base`, all `contributions` and `rest` sum to `score`."
)
class Explanation:
    base: float = strawberry.field(
        description="What nothing in the listener's history gave, such as popularity within a"
        " blend; all of the score where nothing in it speaks for any track yet."
    )
    contributions: list[Reason] = strawberry.field(
        description="What of the history gave most, most first: the same as `reasons`."
    )
    rest: float = strawberry.field(
        description="What all else in the history gave. Below 0 where more of it, such as skips"
        " and dislikes of similar tracks, speaks against the track than for it."
    )
    score: float = strawberry.field(description="The score of the track in the list.")

    @classmethod
    def of(cls, told: recommending.Explanation) -> Self:
        given = [Reason.of(reason) for reason in told.reasons]
        return cls(base=told.base, contributions=given, rest=told.rest, score=told.score)


@strawberry.type(description="A track in a list of recommendations.")
class RecommendedTrack(ServedTrack):
    explanations: strawberry.Private[Explanations]

    @as_parent(
        "The tracks of the listener's history that gave most to the score, most first."
        " Empty where popularity alone speaks for the track."
    )
    async def reasons(self, first: HowMany = DEFAULT_REASONS) -> list[Reason]:
        return [Reason.of(reason) for reason in (await self._told(first)).reasons]

    @as_parent("How the score came about, with so many contributions at most.")
    async def explanation(self, first: HowMany = DEFAULT_REASONS) -> Explanation:
        return Explanation.of(await self._told(first))

    async def _told(self, first: int | None) -> recommending.Explanation:
        size = checked_first(first, DEFAULT_REASONS, MAX_REASONS)
        return await self.explanations.load((self.track.number, size))


@strawberry.type(description="Recommendations as they were computed for one request.")
class RecommendationList(ServedList):
    items: list[RecommendedTrack] = strawberry.field(description="The tracks, best first.")


@strawberry.type(description="A track that is like another.")
class SimilarTrack(ServedTrack):
    pass


@strawberry.type(description="Tracks like one track, as they were computed for one request.")
class SimilarTrackList(ServedList):
    items: list[SimilarTrack] = strawberry.field(
        description="The tracks, most alike first; their scores are 0 without a model."
    )


@strawberry.type(description="An artist near another.")
class SimilarArtist:
    position: int = strawberry.field(description="The place in the list, 1 for the first.")
    score: float = strawberry.field(
        description="How near their nearest track is; 0 where only the genre speaks for them."
    )
    artist: Artist = strawberry.field(description="The artist.")


@strawberry.type(description="Artists near one artist, the nearest first.")
class SimilarArtistList:
    model_version: int | None = strawberry.field(
        description="Version of the model that was asked; null where there is none."
    )
    items: list[SimilarArtist] = strawberry.field(description="The artists.")


@strawberry.type
class RecommendingQuery:
    @for_listeners("What the viewer might like to hear now, from all that they did until now.")
    async def recommendations(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        discovery: Discovery = None,
        max_per_artist: MaxPerArtist = None,
        exclude: Exclude = None,
        exclude_artists: ExcludeArtists = None,
        diversity: Diversity = None,
    ) -> RecommendationList:
        dials = dials_of(first, discovery, max_per_artist, exclude, exclude_artists, diversity)
        model, viewer = info.context.state.slot.model, info.context.signed_in
        served = await info.context.read(
            lambda session: recommending.recommend(session, model, viewer.id, dials)
        )
        info.context.state.served_log.put(served)
        return recommendation_list(info.context, model, served)

    @for_administrators("What a user would be recommended now. It is not written down as served.")
    async def recommendations_for(
        self,
        info: Info,
        user_id: Annotated[strawberry.ID, strawberry.argument(description="The user's id.")],
        first: First = DEFAULT_PAGE,
    ) -> RecommendationList:
        number = required_number(user_id, "User", "userId")
        dials, model = Dials(checked_first(first)), info.context.state.slot.model
        served = await info.context.read(
            lambda session: _recommend_to_user(session, model, number, dials)
        )
        return recommendation_list(info.context, model, served)

    @for_listeners("Tracks like one track, by what their listeners have in common.")
    async def similar_tracks(
        self,
        info: Info,
        track_id: Annotated[strawberry.ID, strawberry.argument(description="The track's id.")],
        first: First = DEFAULT_PAGE,
    ) -> SimilarTrackList:
        number, size = required_number(track_id, "Track", "trackId"), checked_first(first)
        model, viewer = info.context.state.slot.model, info.context.signed_in
        served = await info.context.read(
            lambda session: recommending.similar_tracks(session, model, viewer.id, number, size)
        )
        info.context.state.served_log.put(served)
        return SimilarTrackList(
            **heading(served), items=[SimilarTrack(**place(item)) for item in served.items]
        )

    @for_listeners("Artists like one artist, by what their listeners have in common.")
    async def similar_artists(
        self,
        info: Info,
        artist_id: Annotated[strawberry.ID, strawberry.argument(description="The artist's id.")],
        first: First = DEFAULT_PAGE,
    ) -> SimilarArtistList:
        number, size = required_number(artist_id, "Artist", "artistId"), checked_first(first)
        model = info.context.state.slot.model
        found = await info.context.read(
            lambda session: recommending.similar_artists(session, model, number, size)
        )
        return SimilarArtistList(
            model_version=model.version if model else None,
            items=[
                SimilarArtist(
                    position=position,
                    score=each.score,
                    artist=Artist.of(each.artist.id, each.artist.name),
                )
                for position, each in enumerate(found, start=1)
            ],
        )


def _recommend_to_user(
    session: Session, model: LoadedModel | None, user_id: int, dials: Dials
) -> recommending.ServedList:
    """Raises UserNotFound."""
    if accounts.users_by_id(session, [user_id]) == [None]:
        raise UserNotFound(user_id)
    return recommending.recommend(session, model, user_id, dials)


def recommendation_list(
    context: Context,
    model: LoadedModel | None,
    served: recommending.ServedList,
    heard: UserHistory | None = None,
) -> RecommendationList:
    """`heard` is what it was made from in the place of the listener's own history."""

    async def load(wanted: list[tuple[int, int]]) -> list[recommending.Explanation]:
        most = max(first for _, first in wanted)
        told = await context.read(
            lambda session: recommending.explanations_of(session, model, served, most, heard)
        )
        return [told[track_id].within(first) for track_id, first in wanted]

    explanations = Explanations(load)
    return RecommendationList(
        **heading(served),
        items=[RecommendedTrack(**place(item), explanations=explanations) for item in served.items],
    )
