"""What a listener listened to: when, by the clock and calendar where they live, and what most."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from app.errors.invalid import out_of_range
from app.listening.tables import EVENTS
from app.models import EventKind, Track

TOP = 10
MIN_YEAR, MAX_YEAR = 1970, 9000
HOURS, WEEKDAYS = 24, 7
_QUARTER = 900
"""Seconds. No zone is shifted by less, so what lies in one quarter shares its local hour."""
_CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Counted:
    """An artist or a track by its id, and how often the listener played it."""

    id: int
    plays: int


@dataclass(frozen=True, slots=True)
class Statistics:
    plays: int
    track_count: int
    artist_count: int
    undated: int
    """Plays whose source has no time; months and hours do not hold them."""
    months: list[tuple[int, int, int]]
    """(year, month, plays) from the first month with any to the last, those without included."""
    hours: list[list[int]]
    """Plays by weekday, Monday first, and hour of the day; (7, 24)."""
    artists: list[Counted]
    tracks: list[Counted]


def statistics(
    session: Session, user_id: int, zone: tzinfo = UTC, year: int | None = None
) -> Statistics:
    """Of all listens, or of a calendar year where the listener lives; four queries.

    Raises InvalidInput for a year that no listen is from.
    """
    mine = [EVENTS.c.user_id == user_id, EVENTS.c.kind == EventKind.LISTEN]
    if year is not None:
        if not MIN_YEAR <= year <= MAX_YEAR:
            raise out_of_range("year", year, MIN_YEAR, MAX_YEAR)
        begin, end = (datetime(one, 1, 1, tzinfo=zone) for one in (year, year + 1))
        mine += [EVENTS.c.occurred_at >= begin, EVENTS.c.occurred_at < end]
    quarters, undated = _quarters(session, mine)
    months, hours = _spread(quarters, zone)
    tracks, artists = EVENTS.c.track_id, col(Track.artist_id)
    totals = (
        select_columns(
            func.coalesce(func.sum(EVENTS.c.plays), 0),
            func.count(tracks.distinct()),
            func.count(artists.distinct()),
        )
        .join_from(EVENTS, Track, col(Track.id) == tracks)
        .where(*mine)
    )
    plays, track_count, artist_count = session.connection().execute(totals).one()
    return Statistics(
        plays=int(plays),
        track_count=track_count,
        artist_count=artist_count,
        undated=undated,
        months=_gapless(months),
        hours=hours,
        artists=_top(session, artists, mine),
        tracks=_top(session, tracks, mine),
    )


def _quarters(session: Session, mine: list[Any]) -> tuple[Counter[int], int]:
    """Plays by quarter of an hour since 1970, and those without a time."""
    moments = select_columns(EVENTS.c.occurred_at, EVENTS.c.plays).where(*mine)
    found: Counter[int] = Counter()
    undated = 0
    result = session.connection().execution_options(yield_per=_CHUNK).execute(moments)
    for occurred_at, plays in result:
        if occurred_at is None:
            undated += plays
        else:
            found[int(occurred_at.timestamp()) // _QUARTER] += plays
    return found, undated


def _spread(
    quarters: Counter[int], zone: tzinfo
) -> tuple[Counter[tuple[int, int]], list[list[int]]]:
    """Plays by (year, month), and by weekday and hour."""
    months: Counter[tuple[int, int]] = Counter()
    hours = [[0] * HOURS for _ in range(WEEKDAYS)]
    for quarter, plays in quarters.items():
        local = datetime.fromtimestamp(quarter * _QUARTER, zone)
        months[local.year, local.month] += plays
        hours[local.weekday()][local.hour] += plays
    return months, hours


def _gapless(months: Counter[tuple[int, int]]) -> list[tuple[int, int, int]]:
    if not months:
        return []
    (from_year, from_month), (to_year, to_month) = min(months), max(months)
    numbers = range(12 * from_year + from_month - 1, 12 * to_year + to_month)
    named = ((number // 12, number % 12 + 1) for number in numbers)
    return [(year, month, months[year, month]) for year, month in named]


def _top(session: Session, by: Any, mine: list[Any]) -> list[Counted]:
    plays = func.sum(EVENTS.c.plays)
    statement = (
        select_columns(by, plays)
        .join_from(EVENTS, Track, col(Track.id) == EVENTS.c.track_id)
        .where(*mine)
        .group_by(by)
        .order_by(plays.desc(), by)
        .limit(TOP)
    )
    return [Counted(row[0], int(row[1])) for row in session.connection().execute(statement)]
