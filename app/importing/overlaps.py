"""A play that two services tell of: a streaming service, and what had scrobbled it from there.

Their clocks differ, and one says when it ended where the other says when it began, so they agree on
no second. A listener hears a track once at a time, though.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from app.importing.rows import ListenRow
from app.listening import EVENTS
from app.models import EventKind, Track

_SHORTEST = timedelta(seconds=30)
"""A listen whose length nobody knows; what is shorter is none."""
_LONGEST = timedelta(hours=3)
_SLACK = timedelta(seconds=10)
"""Between clocks. Some services write down the end of a play as if it were its begin."""


@dataclass(frozen=True, slots=True)
class _Play:
    began: datetime
    seconds: int | None
    """How long it lasted; None where nobody knows."""
    event: int = 0
    """The id of the listen; 0 where it is none yet."""

    @property
    def length(self) -> timedelta:
        return min(timedelta(seconds=self.seconds), _LONGEST) if self.seconds else _SHORTEST

    def overlaps(self, other: "_Play") -> bool:
        first, second = (self, other) if self.began <= other.began else (other, self)
        return second.began - first.began <= first.length + _SLACK


@dataclass(frozen=True, slots=True)
class _Told:
    """What other sources tell of a track."""

    seconds: int | None
    """Its length."""
    plays: list[_Play] = field(default_factory=list)


def untold(
    session: Session,
    source: str,
    user_id: int,
    rows: Sequence[ListenRow],
    tracks: Mapping[str, int],
    taken: Mapping[int, datetime],
) -> tuple[list[ListenRow], dict[int, datetime]]:
    """The rows without those listens of which another source has told in its own words.

    Each listen of another source stands for one row at most: a track that was heard twice in a row
    was heard twice. `taken`: those, by id, that stand for rows of earlier calls, and when these
    began. Also returned: the same of this call.
    """
    dated = _dated(rows, tracks)
    told = _told_by_others(session, source, user_id, [at for _, at, _ in dated]) if dated else {}
    ours: dict[int, dict[datetime, _Play]] = defaultdict(dict)
    for track, at, seconds in dated:
        if track in told:
            ours[track][at] = _Play(at, seconds or told[track].seconds)
    again: set[tuple[int, datetime]] = set()
    new: dict[int, datetime] = {}
    for track, plays in ours.items():
        before = {taken[one.event] for one in told[track].plays if one.event in taken}
        left = (one for one in told[track].plays if one.event not in taken)
        matched = _matched((one for at, one in plays.items() if at not in before), left)
        again |= {(track, at) for at in before.union(matched.values())}
        new |= matched
    kept = [row for row in rows if row.is_skip or (tracks[row.track], row.listened_at) not in again]
    return kept, new


def _dated(
    rows: Iterable[ListenRow], tracks: Mapping[str, int]
) -> list[tuple[int, datetime, int | None]]:
    """The track of each listen whose moment is known, the moment, and how long it was played."""
    return [
        (tracks[row.track], row.listened_at, row.seconds)
        for row in rows
        if row.listened_at is not None and not row.is_skip
    ]


def _told_by_others(
    session: Session, source: str, user_id: int, moments: Sequence[datetime]
) -> dict[int, _Told]:
    """The listener's listens from about then, by track."""
    event, length, around = EVENTS.c, col(Track.duration_seconds), _LONGEST + _SLACK
    statement = (
        select_columns(event.track_id, event.occurred_at, event.seconds_played, length, event.id)
        .join_from(EVENTS, Track, col(Track.id) == event.track_id)
        .where(
            event.user_id == user_id,
            event.kind == EventKind.LISTEN,
            event.occurred_at.between(min(moments) - around, max(moments) + around),
            event.source != source,
        )
    )
    told: dict[int, _Told] = {}
    for track, at, played, seconds, number in session.connection().execute(statement):
        one = told.setdefault(track, _Told(seconds))
        one.plays.append(_Play(at, played or seconds, number))
    return told


def _matched(ours: Iterable[_Play], theirs: Iterable[_Play]) -> dict[int, datetime]:
    """Those of theirs that stand for one of ours each, and when that began.

    In order of time each takes the earliest that is left, so that on repeat what one service wrote
    down at the begin of each play meets what another did at its end. Of two that do not overlap,
    the earlier one overlaps nothing later either.
    """
    matched: dict[int, datetime] = {}
    mine, others = _by_time(ours), _by_time(theirs)
    while mine and others:
        own, other = mine[0], others[0]
        met = own.overlaps(other)
        if met:
            matched[other.event] = own.began
        if met or own.began <= other.began:
            mine.popleft()
        if met or own.began > other.began:
            others.popleft()
    return matched


def _by_time(plays: Iterable[_Play]) -> deque[_Play]:
    return deque(sorted(plays, key=lambda play: play.began))
