"""A track's video, looked for when somebody wants to play it."""

from typing import Annotated

import strawberry
from anyio import to_thread

from app import catalog, videos
from app.errors import QueueUnavailable
from app.graphql import problems
from app.graphql.catalog import Track
from app.graphql.context import Info
from app.graphql.ids import required_number
from app.graphql.permissions import for_listeners
from app.queue import JobName
from app.state import State


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
        await to_thread.run_sync(_look_for, info.context.state, number)
        row = await info.context.read(lambda session: catalog.track(session, number))
        return VideoWanted(track=Track.of(row))


def _look_for(state: State, track_id: int) -> None:
    if state.database.transact(lambda session: videos.wants_lookup(session, track_id)):
        try:
            state.queue.enqueue(JobName.FIND_VIDEO, track_id)
        except QueueUnavailable:
            state.database.transact(lambda session: videos.give_up(session, track_id))
            raise
