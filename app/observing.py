"""What happened in a window of time: the lists that were served, and the listens that followed."""

from array import array
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Table
from sqlalchemy import select as select_columns
from sqlmodel import Session

from app.listening import EVENTS
from app.ml.metrics import ndcg_at_k
from app.models import EventKind, ListKind, Prediction

PREDICTIONS: Table = Prediction.__table__  # type: ignore[attr-defined]
K = 20
"""Length to which served lists are looked at."""
FOLLOWING = timedelta(hours=24)
"""A list is held against what its listener played within so long."""
_STREAMED = {"stream_results": True, "yield_per": 5000}
"""Millions of rows are read, never all held at once."""


@dataclass(frozen=True, slots=True)
class Window:
    since: datetime
    until: datetime


@dataclass(slots=True)
class Plays:
    """A listener's, in order: 16 bytes each."""

    at: "array[float]" = field(default_factory=lambda: array("d"))
    """POSIX seconds."""
    tracks: "array[int]" = field(default_factory=lambda: array("q"))

    def __len__(self) -> int:
        return len(self.tracks)

    def following(self, moment: datetime) -> set[int]:
        """Tracks played soon after."""
        first = bisect_left(self.at, moment.timestamp())
        end = bisect_left(self.at, (moment + FOLLOWING).timestamp())
        return set(self.tracks[first:end])


@dataclass(slots=True)
class Observed:
    """What happened in a window, by listener."""

    ndcg: dict[int, float] = field(default_factory=dict)
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


def observe(session: Session, window: Window) -> Observed:
    """Read the window's listens and the lists that were served by a model."""
    seen = Observed()
    from_lists: set[tuple[str, int]] = set()
    for user_id, track_id, at, list_id in _listens(session, window):
        plays = seen.plays.setdefault(user_id, Plays())
        plays.at.append(at.timestamp())
        plays.tracks.append(track_id)
        if list_id is not None:
            from_lists.add((list_id, track_id))
    ndcg: dict[int, list[float]] = defaultdict(list)
    clicks: dict[int, list[float]] = defaultdict(list)
    for list_id, user_id, served_at, items in _lists(session, window):
        tracks = [track_id for track_id, _ in items[:K]]
        if not tracks:
            continue
        hits = [(list_id, track_id) in from_lists for track_id in tracks]
        clicks[user_id].append(sum(hits) / len(hits))
        for place, hit in enumerate(hits):
            seen.shown[place] += 1
            seen.played[place] += hit
        targets = seen.plays.get(user_id, _NONE).following(served_at)
        if targets:
            ndcg[user_id].append(ndcg_at_k(tracks, targets, K))
    seen.ndcg = {user: float(np.mean(values)) for user, values in ndcg.items()}
    seen.click_through = {user: float(np.mean(values)) for user, values in clicks.items()}
    return seen


def _listens(session: Session, window: Window) -> Any:
    columns = EVENTS.c
    statement = (
        select_columns(columns.user_id, columns.track_id, columns.occurred_at, columns.list_id)
        .where(
            columns.kind == EventKind.LISTEN,
            columns.occurred_at >= window.since,
            columns.occurred_at < window.until,
        )
        .order_by(columns.occurred_at, columns.id)
    )
    return session.connection().execute(statement, execution_options=_STREAMED)


def _lists(session: Session, window: Window) -> Any:
    columns = PREDICTIONS.c
    statement = (
        select_columns(columns.list_id, columns.user_id, columns.served_at, columns["items"])
        .where(
            columns.kind == ListKind.RECOMMENDATIONS,
            columns.model_version.is_not(None),
            columns.served_at >= window.since,
            columns.served_at < window.until,
        )
        .order_by(columns.id)
    )
    return session.connection().execute(statement, execution_options=_STREAMED)
