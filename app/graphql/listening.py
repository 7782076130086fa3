"""Listens, skips and feedback."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar

import strawberry
from sqlmodel import Session

from app import catalog, listening
from app.catalog import CatalogTrack
from app.graphql import problems
from app.graphql.catalog import Track
from app.graphql.context import Context, Info
from app.graphql.enums import Feedback
from app.graphql.ids import required_number
from app.graphql.inputs import of_plain_values
from app.graphql.permissions import for_listeners
from app.listening import Listen, Origin, Outcome

T = TypeVar("T")


@of_plain_values
@strawberry.input(description="A track that was listened to.")
class RecordListenInput:
    track_id: strawberry.ID = strawberry.field(description="Which track.")
    listened_at: datetime | None = strawberry.field(
        default=None,
        description="When, with a time zone, such as 2026-11-22T20:15:00Z; null for now. The same"
        " listener, track and second are the same listen, which is recorded once.",
    )
    seconds_played: int | None = strawberry.field(
        default=None, description="How long it was played, if the client knows."
    )
    source: str = strawberry.field(
        default="api", description="What reports it: the client's name, 1 to 64 characters."
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="Anything unique to this listen, up to 128 characters: sent again with the"
        " same key, it is recorded once.",
    )
    list_id: strawberry.ID | None = strawberry.field(
        default=None, description="The `id` of the served list that the track was played from."
    )
    position: int | None = strawberry.field(
        default=None, description="The track's position in that list, 1 for the first."
    )

    def listen(self) -> Listen:
        """Raises InvalidInput where the id is no track's."""
        return Listen(
            track_id=required_number(self.track_id, "Track", "trackId"),
            listened_at=self.listened_at,
            seconds_played=self.seconds_played,
            idempotency_key=self.idempotency_key,
            origin=Origin(self.source, self.list_id, self.position),
        )


@strawberry.input(description="A track that was left early; the same fields as a listen.")
class RecordSkipInput(RecordListenInput):
    pass


@strawberry.input(description="What the viewer says of a track.")
class SetFeedbackInput:
    track_id: strawberry.ID = strawberry.field(description="Which track.")
    feedback: Feedback | None = strawberry.field(
        default=None, description="Love or dislike; null takes back what was said."
    )
    source: str = strawberry.field(
        default="api", description="What reports it: the client's name, 1 to 64 characters."
    )
    list_id: strawberry.ID | None = strawberry.field(
        default=None, description="The `id` of the served list that the track stood in."
    )
    position: int | None = strawberry.field(
        default=None, description="The track's position in that list, 1 for the first."
    )

    @property
    def origin(self) -> Origin:
        return Origin(self.source, self.list_id, self.position)


@strawberry.type(description="The listen is kept; the next recommendations know of it.")
class ListenRecorded:
    is_new: bool = strawberry.field(description="False if the same listen was recorded before.")
    is_paused: bool = strawberry.field(
        description="True if the viewer has paused the record: the listen was not kept."
    )
    track: Track = strawberry.field(description="The track.")


@strawberry.type(description="The skip is kept; the next recommendations know of it.")
class SkipRecorded:
    is_new: bool = strawberry.field(description="False if the same skip was recorded before.")
    is_paused: bool = strawberry.field(
        description="True if the viewer has paused the record: the skip was not kept."
    )
    track: Track = strawberry.field(description="The track.")


@strawberry.type(description="The feedback is kept; the next recommendations know of it.")
class FeedbackSet:
    track: Track = strawberry.field(description="The track.")


RecordListenResult = Annotated[
    ListenRecorded | problems.InvalidInput | problems.NotFound,
    strawberry.union("RecordListenResult", description="What `recordListen` gives."),
]
RecordSkipResult = Annotated[
    SkipRecorded | problems.InvalidInput | problems.NotFound,
    strawberry.union("RecordSkipResult", description="What `recordSkip` gives."),
]
SetFeedbackResult = Annotated[
    FeedbackSet | problems.InvalidInput | problems.NotFound,
    strawberry.union("SetFeedbackResult", description="What `setFeedback` gives."),
]


@strawberry.type
class ListeningMutation:
    @for_listeners("Record that the viewer listened to a track.")
    async def record_listen(
        self,
        info: Info,
        heard: Annotated[
            RecordListenInput, strawberry.argument(name="input", description="The listen.")
        ],
    ) -> RecordListenResult:
        viewer, listen = info.context.signed_in, heard.listen()
        outcome, track = await _written(
            info.context,
            listen.track_id,
            lambda session: listening.record_listen(session, viewer.id, listen),
        )
        return ListenRecorded(
            is_new=outcome is Outcome.NEW, is_paused=outcome is Outcome.PAUSED, track=track
        )

    @for_listeners("Record that the viewer left a track early.")
    async def record_skip(
        self,
        info: Info,
        skipped: Annotated[
            RecordSkipInput, strawberry.argument(name="input", description="The skip.")
        ],
    ) -> RecordSkipResult:
        viewer, skip = info.context.signed_in, skipped.listen()
        outcome, track = await _written(
            info.context,
            skip.track_id,
            lambda session: listening.record_skip(session, viewer.id, skip),
        )
        return SkipRecorded(
            is_new=outcome is Outcome.NEW, is_paused=outcome is Outcome.PAUSED, track=track
        )

    @for_listeners("Love or dislike a track, or take that back.")
    async def set_feedback(
        self,
        info: Info,
        said: Annotated[
            SetFeedbackInput, strawberry.argument(name="input", description="What of which track.")
        ],
    ) -> SetFeedbackResult:
        viewer = info.context.signed_in
        number = required_number(said.track_id, "Track", "trackId")
        _, track = await _written(
            info.context,
            number,
            lambda session: listening.set_feedback(
                session, viewer.id, number, said.feedback, said.origin
            ),
        )
        return FeedbackSet(track=track)


async def _written(context: Context, number: int, work: Callable[[Session], T]) -> tuple[T, Track]:
    """What the work in a transaction gave, and the track that it was about."""

    def with_track(session: Session) -> tuple[T, CatalogTrack]:
        return work(session), catalog.track(session, number)

    result, row = await context.write(with_track)
    return result, Track.of(row)
