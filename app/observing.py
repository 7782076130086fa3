"""What happened in a window of time: the lists that were served, and the listens that followed.

Lists of one dial are looked at, since another dial asks for other lists. Against first-time plays
they are measured as in tests of models: what was neither heard before nor is disliked. What was
played again is held against lists that were to hold the familiar, apart.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Table, case, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session

from app.listening import EVENTS, USER_ITEMS
from app.ml.metrics import ndcg_at_k
from app.models import EventKind, Feedback, ListKind, Prediction

PREDICTIONS: Table = Prediction.__table__  # type: ignore[attr-defined]
K = 20
"""Length to which served lists are looked at."""
FOLLOWING = timedelta(hours=24)
"""A list is held against what its listener played within so long."""
_FIRST, _AGAIN, _DISLIKED = 1, 0, -1
"""A play of a track never heard before, one of a known track, one of a track now disliked."""
_STREAMED = {"stream_results": True, "yield_per": 5000}
"""Millions of rows are read, never all held at once."""


@dataclass(frozen=True, slots=True)
class Window:
    since: datetime
    until: datetime


@dataclass(slots=True)
class Plays:
    """A listener's, in order: 17 bytes each."""

    at: "array[float]" = field(default_factory=lambda: array("d"))
    """POSIX seconds."""
    tracks: "array[int]" = field(default_factory=lambda: array("q"))
    novelty: "array[int]" = field(default_factory=lambda: array("b"))

    def __len__(self) -> int:
        return len(self.tracks)

    def following(self, moment: datetime) -> tuple[set[int], set[int]]:
        """Tracks played soon after: for the first time ever, and those known before."""
        first = bisect_left(self.at, moment.timestamp())
        end = bisect_left(self.at, (moment + FOLLOWING).timestamp())
        soon = list(zip(self.tracks[first:end], self.novelty[first:end], strict=True))
        new = {track for track, novelty in soon if novelty == _FIRST}
        return new, {track for track, novelty in soon if novelty == _AGAIN} - new


@dataclass(slots=True)
class Observed:
    """What happened in a window, by listener."""

    ndcg: dict[int, float] = field(default_factory=dict)
    """Against first-time plays."""
    repeat_ndcg: dict[int, float] = field(default_factory=dict)
    """Against what was played again."""
    click_through: dict[int, float] = field(default_factory=dict)
    """Share of the places shown that were played."""
    shown: list[int] = field(default_factory=lambda: [0] * K)
    """Lists that had a track at each position."""
    played: list[int] = field(default_factory=lambda: [0] * K)
    """Of those, lists from which it was played."""
    plays: dict[int, Plays] = field(default_factory=dict)

    @property
    def by_position(self) -> list[float | None]:
        """Click-through by position, from 1; None where nothing stood there."""
        return [
            played / shown if shown else None
            for shown, played in zip(self.shown, self.played, strict=True)
        ]


_NONE = Plays()


def remove_lists(session: Session, before: datetime, most: int) -> int:
    """Delete the oldest served lists, at most so many at once; how many were deleted."""
    columns = PREDICTIONS.c
    old = select_columns(columns.id).where(columns.served_at < before).limit(most)
    ids = session.connection().execute(old).scalars().all()
    if ids:
        session.connection().execute(PREDICTIONS.delete().where(columns.id.in_(ids)))
    return len(ids)


def usual_dial(session: Session, window: Window) -> float | None:
    """The dial that lists of most listeners were asked for with; None for the unheard only."""
    dial = PREDICTIONS.c.discovery
    listeners = func.count(PREDICTIONS.c.user_id.distinct())
    usual = select_columns(dial).where(*_by_models(window)).group_by(dial)
    statement = usual.order_by(listeners.desc(), dial).limit(1)
    return session.connection().execute(statement).scalar()


def observe(session: Session, window: Window, dial: float | None) -> Observed:
    """Read the window's listens and the lists of that dial that were served by a model."""
    seen = Observed()
    from_lists: set[tuple[str, int]] = set()
    for user_id, track_id, at, list_id, novelty in _listens(session, window):
        plays = seen.plays.setdefault(user_id, Plays())
        plays.at.append(at.timestamp())
        plays.tracks.append(track_id)
        plays.novelty.append(novelty)
        if list_id is not None:
            from_lists.add((list_id, track_id))
    figures = _Figures(holds_new=dial != 0, holds_familiar=dial is not None and dial < 1)
    for list_id, user_id, served_at, items in _lists(session, window, dial):
        tracks = [track_id for track_id, _ in items[:K]]
        if not tracks:
            continue
        hits = [(list_id, track_id) in from_lists for track_id in tracks]
        for place, hit in enumerate(hits):
            seen.shown[place] += 1
            seen.played[place] += hit
        figures.clicks[user_id].append(sum(hits) / len(hits))
        figures.add(user_id, tracks, *seen.plays.get(user_id, _NONE).following(served_at))
    seen.ndcg, seen.repeat_ndcg = _means(figures.new), _means(figures.again)
    seen.click_through = _means(figures.clicks)
    return seen


@dataclass(slots=True)
class _Figures:
    """Of each listener's lists, one by one."""

    holds_new: bool
    holds_familiar: bool
    new: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    again: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    clicks: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, user_id: int, tracks: list[int], new: set[int], again: set[int]) -> None:
        """A list, and what its listener then played; nothing is said of what it was not to hold."""
        if new and self.holds_new:
            self.new[user_id].append(ndcg_at_k(tracks, new, K))
        if again and self.holds_familiar:
            self.again[user_id].append(ndcg_at_k(tracks, again, K))


def _means(figures: dict[int, list[float]]) -> dict[int, float]:
    return {user: float(np.mean(values)) for user, values in figures.items()}


def _listens(session: Session, window: Window) -> Any:
    columns = EVENTS.c
    statement = (
        select_columns(
            columns.user_id,
            columns.track_id,
            columns.occurred_at,
            columns.list_id,
            _novelty(),
        )
        .where(
            columns.kind == EventKind.LISTEN,
            columns.occurred_at >= window.since,
            columns.occurred_at < window.until,
        )
        .order_by(columns.occurred_at, columns.id)
    )
    return session.connection().execute(statement, execution_options=_STREAMED)


def _novelty() -> Any:
    """What a listen is to its listener: a column of a query on event."""
    play, earlier, kept = EVENTS.c, EVENTS.alias("earlier").c, USER_ITEMS.c
    heard = select_columns(earlier.id).where(
        earlier.user_id == play.user_id,
        earlier.track_id == play.track_id,
        earlier.kind == EventKind.LISTEN,
        or_(earlier.occurred_at < play.occurred_at, earlier.occurred_at.is_(None)),
    )
    disliked = select_columns(kept.track_id).where(
        kept.user_id == play.user_id,
        kept.track_id == play.track_id,
        kept.feedback == Feedback.DISLIKED,
    )
    return case((disliked.exists(), _DISLIKED), (heard.exists(), _AGAIN), else_=_FIRST)


def _by_models(window: Window) -> tuple[Any, ...]:
    columns = PREDICTIONS.c
    return (
        columns.kind == ListKind.RECOMMENDATIONS,
        columns.model_version.is_not(None),
        columns.served_at >= window.since,
        columns.served_at < window.until,
    )


def _lists(session: Session, window: Window, dial: float | None) -> Any:
    columns = PREDICTIONS.c
    statement = (
        select_columns(columns.list_id, columns.user_id, columns.served_at, columns["items"])
        .where(*_by_models(window), columns.discovery.is_not_distinct_from(dial))
        .order_by(columns.id)
    )
    return session.connection().execute(statement, execution_options=_STREAMED)
