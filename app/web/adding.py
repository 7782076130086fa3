"""A song that the catalogue lacks: searched for on YouTube Music, and added."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from app import adding, videos
from app.web.door import Here, Listener
from app.web.render import page

router = APIRouter()

_Text = Annotated[str, Query(alias="q", max_length=adding.MAX_TEXT)]
_Asked = Annotated[str, Form(alias="q", max_length=adding.MAX_TEXT)]
_Video = Annotated[str, Form(max_length=64)]


@router.get("/search/youtube")
def found_songs(request: Request, state: Here, viewer: Listener, asked: _Text = "") -> Response:
    query = asked.strip()
    if not query:
        return RedirectResponse("/search", 303)
    state.access.count_song_search(viewer)
    songs = adding.songs(videos.search_of(state.settings), query)
    return page(request, viewer, "search/youtube.html", {"query": query, "songs": songs})


@router.post("/search/youtube")
def add_song(state: Here, viewer: Listener, asked: _Asked, video_id: _Video) -> Response:
    """To the track's page, whether it is new or was there before."""
    state.access.count_song_search(viewer)
    search = videos.search_of(state.settings)
    added = adding.add(state.database, search, asked, video_id)
    return RedirectResponse(f"/tracks/{added.track_id}", 303)
