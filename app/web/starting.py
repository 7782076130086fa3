"""The first visit: pick artists, and get a list at once."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from app import recommending
from app.recommending.starting import MAX_PICKS
from app.web.door import Here, Listener
from app.web.render import page

SHOWN = 24
_HITS = 12
_GREATEST_ID = 2**31 - 1

router = APIRouter()

Picked = Annotated[int, Query(ge=1, le=_GREATEST_ID)]
Chosen = Annotated[list[Annotated[int, Form(ge=1, le=_GREATEST_ID)]], Form(max_length=MAX_PICKS)]


@router.get("/welcome")
def welcome(
    request: Request,
    state: Here,
    viewer: Listener,
    artist: Annotated[list[Picked] | None, Query(max_length=MAX_PICKS)] = None,
    asked: Annotated[str, Query(alias="q", max_length=200)] = "",
) -> Response:
    """The wall of artists, what is searched for first; those ticked move it to their neighbours."""
    query = asked.strip()
    with state.database.read() as session:
        kept = recommending.picks_of(session, viewer.id)
        picked = kept if artist is None else list(dict.fromkeys(artist))
        model = state.slot.model
        hits = [row for row, _ in state.search.artists(session, query, _HITS)] if query else []
        wall = recommending.artists_to_start_with(session, model, SHOWN, picked)
    shown = {
        "artists": list({one.id: one for one in (*hits, *wall)}.values()),
        "picked": set(picked),
        "kept": bool(kept),
        "query": query,
        "found": len(hits),
    }
    return page(request, viewer, "starting/welcome.html", shown)


@router.post("/welcome")
def start(state: Here, viewer: Listener, artist: Chosen = []) -> Response:  # noqa: B006  FastAPI copies it
    """Keep what is ticked, nothing included, and show the list that it makes."""
    state.database.transact(lambda session: recommending.start_with(session, viewer.id, artist))
    return RedirectResponse("/", 303)
