"""What one has played: totals, plots, and what was played most."""

from datetime import UTC, datetime, tzinfo
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app import catalog, listening
from app.catalog import CatalogArtist
from app.listening import Statistics
from app.web import texts
from app.web.door import Here, Listener
from app.web.lists import plain_items
from app.web.plays import COLUMNS, months_of, shares
from app.web.render import page

router = APIRouter()

Year = Annotated[int | None, Query(ge=listening.MIN_YEAR, le=listening.MAX_YEAR)]


@router.get("/statistics")
def statistics(request: Request, state: Here, viewer: Listener, year: Year = None) -> Response:
    zone = texts.zone_of(request) or UTC
    with state.database.read() as session:
        found = listening.statistics(session, viewer.id, zone, year)
        between = listening.first_and_last(session, viewer.id)
        artists = catalog.artists_by_id(session, [one.id for one in found.artists])
        tracks = catalog.tracks_by_id(session, [one.id for one in found.tracks])
        items = plain_items(session, viewer.id, tracks)
    plays = {one.id: one.plays for one in found.tracks}
    shown = {
        "found": found,
        "year": year,
        "years": _years(between, zone),
        "artists": _with_plays(artists, found),
        "tracks": [(item, plays[item.track.id]) for item in items],
        "months": months_of(found.months),
        "shares": shares(found),
        "columns": COLUMNS,
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
