"""The home page: the listener's list with its dial, what follows from the last listen, and it."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app import listening, recommending
from app.ml.model_slot import LoadedModel
from app.recommending import Dials, ServedList
from app.web.door import Here, Listener
from app.web.lists import Item, first_whys, served_items
from app.web.render import page, part, target_of
from app.web.shelves import Asking, shelves

GATEFOLD = 8
"""The lead and its rows, which say why; the others stand in a shelf below."""
USUAL = Dials(first=20, max_per_artist=2)
"""Of the list, until the listener turns them."""
_PARTS = {"for-you": "home/_for_you.html", "for-you-list": "home/_list_changed.html"}
"""What is swapped in by the id of its target."""

router = APIRouter()

Share = Annotated[float, Query(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class ForYou:
    items: list[Item]
    personal: bool
    """Whether the listener's own history made the list; popularity did otherwise."""
    has_model: bool
    has_history: bool
    tenths: int | None
    """Where the dial stands, from 0 to 10; None where turning it would change nothing."""
    varied_tenths: int
    """The same of how little the tracks are alike."""
    gatefold: int = GATEFOLD

    @property
    def new_count(self) -> int:
        """How many of the tracks the listener never played nor loved."""
        return sum(not (item.did.plays or item.loved) for item in self.items)


@router.get("/")
def home(
    request: Request, state: Here, viewer: Listener, discovery: Share = 1, diversity: Share = 0
) -> Response:
    target = target_of(request)
    with state.database.read() as session:
        model = state.slot.model
        heard = listening.history_of(session, viewer.id)
        asking = Asking(session, model, state.served_log, viewer.id, state.chart.track_ids, heard)
        dials = _dials(discovery, diversity)
        served = recommending.recommend(session, model, viewer.id, dials, heard=heard)
        above = [entry.track.id for entry in served.items]
        if target == "shelves":
            return part(request, "home/_shelves.html", shelves(asking, above))
        for_you = _for_you(asking, served, discovery, diversity)
        if target in _PARTS:
            return part(request, _PARTS[target], {"for_you": for_you})
        context = {"for_you": for_you, **shelves(asking, above)}
        return page(request, viewer, "home/home.html", context)


def _dials(discovery: float, diversity: float) -> Dials:
    # At its end the dial means only new ones: nothing known fills up a list that stays short.
    share = None if discovery == 1 else discovery
    return replace(USUAL, discovery=share, diversity=diversity)


def _for_you(asking: Asking, served: ServedList, discovery: float, diversity: float) -> ForYou:
    session, model, heard = asking.session, asking.model, asking.heard
    asking.served_log.put(served)
    ids = [entry.track.id for entry in served.items[:GATEFOLD]]
    whys = first_whys(session, model, asking.user_id, ids, heard)
    personal = model is not None and _is_personal(asking, model)
    return ForYou(
        items=served_items(session, served, whys, heard),
        personal=personal,
        has_model=model is not None,
        has_history=bool(((heard.plays > 0) | (heard.feedback > 0)).any()),
        tenths=round(10 * discovery) if personal else None,
        varied_tenths=round(10 * diversity),
    )


def _is_personal(asking: Asking, model: LoadedModel) -> bool:
    """Whether anything in the history or the picks speaks for a track that the model knows."""
    picks = recommending.picks_of(asking.session, asking.user_id)
    return bool((recommending.history_in(model, asking.heard, picks=picks).strengths > 0).any())
