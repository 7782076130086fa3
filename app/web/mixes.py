"""Mixes: a page of lists, one for each taste; the home page shows their sleeves."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from app import recommending
from app.catalog import CatalogTrack
from app.recommending import Mix
from app.web.door import Here, Listener
from app.web.lists import Item, served_items
from app.web.render import page, part, target_of

_NAMED = 2

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ShownMix:
    seeds: list[CatalogTrack]
    items: list[Item]

    @property
    def artists(self) -> list[str]:
        """Those that gave most of the seeds' strength come first; what the mix is called by."""
        return list(dict.fromkeys(seed.artist_name for seed in self.seeds))[:_NAMED]


@router.get("/mixes")
def mixes(request: Request, state: Here, viewer: Listener) -> Response:
    with state.database.read() as session:
        found = recommending.mixes(session, state.slot.model, viewer.id)
        for mix in found:
            state.served_log.put(mix.served)
        shown = {"mixes": [ShownMix(mix.seeds, _items(session, mix)) for mix in found]}
    if target_of(request) == "mixes":
        return part(request, "mixes/_shelf.html", shown)
    return page(request, viewer, "mixes/mixes.html", shown)


def _items(session: Session, mix: Mix) -> list[Item]:
    return served_items(session, mix.served)
