"""The next tracks of a radio, for the player's queue."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from app import recommending
from app.recommending import Seed
from app.web.door import Here, Listener
from app.web.lists import served_items
from app.web.render import player_entry

LENGTH = 20

router = APIRouter()

First = Annotated[int, Query(ge=1, le=50)]


@router.get("/radio")
def radio(
    state: Here,
    viewer: Listener,
    seed: str,
    after: str | None = None,
    first: First = LENGTH,
) -> JSONResponse:
    """`{"entries": […], "after": "…"}`.

    Entries are what `data-track` holds on the pages, ready for the queue; those without a video
    are left out. `seed` is `track-12`, `artist-3`, `playlist-7`, or `list-` and the id of a served
    list. Ask again with `after` before the queue ends: skips and loves until then count.
    """
    with state.database.read() as session:
        model = state.slot.model
        found = recommending.radio(session, model, viewer.id, Seed.parse(seed), after, first)
        items = served_items(session, found.served)
    state.served_log.put(found.served)
    entries: list[dict[str, Any]] = [player_entry(item) for item in items if not item.has_no_video]
    content = {"entries": entries, "after": str(found.cursor)}
    return JSONResponse(content, headers={"Cache-Control": "no-store"})
