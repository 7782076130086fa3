"""Merge what is one, for administrators, and take that back; what follows is said first."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from app import catalog, editing
from app.errors import InvalidInput
from app.web.correcting import artist_page, track_page
from app.web.door import GREATEST_ID, Administrator, Here, Id
from app.web.render import page

router = APIRouter()

Into = Annotated[int | None, Query(ge=1, le=GREATEST_ID)]
IntoSent = Annotated[int, Form(ge=1, le=GREATEST_ID)]


@router.get("/tracks/{track_id}/merge")
def ask_for_track(
    request: Request, state: Here, viewer: Administrator, track_id: Id, into: Into = None
) -> Response:
    """What would follow; those that lead to the same track are led back to its form."""
    with state.database.read() as session:
        merged = catalog.track(session, track_id)
        kept = catalog.track(session, into or track_id)
        follows = editing.what_follows(session, merged.id)
    if merged.id == kept.id:
        return RedirectResponse(f"/tracks/{kept.id}/edit", 303)
    shown = {"merged": merged, "kept": kept, "follows": follows}
    return page(request, viewer, "editing/merge_track.html", shown)


@router.post("/tracks/{track_id}/merge")
def merge_track(
    request: Request, state: Here, viewer: Administrator, track_id: Id, into: IntoSent
) -> Response:
    try:
        state.database.transact(
            lambda session: editing.merge_track(session, track_id, into, viewer.name)
        )
    except InvalidInput as problem:
        return track_page(request, state, viewer, track_id, problem=problem)
    return RedirectResponse(f"/tracks/{into}/edit", 303)


@router.post("/tracks/{track_id}/separate")
def separate(request: Request, state: Here, viewer: Administrator, track_id: Id) -> Response:
    try:
        state.database.transact(
            lambda session: editing.separate_track(session, track_id, viewer.name)
        )
    except InvalidInput as problem:
        return track_page(request, state, viewer, track_id, problem=problem)
    return RedirectResponse(f"/tracks/{track_id}/edit", 303)


@router.get("/artists/{artist_id}/merge")
def ask_for_artist(
    request: Request, state: Here, viewer: Administrator, artist_id: Id, into: Into = None
) -> Response:
    """As `ask_for_track`."""
    with state.database.read() as session:
        merged = catalog.artist(session, artist_id)
        kept = catalog.artist(session, into or artist_id)
    if merged.id == kept.id:
        return RedirectResponse(f"/artists/{kept.id}/edit", 303)
    shown = {"merged": merged, "kept": kept}
    return page(request, viewer, "editing/merge_artist.html", shown)


@router.post("/artists/{artist_id}/merge")
def merge_artist(
    request: Request, state: Here, viewer: Administrator, artist_id: Id, into: IntoSent
) -> Response:
    try:
        state.database.transact(
            lambda session: editing.merge_artist(session, artist_id, into, viewer.name)
        )
    except InvalidInput as problem:
        return artist_page(request, state, viewer, artist_id, problem=problem)
    return RedirectResponse(f"/artists/{into}/edit", 303)


@router.post("/artists/{artist_id}/separate")
def separate_artist(
    request: Request, state: Here, viewer: Administrator, artist_id: Id
) -> Response:
    try:
        state.database.transact(
            lambda session: editing.separate_artist(session, artist_id, viewer.name)
        )
    except InvalidInput as problem:
        return artist_page(request, state, viewer, artist_id, problem=problem)
    return RedirectResponse(f"/artists/{artist_id}/edit", 303)
