"""Search as you type: artists and tracks, grouped."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.web.door import Here, Listener
from app.web.lists import plain_items
from app.web.render import page, part, target_of

_MOST_TRACKS = 20
_MOST_ARTISTS = 6
_MAX_QUERY = 200

router = APIRouter()

Asked = Annotated[str, Query(alias="q")]


@router.get("/search")
def search(request: Request, state: Here, viewer: Listener, asked: Asked = "") -> Response:
    query = asked.strip()[:_MAX_QUERY]
    with state.database.read() as session:
        tracks = [row for row, _ in state.search.tracks(session, query, _MOST_TRACKS + 1)]
        artists = [row for row, _ in state.search.artists(session, query, _MOST_ARTISTS + 1)]
        items = plain_items(session, viewer.id, tracks[:_MOST_TRACKS])
    found = {
        "query": query,
        "items": items,
        "artists": artists[:_MOST_ARTISTS],
        "has_more_tracks": len(tracks) > _MOST_TRACKS,
        "has_more_artists": len(artists) > _MOST_ARTISTS,
    }
    if target_of(request) == "hits":
        return part(request, "search/_hits.html", found)
    return page(request, viewer, "search/search.html", found)
