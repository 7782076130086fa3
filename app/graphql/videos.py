"""A track's video, looked for when somebody wants to play it."""

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


FindVideoResult = Annotated[
    VideoWanted | problems.InvalidInput | problems.NotFound | problems.QueueUnavailable,
    strawberry.union("FindVideoResult", description="What `findVideo` gives."),
]


@strawberry.type
class VideosMutation:
    @for_listeners("Look for a track's video unless one is known; call it at the first play.")
    async def find_video(
        self,
        info: Info,
        wanted: Annotated[
            FindVideoInput, strawberry.argument(name="input", description="Which track.")
        ],
    ) -> FindVideoResult:
        number = required_number(wanted.track_id, "Track", "trackId")
        state = info.context.state
        await to_thread.run_sync(videos.request, state.database, state.queue, number)
        row = await info.context.read(lambda session: catalog.track(session, number))
        return VideoWanted(track=Track.of(row))
