"""What is played: by the session's genre and the listener's eras, again, or more of an artist."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.demo.draws import Positions
from app.demo.sessions import Timetable
from app.demo.tastes import Cells, Tastes, genre_ranges
from app.demo.tracks import Groups, Tracks, grouped

REPLAYS = 0.18
"""Share of plays that repeat one of the listener's earlier plays."""
SAME_ARTIST = 0.12
"""Share of plays that take any track by the artist of an earlier play."""


@dataclass(frozen=True, slots=True)
class Shelves:
    """Tracks as listeners reach for them: by genre and decade, and by artist."""

    cells: Cells
    artists: Groups


def artists_of(tracks: Tracks) -> Groups:
    """Tracks by artist, one as likely as another."""
    return grouped(tracks.artists, int(tracks.artists.max()) + 1, np.ones(len(tracks)))


def played(
    when: Timetable, tastes: Tastes, shelves: Shelves, tracks: Tracks, rng: np.random.Generator
) -> Positions:
    """Position of the track of each play, (n,)."""
    chosen = _by_taste(when, tastes, shelves.cells, rng)
    kinds = rng.random(len(when))
    earlier = _earlier(when.listeners, rng)
    again = kinds < REPLAYS
    follows = kinds < REPLAYS + SAME_ARTIST
    roots = _followed(np.where(follows, earlier, np.arange(len(when))))
    more = np.flatnonzero(follows & ~again)
    chosen[more] = shelves.artists.draw(tracks.artists[chosen[roots[more]]], rng)
    return chosen[_followed(np.where(again, earlier, np.arange(len(when))))]


def _by_taste(when: Timetable, tastes: Tastes, cells: Cells, rng: np.random.Generator) -> Positions:
    """A session keeps one genre; each play in it draws a decade, then a track by popularity."""
    n_cells = cells.mass.size
    rows = when.session_listeners * n_cells
    session_cells = tastes.cells.draw(rows, rows + n_cells, rng)
    first, end = genre_ranges(session_cells, cells.n_decades)
    drawn = tastes.cells.draw(first[when.sessions], end[when.sessions], rng)
    return cells.tracks.draw(drawn % n_cells, rng)


def _earlier(listeners: Positions, rng: np.random.Generator) -> Positions:
    """One of the same listener's earlier plays for each play; a first play gives itself. (n,)"""
    first = np.searchsorted(listeners, listeners)
    place = np.arange(len(listeners)) - first
    return np.asarray(first + (rng.random(len(listeners)) * place).astype(np.intp))


def _followed(pointers: NDArray[np.intp]) -> Positions:
    """Where each chain of pointers ends: at a position that points to itself. (n,)"""
    while not np.array_equal(further := pointers[pointers], pointers):
        pointers = further
    return pointers
