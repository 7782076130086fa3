"""An artist and their tracks, the best known first."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from app import catalog, recommending
from app.catalog import After, CatalogTrack
from app.web.door import Here, Id, Listener
from app.web.lists import plain_items
from app.web.render import page
from app.web.taking import FileForm, playlist_file

_AT_ONCE = 50
_IN_A_FILE = 1000
"""Tracks that are looked up at once for it."""
_NEAR = 6

router = APIRouter()

Behind = Annotated[str | None, Query(alias="after", pattern=r"^\d{1,18}-\d{1,18}$")]


@router.get("/artists/{artist_id}")
def artist(
    request: Request, state: Here, viewer: Listener, artist_id: Id, behind: Behind = None
) -> Response:
    """The page after a track is addressed by that track's listeners and id."""
    with state.database.read() as session:
        found = catalog.artist(session, artist_id)
        if found.id != artist_id:
            return RedirectResponse(f"/artists/{found.id}", 303)
        tracks, further = tracks_behind(session, artist_id, behind, _AT_ONCE)
        items = plain_items(session, viewer.id, tracks)
        near = recommending.similar_artists(session, state.slot.model, found.id, _NEAR)
    shown = {"artist": found, "items": items, "is_first": behind is None, "further": further}
    shown["near"] = [each.artist for each in near]
    return page(request, viewer, "artists/artist.html", shown)


def tracks_behind(
    session: Session, artist_id: int, behind: str | None, at_most: int
) -> tuple[list[CatalogTrack], str | None]:
    """Those of one page, and behind which track the next one begins."""
    after = After(*map(int, behind.split("-"))) if behind else None
    tracks = catalog.tracks_of_artist(session, artist_id, at_most + 1, after)
    last = tracks[at_most - 1] if len(tracks) > at_most else None
    return tracks[:at_most], f"{last.listener_count}-{last.id}" if last else None


@router.get("/artists/{artist_id}/take-along/{form}")
def take_artist_along(state: Here, viewer: Listener, artist_id: Id, form: FileForm) -> Response:
    """All of the tracks, however many pages they fill."""
    del viewer
    tracks: list[CatalogTrack] = []
    after = None
    with state.database.read() as session:
        found = catalog.artist(session, artist_id)
        while some := catalog.tracks_of_artist(session, found.id, _IN_A_FILE, after):
            tracks += some
            after = After(some[-1].listener_count, some[-1].id)
    return playlist_file(form, found.name, tracks)
