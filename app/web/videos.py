"""A track's video: look it up at the first play, and say how far that is."""

from contextlib import suppress

from fastapi import APIRouter
from pydantic import BaseModel

from app import catalog, videos
from app.errors import QueueUnavailable
from app.models import VideoState
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
    with suppress(QueueUnavailable):  # the track is as unknown as before, and the answer says so
        videos.request(state.database, state.queue, track_id)
    return _video(state, track_id)


def _video(state: State, track_id: int) -> Video:
    with state.database.read() as session:
        track = catalog.track(session, track_id)
    return Video(state=track.video_state, youtube_id=track.youtube_id)
