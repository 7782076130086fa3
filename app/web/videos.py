"""A track's video: look it up at the first play, and say how far that is."""

from fastapi import APIRouter
from pydantic import BaseModel

from app import catalog, videos
from app.errors import QueueUnavailable
from app.models import VideoState
from app.queue import JobName
from app.state import State
from app.web.door import Here, Id, Listener

router = APIRouter()


class Video(BaseModel):
    state: VideoState
    """`searching` is worth asking again for; after `unknown` nobody is looking."""
    youtube_id: str | None


@router.get("/tracks/{track_id}/video")
def video(state: Here, viewer: Listener, track_id: Id) -> Video:
    del viewer
    return _video(state, track_id)


@router.post("/tracks/{track_id}/video")
def find_video(state: Here, viewer: Listener, track_id: Id) -> Video:
    del viewer
    if state.database.transact(lambda session: videos.wants_lookup(session, track_id)):
        _search(state, track_id)
    return _video(state, track_id)


def _search(state: State, track_id: int) -> None:
    try:
        state.queue.enqueue(JobName.FIND_VIDEO, track_id)
    except QueueUnavailable:
        state.database.transact(lambda session: videos.give_up(session, track_id))


def _video(state: State, track_id: int) -> Video:
    with state.database.read() as session:
        track = catalog.track(session, track_id)
    return Video(state=track.video_state, youtube_id=track.youtube_id)
