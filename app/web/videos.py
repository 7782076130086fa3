"""A track's video: look it up at the first play, and say how far that is."""

from contextlib import suppress
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from app import catalog, videos
from app.access import Viewer
from app.errors import QueueUnavailable
from app.models import VideoState
from app.state import State
from app.web.door import Here, Id, Listener

router = APIRouter()

YoutubeId = Annotated[str, Form(min_length=11, max_length=11)]


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
    with suppress(QueueUnavailable):  # the track is as unknown as before, and the answer says so
        _request(state, viewer, track_id)
    return _video(state, track_id)


@router.post("/tracks/{track_id}/video/wrong")
def set_aside(state: Here, viewer: Listener, track_id: Id, youtube_id: YoutubeId) -> Video:
    """It does not show the track, or cannot be shown: another is looked for."""
    count = partial(state.access.count_wrong_video, viewer)
    with suppress(QueueUnavailable):
        videos.replace(state.database, state.queue, track_id, youtube_id, count)
    return _video(state, track_id)


@router.post("/tracks/{track_id}/video/search")
def search_again(state: Here, viewer: Listener, track_id: Id) -> Response:
    """The same as the first play does, from the page of a track that had no video."""
    _request(state, viewer, track_id)
    return RedirectResponse(f"/tracks/{track_id}", 303)


def _request(state: State, viewer: Viewer, track_id: int) -> None:
    count = partial(state.access.count_video_search, viewer)
    videos.request(state.database, state.queue, track_id, count)


def _video(state: State, track_id: int) -> Video:
    with state.database.read() as session:
        track = catalog.track(session, track_id)
    return Video(state=track.video_state, youtube_id=track.youtube_id)
