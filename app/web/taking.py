"""Take it along: any list as a file that other players read."""

from collections.abc import Iterable
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Response

from app import catalog
from app.catalog import CatalogTrack
from app.errors.invalid import too_many
from app.playlist_files import FORMATS
from app.state import State
from app.web.door import Here, Listener

_MOST = 1000

router = APIRouter()

_IDS = r"^\d{1,18}(,\d{1,18})*$"
Ids = Annotated[str, Query(pattern=_IDS)]
SentIds = Annotated[str, Form(pattern=_IDS)]
Title = Annotated[str, Query(min_length=1, max_length=200)]
SentTitle = Annotated[str, Form(min_length=1, max_length=200)]
FileForm = Literal["m3u", "xspf", "jspf"]


@router.get("/take-along/{form}")
def take_along(state: Here, viewer: Listener, form: FileForm, ids: Ids, title: Title) -> Response:
    """The tracks of these ids, in their order; those that are gone are left out."""
    del viewer
    return _file(state, form, ids, title)


@router.post("/take-along/{form}")
def take_many_along(
    state: Here, viewer: Listener, form: FileForm, ids: SentIds, title: SentTitle
) -> Response:
    """As `take_along`, of more than an address can hold."""
    del viewer
    return _file(state, form, ids, title)


def _file(state: State, form: FileForm, ids: str, title: str) -> Response:
    wanted = [int(text) for text in ids.split(",")]
    if len(wanted) > _MOST:
        raise too_many("ids", len(wanted), _MOST)
    with state.database.read() as session:
        found = catalog.tracks_by_id(session, wanted)
    return playlist_file(form, title, found)


def playlist_file(form: FileForm, title: str, tracks: Iterable[CatalogTrack | None]) -> Response:
    """To be saved under the list's own name."""
    chosen = FORMATS[form]
    content = chosen.write(title, [track for track in tracks if track is not None])
    name = quote(f"{title}.{chosen.suffix}", safe="")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(content, media_type=f"{chosen.media_type}; charset=utf-8", headers=headers)
