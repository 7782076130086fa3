"""Seeded listeners of the demo catalogue: the same arguments give the same bytes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.demo.catalogue import recordings
from app.demo.files import (
    LISTENS_FILE,
    TRACKS_FILE,
    listen_rows,
    listens_file,
    staged,
    write_tracks,
)
from app.demo.plays import Shelves, artists_of, played
from app.demo.sessions import timetable
from app.demo.tastes import Taste, cells_of, tastes_of
from app.demo.tracks import Tracks, tracks_of
from app.errors import InvalidInput

LISTENERS_AT_ONCE = 2_000
"""Listeners drawn and written together: bounds memory at some 200,000 plays."""
TASTES_TOLD = 100
"""Listeners whose favourites are told to the caller."""
MEDIAN_LISTENS = 70
LISTENS_SPREAD = 0.85
"""Listens a listener are log-normal: median 70, spread 0.85, so about 100 on average."""
FEWEST_LISTENS = 10
MOST_LISTENS = 1_500


Report = Callable[[int, int], None]
"""Hears listeners done, and all listeners."""


@dataclass(frozen=True, slots=True)
class GeneratedDemo:
    """What was written, and the favourites of the first listeners."""

    tracks_file: Path
    listens_file: Path
    track_count: int
    listener_count: int
    listen_count: int
    tastes: tuple[Taste, ...]


@dataclass(frozen=True, slots=True)
class _Batch:
    """The plays of some listeners, as rows of listens.csv.gz."""

    listeners_done: int
    tastes: tuple[Taste, ...]
    listen_count: int
    rows: bytes


def generate(
    folder: Path,
    *,
    listeners: int = 2_000,
    tracks: int | None = None,
    seed: int = 7,
    until: date = date(2026, 10, 31),
    report: Report | None = None,
) -> GeneratedDemo:
    """Write tracks.csv and listens.csv.gz into `folder`.

    `tracks` beyond the catalogue are made up, fewer keep the most popular; None is the
    catalogue. Listens fill the year before `until`.
    """
    known = recordings()
    count = len(known) if tracks is None else tracks
    _check(listeners=listeners, tracks=count, seed=seed)
    rng = np.random.default_rng(seed)
    chosen = tracks_of(known, count, rng)
    with staged(folder) as staging:
        write_tracks(staging / TRACKS_FILE, chosen.rows())
        batches = _batches(chosen, listeners, until, rng)
        listens, tastes = _write(staging / LISTENS_FILE, batches, listeners, report)
    return GeneratedDemo(
        tracks_file=folder / TRACKS_FILE,
        listens_file=folder / LISTENS_FILE,
        track_count=count,
        listener_count=listeners,
        listen_count=listens,
        tastes=tastes,
    )


def _check(*, listeners: int, tracks: int, seed: int) -> None:
    for field, value, least in (
        ("listeners", listeners, 1),
        ("tracks", tracks, 1),
        ("seed", seed, 0),
    ):
        if value < least:
            raise InvalidInput(field, f"must be {least} or more, not {value}.")


def _write(
    path: Path, batches: Iterator[_Batch], listeners: int, report: Report | None
) -> tuple[int, tuple[Taste, ...]]:
    """Listens written, and the tastes of the first listeners."""
    listens, tastes = 0, list[Taste]()
    with listens_file(path) as lines:
        for batch in batches:
            lines.write(batch.rows)
            listens += batch.listen_count
            tastes.extend(batch.tastes[: TASTES_TOLD - len(tastes)])
            if report:
                report(batch.listeners_done, listeners)
    return listens, tuple(tastes)


def _batches(
    tracks: Tracks, listeners: int, until: date, rng: np.random.Generator
) -> Iterator[_Batch]:
    cells = cells_of(tracks)
    shelves = Shelves(cells, artists_of(tracks))
    for first in range(0, listeners, LISTENERS_AT_ONCE):
        done = min(first + LISTENERS_AT_ONCE, listeners)
        tastes = tastes_of(done - first, cells, rng)
        when = timetable(_listen_counts(done - first, rng), until, rng)
        ids = tracks.ids[played(when, tastes, shelves, tracks, rng)]
        user_ids = [f"listener-{number:04d}" for number in range(first + 1, done + 1)]
        yield _Batch(
            listeners_done=done,
            tastes=tuple(tastes.named(cells, tracks, user_ids)),
            listen_count=len(when),
            rows=listen_rows(user_ids, when.listeners, ids, when.seconds),
        )


def _listen_counts(listeners: int, rng: np.random.Generator) -> NDArray[np.int64]:
    drawn = rng.lognormal(np.log(MEDIAN_LISTENS), LISTENS_SPREAD, size=listeners)
    return np.clip(drawn, FEWEST_LISTENS, MOST_LISTENS).astype(np.int64)
