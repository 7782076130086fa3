"""Split what is not one, for administrators: a track by what brought it, an artist by tracks."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from app import catalog, editing
from app.access import Viewer
from app.errors import InvalidInput
from app.state import State
from app.web.artists import Behind, tracks_behind
from app.web.correcting import artist_page, track_page
from app.web.door import GREATEST_ID, Administrator, Here, Id
from app.web.errors import status_of
from app.web.render import page

_AT_ONCE = 100

router = APIRouter()

Chosen = Annotated[list[str] | None, Query(alias="origin")]
ChosenSent = Annotated[list[str] | None, Form(alias="origin")]
Tracks = Annotated[list[Annotated[int, Form(ge=1, le=GREATEST_ID)]] | None, Form(alias="track")]
Name = Annotated[str, Form()]


@router.get("/tracks/{track_id}/split")
def ask_for_track(
    request: Request, state: Here, viewer: Administrator, track_id: Id, origins: Chosen = None
) -> Response:
    """What would go, under which name; who chose none, or all, chooses again."""
    with state.database.read() as session:
        track = catalog.track(session, track_id)
    if track.id != track_id:
        return RedirectResponse(f"/tracks/{track.id}/edit", 303)
    return _split_page(request, state, viewer, track_id, origins)


@router.post("/tracks/{track_id}/split")
def split_track(
    request: Request,
    state: Here,
    viewer: Administrator,
    track_id: Id,
    origins: ChosenSent = None,
    title: Name = "",
    artist: Name = "",
) -> Response:
    """On to the new track."""
    by, keys = viewer.name, set(origins or ())
    try:
        new = state.database.transact(
            lambda session: editing.split_track(session, track_id, keys, by, title, artist)
        )
    except InvalidInput as problem:
        said = (title, artist)
        return _split_page(request, state, viewer, track_id, origins, problem=problem, said=said)
    return RedirectResponse(f"/tracks/{new}", 303)


@router.get("/artists/{artist_id}/split")
def ask_for_artist(
    request: Request, state: Here, viewer: Administrator, artist_id: Id, behind: Behind = None
) -> Response:
    """The tracks to choose from, the best known first."""
    return _artist_page(request, state, viewer, artist_id, behind)


@router.post("/artists/{artist_id}/split")
def split_artist(
    request: Request,
    state: Here,
    viewer: Administrator,
    artist_id: Id,
    tracks: Tracks = None,
    name: Name = "",
    behind: Behind = None,
) -> Response:
    """On to whoever has the tracks now."""
    by, chosen = viewer.name, set(tracks or ())
    try:
        other = state.database.transact(
            lambda session: editing.split_artist(session, artist_id, chosen, name, by)
        )
    except InvalidInput as problem:
        if problem.field == "artistId":
            return artist_page(request, state, viewer, artist_id, problem=problem)
        said = (name, chosen)
        return _artist_page(request, state, viewer, artist_id, behind, said=said, problem=problem)
    return RedirectResponse(f"/artists/{other}", 303)


def _split_page(
    request: Request,
    state: State,
    viewer: Viewer,
    track_id: int,
    origins: list[str] | None,
    *,
    said: tuple[str, str] | None = None,
    problem: InvalidInput | None = None,
) -> Response:
    try:
        with state.database.read() as session:
            track = catalog.track(session, track_id)
            split = editing.would_split(session, track.id, set(origins or ()))
    except InvalidInput as wrong:
        return track_page(request, state, viewer, track_id, problem=wrong)
    if said:
        split = replace(split, title=said[0], artist=said[1])
    shown = {"track": track, "split": split, "problem": problem}
    return page(request, viewer, "editing/split_track.html", shown, status_of(problem))


def _artist_page(
    request: Request,
    state: State,
    viewer: Viewer,
    artist_id: int,
    behind: str | None,
    *,
    said: tuple[str, set[int]] = ("", set()),
    problem: InvalidInput | None = None,
) -> Response:
    with state.database.read() as session:
        found = catalog.artist(session, artist_id)
        if found.id != artist_id:
            return RedirectResponse(f"/artists/{found.id}/split", 303)
        tracks, further = tracks_behind(session, artist_id, behind, _AT_ONCE)
    shown = {
        "artist": found,
        "tracks": tracks,
        "name": said[0],
        "chosen": said[1],
        "here": behind,
        "further": further,
        "problem": problem,
    }
    return page(request, viewer, "editing/split_artist.html", shown, status_of(problem))
