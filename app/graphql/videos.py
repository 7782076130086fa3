"""A track's video, looked for when somebody wants to play it."""

from functools import partial
from typing import Annotated

import strawberry
from anyio import to_thread

from app import catalog, videos
from app.graphql import problems
from app.graphql.catalog import Track
from app.graphql.context import Info
from app.graphql.ids import required_number
from app.graphql.permissions import for_listeners


@strawberry.input(description="The track whose video is wanted.")
class FindVideoInput:
    track_id: strawberry.ID = strawberry.field(description="The track's id.")


@strawberry.type(description="The search is under way, or there is nothing to search for.")
class VideoWanted:
    track: Track = strawberry.field(
        description="The track as it is now; ask for it again while `videoState` is SEARCHING."
    )


@strawberry.input(description="A video that does not show the track, or cannot be shown.")
class ReportWrongVideoInput:
    track_id: strawberry.ID = strawberry.field(description="The track's id.")
    youtube_id: str = strawberry.field(description="The `youtubeId` that the track had.")


@strawberry.type(description="The video is not found again for the track; another is looked for.")
class WrongVideoReported:
    track: Track = strawberry.field(
        description="The track as it is now: with another video where somebody was quicker."
    )


FindVideoResult = Annotated[
    VideoWanted
    | problems.InvalidInput
    | problems.NotFound
    | problems.QueueUnavailable
    | problems.RateLimited,
    strawberry.union("FindVideoResult", description="What `findVideo` gives."),
]

ReportWrongVideoResult = Annotated[
    WrongVideoReported
    | problems.InvalidInput
    | problems.NotFound
    | problems.QueueUnavailable
    | problems.RateLimited,
    strawberry.union("ReportWrongVideoResult", description="What `reportWrongVideo` gives."),
]


@strawberry.type
class VideosMutation:
    @for_listeners(
        "Look for a track's video unless one is known, when it is first played; 20 a minute."
    )
    async def find_video(
        self,
        info: Info,
        wanted: Annotated[
            FindVideoInput, strawberry.argument(name="input", description="Which track.")
        ],
    ) -> FindVideoResult:
        number = required_number(wanted.track_id, "Track", "trackId")
        state = info.context.state
        count = partial(state.access.count_video_search, info.context.signed_in)
        await to_thread.run_sync(videos.request, state.database, state.queue, number, count)
        row = await info.context.read(lambda session: catalog.track(session, number))
        return VideoWanted(track=Track.of(row))

    @for_listeners(
        "Set a track's video aside for everybody, and have another looked for; 50 a day."
    )
    async def report_wrong_video(
        self,
        info: Info,
        wrong: Annotated[
            ReportWrongVideoInput, strawberry.argument(name="input", description="Which video.")
        ],
    ) -> ReportWrongVideoResult:
        number = required_number(wrong.track_id, "Track", "trackId")
        state = info.context.state
        count = partial(state.access.count_wrong_video, info.context.signed_in)
        await to_thread.run_sync(
            videos.replace, state.database, state.queue, number, wrong.youtube_id, count
        )
        row = await info.context.read(lambda session: catalog.track(session, number))
        return WrongVideoReported(track=Track.of(row))
