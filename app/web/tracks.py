"""A track: what speaks for it, and what is near it."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app import catalog, listening, recommending, videos
from app.models import VideoState
from app.web.door import Here, Id, Listener
from app.web.lists import plain_items, served_items, told_of
from app.web.render import page, part, target_of
from app.web.shelves import knows

_SIMILAR = 12
_MOST_WHYS = 5

router = APIRouter()


@router.get("/tracks/{track_id}")
def track(request: Request, state: Here, viewer: Listener, track_id: Id) -> Response:
    model = state.slot.model
    with state.database.read() as session:
        found = catalog.track(session, track_id)
        if found.id != track_id:
            return RedirectResponse(f"/tracks/{found.id}", 303)
        heard = listening.history_of(session, viewer.id)
        [item] = plain_items(session, viewer.id, [found], heard)
        served = recommending.similar_tracks(session, model, viewer.id, track_id, _SIMILAR, heard)
        state.served_log.put(served)
        similar = served_items(session, served, heard=heard)
        told = told_of(session, model, viewer.id, track_id, _MOST_WHYS, heard)
    shown = {
        "item": item,
        "is_looked_for": item.track.video_state is VideoState.SEARCHING
        and not videos.is_due(item.track),
        "due_again_at": videos.due_again_at(item.track),
        "is_due": videos.is_due(item.track),
        "told": told,
        "similar": similar,
        "by_model": knows(model, track_id),
    }
    if target_of(request) == "sleeve":
        return part(request, "tracks/_sleeve.html", shown)
    return page(request, viewer, "tracks/track.html", shown)
