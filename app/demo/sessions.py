"""When listeners listen: in sittings of several tracks, mostly in the evening, over a year."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from app.demo.draws import Positions

Seconds = NDArray[np.int64]

DAYS = 365
DAY_SECONDS = 86_400
TRACKS_A_SESSION = 6.0
"""Mean number of tracks in a sitting."""
TRACK_SECONDS = (150, 330)
"""From the start of one track to that of the next."""
SHORTEST_PLAY_SECONDS = 30
"""Where two sittings overlap, a play that begins this soon after another is left out."""
LATE_JOINERS = (-1.0, 0.6)
"""Part of the year gone when a listener joins; below zero: there from the beginning."""
HOUR_WEIGHTS = np.array(
    [3, 2, 1, 1, 1, 1, 2, 4, 5, 4, 4, 4, 5, 5, 4, 5, 6, 8, 10, 12, 14, 13, 10, 6], dtype=np.float64
)
"""How often a sitting begins in each hour of the day, from midnight."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """Plays by listener, then time: listener, session and Unix second of each, (n,)."""

    listeners: Positions
    sessions: Positions
    seconds: Seconds
    session_listeners: Positions

    def __len__(self) -> int:
        return len(self.listeners)


def timetable(counts: NDArray[np.int64], until: date, rng: np.random.Generator) -> Timetable:
    """About `counts` plays for each listener, in the year that ends where `until` begins."""
    listeners = np.repeat(np.arange(len(counts)), counts)
    begins = rng.random(len(listeners)) < 1 / TRACKS_A_SESSION
    begins[np.cumsum(counts) - counts] = True
    sessions = np.cumsum(begins) - 1
    starts = _session_starts(listeners[begins], len(counts), rng)
    seconds = starts[sessions] + _offsets(begins, sessions, rng)
    kept = _kept(listeners, seconds)
    year_begin = int(np.datetime64(until, "s").astype(np.int64)) - DAYS * DAY_SECONDS
    return Timetable(listeners[kept], sessions[kept], seconds[kept] + year_begin, listeners[begins])


def _session_starts(owners: Positions, listeners: int, rng: np.random.Generator) -> Seconds:
    """Second of the year at which each session begins, (n_sessions,), rising by listener."""
    joined = np.maximum(rng.uniform(*LATE_JOINERS, size=listeners), 0.0)[owners]
    days = (joined + rng.random(len(owners)) * (1 - joined)) * DAYS
    hours = rng.choice(24, size=len(owners), p=HOUR_WEIGHTS / HOUR_WEIGHTS.sum())
    starts = days.astype(np.int64) * DAY_SECONDS + hours * 3600
    starts += rng.integers(3600, size=len(owners))
    return np.asarray(starts[np.lexsort((starts, owners))])


def _offsets(begins: NDArray[np.bool_], sessions: Positions, rng: np.random.Generator) -> Seconds:
    """Seconds from the beginning of its session to each play, (n,)."""
    elapsed = np.cumsum(rng.integers(*TRACK_SECONDS, size=len(sessions)))
    return np.asarray(elapsed - elapsed[begins][sessions])


def _kept(listeners: Positions, seconds: Seconds) -> Positions:
    """Plays in time order, those past the year and those too soon after another left out."""
    order = np.lexsort((seconds, listeners))
    gaps = np.diff(seconds[order], prepend=-SHORTEST_PLAY_SECONDS)
    same_listener = np.diff(listeners[order], prepend=-1) == 0
    apart = ~same_listener | (gaps >= SHORTEST_PLAY_SECONDS)
    in_year = seconds[order] < DAYS * DAY_SECONDS
    return np.asarray(order[apart & in_year])
