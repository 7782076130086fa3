"""Recommendations, their reasons, and similar tracks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

import strawberry
from sqlmodel import Session
from strawberry.dataloader import DataLoader

from app import accounts, recommending
from app.errors import InvalidInput, UserNotFound
from app.graphql.catalog import Track
from app.graphql.context import Context, Info
from app.graphql.ids import required_number
from app.graphql.paging import DEFAULT_PAGE, First, checked_first
from app.graphql.permissions import as_parent, for_administrators, for_listeners
from app.ml.model_slot import LoadedModel
from app.recommending import Dials, ServedList, ServedTrack

DEFAULT_REASONS = 3
MAX_REASONS = 10
MAX_EXCLUDED = 1000

Reasons = DataLoader[tuple[int, int], list[recommending.Reason]]
"""Reasons by number of the track and how many are wanted, for one served list."""


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


@strawberry.type(description="A track in a list of recommendations.")
class RecommendedTrack:
    position: int = strawberry.field(description="Its place in the list, 1 for the first.")
    score: float = strawberry.field(
        description="How well it fits; comparable within one list alone."
    )
    track: Track = strawberry.field(description="The track.")
    known_reasons: strawberry.Private[Reasons]

    @as_parent(
        "The tracks of the listener's history that gave most to the score, most first."
        " Empty where popularity alone speaks for the track."
    )
    async def reasons(
        self,
        first: Annotated[
            int | None,
            strawberry.argument(
                description=f"How many: 1 to {MAX_REASONS}, {DEFAULT_REASONS} if null."
            ),
        ] = DEFAULT_REASONS,
    ) -> list[Reason]:
        size = checked_first(first, DEFAULT_REASONS, MAX_REASONS)
        return [Reason.of(row) for row in await self.known_reasons.load((self.track.number, size))]


@strawberry.type(description="Recommendations as they were computed for one request.")
class RecommendationList:
    id: strawberry.ID = strawberry.field(
        description="Give it as `listId` when a track of the list is played, skipped or rated."
    )
    model_version: int | None = strawberry.field(
        description="Version of the model that made it; null for popularity without a model."
    )
    served_at: datetime = strawberry.field(description="When it was computed.")
    items: list[RecommendedTrack] = strawberry.field(description="The tracks, best first.")


@strawberry.type(description="A track that is like another.")
class SimilarTrack:
    position: int = strawberry.field(description="Its place in the list, 1 for the first.")
    score: float = strawberry.field(
        description="How like it is; comparable within one list alone. 0 without a model."
    )
    track: Track = strawberry.field(description="The track.")

    @classmethod
    def of(cls, item: ServedTrack) -> Self:
        return cls(position=item.position, score=item.score, track=Track.of(item.track))


@strawberry.type(description="Tracks like one track, as they were computed for one request.")
class SimilarTrackList:
    id: strawberry.ID = strawberry.field(
        description="Give it as `listId` when a track of the list is played, skipped or rated."
    )
    model_version: int | None = strawberry.field(
        description="Version of the model that made it; null for artist and genre without a model."
    )
    served_at: datetime = strawberry.field(description="When it was computed.")
    items: list[SimilarTrack] = strawberry.field(description="The tracks, most alike first.")


@strawberry.type
class RecommendingQuery:
    @for_listeners("What the viewer might like to hear now, from all that they did until now.")
    async def recommendations(
        self,
        info: Info,
        first: First = DEFAULT_PAGE,
        discovery: Annotated[
            float | None,
            strawberry.argument(
                description="Share of tracks never heard, from 0 to 1; null for those alone."
            ),
        ] = None,
        max_per_artist: Annotated[
            int | None, strawberry.argument(description="At most so many by one artist.")
        ] = None,
        exclude: Annotated[
            list[strawberry.ID] | None,
            strawberry.argument(description=f"Ids of tracks to leave out, at most {MAX_EXCLUDED}."),
        ] = None,
    ) -> RecommendationList:
        refused = _numbers(exclude or [])
        dials = Dials(checked_first(first), discovery, max_per_artist, refused)
        model, viewer = info.context.state.slot.model, info.context.signed_in
        served = await info.context.read(
            lambda session: recommending.recommend(session, model, viewer.id, dials)
        )
        info.context.state.served_log.put(served)
        return _recommendations(info.context, model, served)

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
        return _recommendations(info.context, model, served)

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
            id=strawberry.ID(served.id),
            model_version=served.model_version,
            served_at=served.served_at,
            items=[SimilarTrack.of(item) for item in served.items],
        )


def _recommend_to_user(
    session: Session, model: LoadedModel | None, user_id: int, dials: Dials
) -> ServedList:
    """Raises UserNotFound."""
    if accounts.users_by_id(session, [user_id]) == [None]:
        raise UserNotFound(user_id)
    return recommending.recommend(session, model, user_id, dials)


def _recommendations(
    context: Context, model: LoadedModel | None, served: ServedList
) -> RecommendationList:
    async def load(wanted: list[tuple[int, int]]) -> list[list[recommending.Reason]]:
        ids = [track_id for track_id, _ in wanted]
        most = max(first for _, first in wanted)
        given = await context.read(
            lambda session: recommending.reasons_of(session, model, served.user_id, ids, most)
        )
        return [given[track_id][:first] for track_id, first in wanted]

    reasons = Reasons(load)
    return RecommendationList(
        id=strawberry.ID(served.id),
        model_version=served.model_version,
        served_at=served.served_at,
        items=[_recommended(item, reasons) for item in served.items],
    )


def _recommended(item: ServedTrack, reasons: Reasons) -> RecommendedTrack:
    track = Track.of(item.track)
    return RecommendedTrack(
        position=item.position, score=item.score, track=track, known_reasons=reasons
    )


def _numbers(exclude: Sequence[str]) -> list[int]:
    """Raises InvalidInput for too many, or one that is no track's id."""
    if len(exclude) > MAX_EXCLUDED:
        raise InvalidInput("exclude", f"must have at most {MAX_EXCLUDED} ids, has {len(exclude)}")
    return [required_number(track_id, "Track", "exclude") for track_id in exclude]
