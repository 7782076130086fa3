"""A track: what speaks for it, and what is near it."""

from fastapi import APIRouter, Request, Response

from app import catalog, recommending
from app.web.door import Here, Id, Listener
from app.web.home import knows
from app.web.lists import plain_items, served_items, whys_of
from app.web.render import page

_SIMILAR = 12
_MOST_WHYS = 5

router = APIRouter()


@router.get("/tracks/{track_id}")
def track(request: Request, state: Here, viewer: Listener, track_id: Id) -> Response:
    model = state.slot.model
    with state.database.read() as session:
        [item] = plain_items(session, viewer.id, [catalog.track(session, track_id)])
        served = recommending.similar_tracks(session, model, viewer.id, track_id, _SIMILAR)
        state.served_log.put(served)
        similar = served_items(session, served)
        whys = whys_of(session, model, viewer.id, track_id, _MOST_WHYS)
    shown = {
        "item": item,
        "whys": whys,
        "similar": similar,
        "by_model": knows(model, track_id),
    }
    return page(request, viewer, "tracks/track.html", shown)
