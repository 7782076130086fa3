"""What is one's own: history, loved tracks, statistics; and what of it should be forgotten."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from app import catalog, listening, recommending
from app.catalog import CatalogArtist
from app.listening import Moment, PastListen, Statistics
from app.models import Feedback
from app.web.door import Here, Id, Listener
from app.web.home import USUAL as HOME
from app.web.lists import Item, plain_items
from app.web.render import page

_AT_ONCE = 50

router = APIRouter()

Behind = Annotated[str | None, Query(alias="after", pattern=r"^\d{1,11}-\d{1,18}$")]
Before = Annotated[int | None, Query(alias="after", ge=1, le=2**31 - 1)]
Year = Annotated[int | None, Query(ge=listening.MIN_YEAR, le=listening.MAX_YEAR)]


@dataclass(frozen=True, slots=True)
class Heard:
    """A listen with its track as lists show it."""

    past: PastListen
    item: Item


@router.get("/history")
def history(request: Request, state: Here, viewer: Listener, behind: Behind = None) -> Response:
    """The page after a listen is addressed by that listen's time and id."""
    after = Moment(*map(int, behind.split("-"))) if behind else None
    with state.database.read() as session:
        rows = listening.history(session, viewer.id, _AT_ONCE + 1, after)
        found = catalog.tracks_by_id(session, [row.track_id for row in rows[:_AT_ONCE]])
        items = {item.track.id: item for item in plain_items(session, viewer.id, found)}
        count = listening.count_listens(session, viewer.id)
        paused = listening.is_paused(session, viewer.id)
    last = rows[_AT_ONCE - 1].moment if len(rows) > _AT_ONCE else None
    shown = {
        "heard": [
            Heard(row, items[row.track_id]) for row in rows[:_AT_ONCE] if row.track_id in items
        ],
        "count": count,
        "paused": paused,
        "is_first": after is None,
        "further": f"{last.seconds}-{last.id}" if last else None,
    }
    return page(request, viewer, "library/history.html", shown)


@router.post("/history/forget")
def forget_listen(state: Here, viewer: Listener, listen_id: Annotated[int, Form()]) -> Response:
    state.database.transact(
        lambda session: listening.forget_listens(session, viewer.id, [listen_id])
    )
    return RedirectResponse("/history", 303)


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
    with state.database.read() as session:
        catalog.track(session, track_id)
    state.database.transact(lambda session: listening.forget_track(session, viewer.id, track_id))
    return RedirectResponse(f"/tracks/{track_id}", 303)


@router.get("/loved")
def loved(request: Request, state: Here, viewer: Listener, before: Before = None) -> Response:
    with state.database.read() as session:
        ids = listening.rated_track_ids(session, viewer.id, Feedback.LOVED, _AT_ONCE + 1, before)
        tracks = catalog.tracks_by_id(session, ids[:_AT_ONCE])
        items = plain_items(session, viewer.id, tracks)
        count = listening.count_rated(session, viewer.id, Feedback.LOVED)
    shown = {
        "items": items,
        "count": count,
        "is_first": before is None,
        "further": ids[_AT_ONCE - 1] if len(ids) > _AT_ONCE else None,
    }
    return page(request, viewer, "library/loved.html", shown)


@router.get("/statistics")
def statistics(request: Request, state: Here, viewer: Listener, year: Year = None) -> Response:
    zone = ZoneInfo(viewer.time_zone) if viewer.time_zone else UTC
    with state.database.read() as session:
        found = listening.statistics(session, viewer.id, zone, year)
        between = listening.first_and_last(session, viewer.id)
        artists = catalog.artists_by_id(session, [one.id for one in found.artists])
        tracks = catalog.tracks_by_id(session, [one.id for one in found.tracks])
        items = plain_items(session, viewer.id, tracks)
    shown = {
        "found": found,
        "year": year,
        "years": _years(between, zone),
        "artists": _with_plays(artists, found),
        "tracks": list(zip(items, (one.plays for one in found.tracks), strict=True)),
        "busiest_month": max((plays for *_, plays in found.months), default=0),
        "busiest_hour": max(map(max, found.hours)),
    }
    return page(request, viewer, "library/statistics.html", shown)


def _years(between: tuple[datetime | None, datetime | None], zone: tzinfo) -> list[int]:
    """From the last to the first, by the listener's own calendar."""
    first, last = (moment.astimezone(zone).year if moment else None for moment in between)
    return [] if first is None or last is None else list(range(last, first - 1, -1))


def _with_plays(
    artists: list[CatalogArtist | None], found: Statistics
) -> list[tuple[CatalogArtist, int]]:
    pairs = zip(artists, found.artists, strict=True)
    return [(artist, one.plays) for artist, one in pairs if artist is not None]
