"""What is one's own: history and loved tracks; and what of it should be forgotten."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from app import catalog, listening, recommending
from app.catalog import CatalogTrack
from app.listening import Moment, PastListen, Rated
from app.models import Feedback
from app.models.columns import utc_now
from app.web import texts
from app.web.door import Here, Id, Listener, came_from
from app.web.home import USUAL as HOME
from app.web.lists import Item, plain_items
from app.web.render import page
from app.web.taking import FileForm, playlist_file

_AT_ONCE = 50
_IN_A_FILE = 1000
"""Tracks that are looked up at once for it."""

router = APIRouter()

Behind = Annotated[str | None, Query(alias="after", pattern=r"^\d{1,11}-\d{1,18}$")]
BehindRated = Annotated[str | None, Query(alias="after", pattern=r"^\d{1,18}-\d{1,18}$")]


@dataclass(frozen=True, slots=True)
class Heard:
    """A listen with its track as lists show it."""

    past: PastListen
    item: Item


@dataclass(frozen=True, slots=True)
class Day:
    """Listens of one day where the listener lives; None of those that have no date."""

    date: date | None
    heard: list[Heard]
    age: int | None
    """Days since then."""


@router.get("/history")
def history(request: Request, state: Here, viewer: Listener, behind: Behind = None) -> Response:
    """The page after a listen is addressed by that listen's time and id."""
    after = Moment(*map(int, behind.split("-"))) if behind else None
    with state.database.read() as session:
        rows = listening.history(session, viewer.id, _AT_ONCE + 1, after)
        found = catalog.tracks_by_id(session, [row.track_id for row in rows[:_AT_ONCE]])
        items = {item.track.id: item for item in plain_items(session, viewer.id, found)}
        count = listening.count_listens(session, viewer.id)
    last = rows[_AT_ONCE - 1].moment if len(rows) > _AT_ONCE else None
    shown_rows = [row for row in rows[:_AT_ONCE] if row.track_id in items]
    heard = (Heard(row, items[row.track_id]) for row in shown_rows)
    shown = {
        "days": list(_days(heard, texts.zone_of(request) or UTC)),
        "count": count,
        "is_first": after is None,
        "further": f"{last.seconds}-{last.id}" if last else None,
    }
    return page(request, viewer, "library/history.html", shown)


@router.post("/history/forget")
def forget_listen(
    request: Request, state: Here, viewer: Listener, listen_id: Annotated[int, Form()]
) -> Response:
    state.database.transact(
        lambda session: listening.forget_listens(session, viewer.id, [listen_id])
    )
    return RedirectResponse(came_from(request, "/history"), 303)


@router.get("/tracks/{track_id}/forget")
def suppose_forgotten(request: Request, state: Here, viewer: Listener, track_id: Id) -> Response:
    """What forgetting the track would change in the list of the home page."""
    with state.database.read() as session:
        [item] = plain_items(session, viewer.id, [catalog.track(session, track_id)])
        found = recommending.suppose_forgotten(
            session, state.slot.model, viewer.id, HOME, [track_id]
        )
        entering, leaving = (
            plain_items(session, viewer.id, [one.track for one in tracks])
            for tracks in (found.entering, found.leaving)
        )
    shown = {"item": item, "entering": entering, "leaving": leaving}
    return page(request, viewer, "tracks/forget.html", shown)


@router.post("/tracks/{track_id}/forget")
def forget_track(state: Here, viewer: Listener, track_id: Id) -> Response:
    """All that the listener did with the track."""
    state.database.transact(lambda session: _forget_track(session, viewer.id, track_id))
    return RedirectResponse(f"/tracks/{track_id}", 303)


def _forget_track(session: Session, user_id: int, track_id: int) -> None:
    """Also where it was merged into another since the page was made."""
    listening.forget_track(session, user_id, catalog.track(session, track_id).id)


@router.get("/loved")
def loved(request: Request, state: Here, viewer: Listener, behind: BehindRated = None) -> Response:
    """What was loved last first; the page behind a track is addressed by when it was, and by it."""
    after = Rated(*map(int, behind.split("-"))) if behind else None
    with state.database.read() as session:
        rows = listening.rated(session, viewer.id, Feedback.LOVED, _AT_ONCE + 1, after)
        tracks = catalog.tracks_by_id(session, [row.track_id for row in rows[:_AT_ONCE]])
        items = plain_items(session, viewer.id, tracks)
        count = listening.count_rated(session, viewer.id, Feedback.LOVED)
    last = rows[_AT_ONCE - 1] if len(rows) > _AT_ONCE else None
    shown = {
        "items": items,
        "count": count,
        "is_first": after is None,
        "further": f"{last.said}-{last.track_id}" if last else None,
    }
    return page(request, viewer, "library/loved.html", shown)


@router.get("/loved/take-along/{form}")
def take_loved_along(request: Request, state: Here, viewer: Listener, form: FileForm) -> Response:
    """All of them, however many pages they fill."""
    tracks: list[CatalogTrack | None] = []
    after = None
    with state.database.read() as session:
        while rows := listening.rated(session, viewer.id, Feedback.LOVED, _IN_A_FILE, after):
            tracks += catalog.tracks_by_id(session, [row.track_id for row in rows])
            after = rows[-1]
    title = texts.translations(texts.language_of(request)).gettext("Loved")
    return playlist_file(form, title, tracks)


def _days(heard: Iterable[Heard], zone: tzinfo) -> Iterator[Day]:
    """In the order of the listens, the newest first."""
    today = utc_now().astimezone(zone).date()

    def day_of(one: Heard) -> date | None:
        moment = one.past.listened_at
        return None if moment is None else moment.astimezone(zone).date()

    for day, listens in groupby(heard, key=day_of):
        yield Day(day, list(listens), None if day is None else (today - day).days)
