"""The viewer's record of listening: forget some of it, pause it."""

from typing import Annotated

import strawberry

from app import catalog, listening
from app.errors.invalid import too_many
from app.graphql import problems
from app.graphql.catalog import Track
from app.graphql.context import Info
from app.graphql.ids import required_number
from app.graphql.paging import MAX_PAGE
from app.graphql.permissions import for_listeners


@strawberry.input(description="Listens that should never have been.")
class ForgetListensInput:
    listen_ids: list[strawberry.ID] = strawberry.field(
        description=f"Ids of the viewer's own listens, at most {MAX_PAGE}; others are passed over."
    )


@strawberry.type(description="They are erased, and the sums are those of the listens left.")
class ListensForgotten:
    track_count: int = strawberry.field(description="How many tracks they were of.")


@strawberry.input(description="A track that should never have been met.")
class ForgetTrackInput:
    track_id: strawberry.ID = strawberry.field(description="The track's id.")


@strawberry.type(description="All that the viewer did with the track is erased, love included.")
class TrackForgotten:
    track: Track = strawberry.field(description="The track.")


@strawberry.input(description="Whether listens are kept.")
class SetRecordPausedInput:
    paused: bool = strawberry.field(
        description="True: music plays, and nothing of it is written down, until false."
    )


@strawberry.type(description="The record is paused, or goes on.")
class RecordPausedSet:
    paused: bool = strawberry.field(description="How it is now.")


ForgetListensResult = Annotated[
    ListensForgotten | problems.InvalidInput,
    strawberry.union("ForgetListensResult", description="What `forgetListens` gives."),
]
ForgetTrackResult = Annotated[
    TrackForgotten | problems.InvalidInput | problems.NotFound,
    strawberry.union("ForgetTrackResult", description="What `forgetTrack` gives."),
]
SetRecordPausedResult = Annotated[
    RecordPausedSet,
    strawberry.union("SetRecordPausedResult", description="What `setRecordPaused` gives."),
]


@strawberry.type
class RecordMutation:
    @for_listeners("Erase listens of the viewer's own; lists already served stay on record.")
    async def forget_listens(
        self,
        info: Info,
        unwanted: Annotated[
            ForgetListensInput, strawberry.argument(name="input", description="Which.")
        ],
    ) -> ForgetListensResult:
        viewer = info.context.signed_in
        if len(unwanted.listen_ids) > MAX_PAGE:
            raise too_many("listenIds", len(unwanted.listen_ids), MAX_PAGE)
        numbers = [required_number(one, "Listen", "listenIds") for one in unwanted.listen_ids]
        tracks = await info.context.write(
            lambda session: listening.forget_listens(session, viewer.id, numbers)
        )
        return ListensForgotten(track_count=len(tracks))

    @for_listeners("Erase all that the viewer did with a track.")
    async def forget_track(
        self,
        info: Info,
        unwanted: Annotated[
            ForgetTrackInput, strawberry.argument(name="input", description="Which.")
        ],
    ) -> ForgetTrackResult:
        viewer = info.context.signed_in
        number = required_number(unwanted.track_id, "Track", "trackId")
        row = await info.context.read(lambda session: catalog.track(session, number))
        await info.context.write(lambda session: listening.forget_track(session, viewer.id, row.id))
        return TrackForgotten(track=Track.of(row))

    @for_listeners("Pause the record of listening, or go on with it.")
    async def set_record_paused(
        self,
        info: Info,
        wanted: Annotated[
            SetRecordPausedInput, strawberry.argument(name="input", description="Which of both.")
        ],
    ) -> SetRecordPausedResult:
        viewer = info.context.signed_in
        await info.context.write(
            lambda session: listening.set_paused(session, viewer.id, paused=wanted.paused)
        )
        return RecordPausedSet(paused=wanted.paused)
