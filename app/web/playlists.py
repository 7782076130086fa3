"""Playlists of one's own: make, fill, order, delete."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from app import catalog, playlists
from app.access import Viewer
from app.catalog import CatalogTrack
from app.playlists import Summary
from app.state import State
from app.web.door import Here, Id, Listener
from app.web.lists import plain_items
from app.web.render import page, part, target_of
from app.web.taking import FileForm, playlist_file

_AT_ONCE = 100

router = APIRouter()

Name = Annotated[str, Form()]
Tracks = Annotated[list[int], Form(default_factory=list)]
Position = Annotated[int, Form(ge=1, le=playlists.MAX_TRACKS)]
TrackId = Annotated[int, Form(ge=1)]
Before = Annotated[int | None, Query(alias="after", ge=1, le=2**31 - 1)]


@router.get("/playlists")
def index(request: Request, state: Here, viewer: Listener, before: Before = None) -> Response:
    with state.database.read() as session:
        found = playlists.playlists(session, viewer.id, _AT_ONCE + 1, before)
    shown = {
        "playlists": found[:_AT_ONCE],
        "is_first": before is None,
        "further": found[_AT_ONCE - 1].id if len(found) > _AT_ONCE else None,
    }
    return page(request, viewer, "library/playlists.html", shown)


@router.post("/playlists")
def create(
    request: Request, state: Here, viewer: Listener, track_id: Tracks, name: Name = ""
) -> Response:
    """Empty, or of the tracks that are sent along, such as the player's queue."""
    number = state.database.transact(
        lambda session: playlists.create(session, viewer.id, name, track_id)
    )
    return _added(request, state, viewer, number, track_id)


@router.get("/playlists/{playlist_id}")
def playlist(request: Request, state: Here, viewer: Listener, playlist_id: Id) -> Response:
    with state.database.read() as session:
        found, tracks = _with_tracks(session, viewer, playlist_id)
        items = plain_items(session, viewer.id, tracks)
    return page(request, viewer, "library/playlist.html", {"playlist": found, "items": items})


@router.get("/playlists/{playlist_id}/take-along/{form}")
def take_along(state: Here, viewer: Listener, playlist_id: Id, form: FileForm) -> Response:
    with state.database.read() as session:
        found, tracks = _with_tracks(session, viewer, playlist_id)
    return playlist_file(form, found.name, tracks)


@router.post("/playlists/{playlist_id}/name")
def rename(state: Here, viewer: Listener, playlist_id: Id, name: Name = "") -> Response:
    state.database.transact(lambda session: playlists.rename(session, viewer.id, playlist_id, name))
    return _to(playlist_id)


@router.post("/playlists/{playlist_id}/tracks")
def add(state: Here, viewer: Listener, playlist_id: Id, track_id: Tracks) -> Response:
    state.database.transact(
        lambda session: playlists.add_tracks(session, viewer.id, playlist_id, track_id)
    )
    return _to(playlist_id)


@router.get("/tracks/{track_id}/playlists")
def choose(request: Request, state: Here, viewer: Listener, track_id: Id) -> Response:
    """Which playlist to put a track into: a menu over the page it was asked from, or a page."""
    with state.database.read() as session:
        track = catalog.track(session, track_id)
        shown = {
            "track": track,
            "playlists": playlists.playlists(session, viewer.id, playlists.MAX_PLAYLISTS),
            "holding": playlists.holding(session, viewer.id, track.id),
        }
    if target_of(request) == "adding":
        return part(request, "library/_choice_menu.html", shown)
    return page(request, viewer, "library/choice.html", shown)


@router.post("/tracks/{track_id}/playlists")
def add_one(
    request: Request,
    state: Here,
    viewer: Listener,
    track_id: Id,
    playlist_id: Annotated[int, Form(ge=1)],
) -> Response:
    """From wherever the track stands."""
    state.database.transact(
        lambda session: playlists.add_tracks(session, viewer.id, playlist_id, [track_id])
    )
    return _added(request, state, viewer, playlist_id, [track_id])


@router.post("/playlists/{playlist_id}/remove")
def take_out(
    state: Here, viewer: Listener, playlist_id: Id, position: Position, track_id: TrackId
) -> Response:
    state.database.transact(
        lambda session: playlists.take_out(session, viewer.id, playlist_id, position, track_id)
    )
    return _to(playlist_id)


@router.post("/playlists/{playlist_id}/move")
def move(
    state: Here,
    viewer: Listener,
    playlist_id: Id,
    position: Position,
    track_id: TrackId,
    to: Position,
) -> Response:
    state.database.transact(
        lambda session: playlists.move(session, viewer.id, playlist_id, position, track_id, to)
    )
    return _to(playlist_id)


@router.post("/playlists/{playlist_id}/delete")
def delete(state: Here, viewer: Listener, playlist_id: Id) -> Response:
    state.database.transact(lambda session: playlists.remove(session, viewer.id, playlist_id))
    return RedirectResponse("/playlists", 303)


def _with_tracks(
    session: Session, viewer: Viewer, playlist_id: int
) -> tuple[Summary, list[CatalogTrack]]:
    """The playlist, and its tracks in their order. Raises PlaylistNotFound."""
    found = playlists.playlist(session, viewer.id, playlist_id)
    ids = playlists.track_ids(session, playlist_id)
    tracks = {track.id: track for track in catalog.tracks_by_id(session, ids) if track}
    return found, [tracks[one] for one in ids if one in tracks]


def _added(
    request: Request, state: State, viewer: Viewer, playlist_id: int, tracks: list[int]
) -> Response:
    """To the playlist; who chose it in a menu stays, and is told."""
    if target_of(request) != "note":
        return _to(playlist_id)
    with state.database.read() as session:
        shown = {
            "track": catalog.track(session, tracks[0]),
            "playlist": playlists.playlist(session, viewer.id, playlist_id),
        }
    return part(request, "library/_added.html", shown)


def _to(playlist_id: int) -> Response:
    return RedirectResponse(f"/playlists/{playlist_id}", 303)
