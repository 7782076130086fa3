"""Correct a track or an artist, for administrators, and look for the one that it is the same as."""

import re
from typing import Annotated, Self

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from app import catalog, editing
from app.access import Viewer
from app.catalog import CatalogTrack
from app.editing import Correction
from app.errors import InvalidInput, InvalidReason
from app.models import ExternalKind
from app.state import State
from app.web.door import Administrator, Here, Id
from app.web.errors import status_of
from app.web.render import page
from app.web.texts import duration

_MAX_QUERY = 200
_HITS = 10
_EDITS = 20

_YEAR = re.compile(r"\d{1,9}", re.ASCII)
_LENGTH = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):([0-5]\d)", re.ASCII)

router = APIRouter()

Asked = Annotated[str | None, Query(alias="q")]


class TrackForm(BaseModel):
    """What stands in the fields, as it was typed."""

    title: str = ""
    artist: str = ""
    album: str = ""
    year: str = ""
    genre: str = ""
    length: str = ""

    @classmethod
    def of(cls, track: CatalogTrack) -> Self:
        return cls(
            title=track.title,
            artist=track.artist_name,
            album=track.album or "",
            year=str(track.year or ""),
            genre=track.genre or "",
            length=duration(track.duration_seconds) if track.duration_seconds else "",
        )

    def correction(self) -> Correction:
        """Raises InvalidInput."""
        year, length = _year(self.year.strip()), _seconds(self.length.strip())
        return Correction(self.title, self.artist, self.album, year, self.genre, length)


@router.get("/tracks/{track_id}/edit")
def track_form(
    request: Request, state: Here, viewer: Administrator, track_id: Id, asked: Asked = None
) -> Response:
    with state.database.read() as session:
        found = catalog.track(session, track_id)
    if found.id != track_id:
        return RedirectResponse(f"/tracks/{found.id}/edit", 303)
    return track_page(request, state, viewer, track_id, asked=asked)


@router.post("/tracks/{track_id}/edit")
def edit_track(
    request: Request,
    state: Here,
    viewer: Administrator,
    track_id: Id,
    said: Annotated[TrackForm, Form()],
) -> Response:
    try:
        correction = said.correction()
        state.database.transact(
            lambda session: editing.edit_track(session, track_id, correction, viewer.name)
        )
    except InvalidInput as problem:
        return track_page(request, state, viewer, track_id, said=said, problem=problem)
    return RedirectResponse(f"/tracks/{track_id}", 303)


@router.get("/artists/{artist_id}/edit")
def artist_form(
    request: Request, state: Here, viewer: Administrator, artist_id: Id, asked: Asked = None
) -> Response:
    with state.database.read() as session:
        found = catalog.artist(session, artist_id)
    if found.id != artist_id:
        return RedirectResponse(f"/artists/{found.id}/edit", 303)
    return artist_page(request, state, viewer, artist_id, asked=asked)


@router.post("/artists/{artist_id}/edit")
def rename_artist(
    request: Request,
    state: Here,
    viewer: Administrator,
    artist_id: Id,
    name: Annotated[str, Form()] = "",
) -> Response:
    try:
        state.database.transact(
            lambda session: editing.rename_artist(session, artist_id, name, viewer.name)
        )
    except InvalidInput as problem:
        return artist_page(request, state, viewer, artist_id, name=name, problem=problem)
    return RedirectResponse(f"/artists/{artist_id}", 303)


def track_page(
    request: Request,
    state: State,
    viewer: Viewer,
    track_id: int,
    *,
    said: TrackForm | None = None,
    asked: str | None = None,
    problem: InvalidInput | None = None,
) -> Response:
    """The fields, those that it could be the same as, and what was done to it."""
    with state.database.read() as session:
        found = catalog.track(session, track_id)
        query = _query(found.title, asked)
        hits = state.search.tracks(session, query, _HITS + 1) if query else []
        shown = {
            "track": found,
            "said": said or TrackForm.of(found),
            "query": query,
            "hits": [row for row, _ in hits if row.id != found.id][:_HITS],
            "merged": editing.merged_into(session, found.id),
            "origins": editing.origins_of(session, found.id),
            "edits": editing.edits_of(session, ExternalKind.TRACK, found.id, _EDITS),
            "problem": problem,
        }
    return page(request, viewer, "editing/track.html", shown, status_of(problem))


def artist_page(
    request: Request,
    state: State,
    viewer: Viewer,
    artist_id: int,
    *,
    name: str | None = None,
    asked: str | None = None,
    problem: InvalidInput | None = None,
) -> Response:
    """As `track_page`."""
    with state.database.read() as session:
        found = catalog.artist(session, artist_id)
        query = _query(found.name, asked)
        hits = state.search.artists(session, query, _HITS + 1) if query else []
        shown = {
            "artist": found,
            "name": found.name if name is None else name,
            "query": query,
            "hits": [row for row, _ in hits if row.id != found.id][:_HITS],
            "merged": editing.artists_merged_into(session, found.id),
            "edits": editing.edits_of(session, ExternalKind.ARTIST, found.id, _EDITS),
            "problem": problem,
        }
    return page(request, viewer, "editing/artist.html", shown, status_of(problem))


def _query(name: str, asked: str | None) -> str:
    """What was asked for; before anything was, what has the same name."""
    return (name if asked is None else asked.strip())[:_MAX_QUERY]


def _year(text: str) -> int | None:
    if text and not _YEAR.fullmatch(text):
        raise InvalidInput("year", "must be a number", InvalidReason.OUT_OF_RANGE)
    return int(text) if text else None


def _seconds(text: str) -> int | None:
    """Of minutes and seconds, or hours, minutes and seconds."""
    parts = _LENGTH.fullmatch(text)
    if text and not parts:
        problem = "must be minutes and seconds, such as 3:25"
        raise InvalidInput("durationSeconds", problem, InvalidReason.OUT_OF_RANGE)
    if parts is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return 3600 * hours + 60 * minutes + seconds
