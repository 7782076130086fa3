"""Time of a search at 1,000,000 tracks against 36,000, and against two peers in the same run.

A search is the whole use-case on SQLite: indexes asked, 20 tracks read. The first peer is a bare
indexed query, 20 tracks of an artist whose name begins so, by the driver alone. The second is
SQLite's own full-text index (FTS5 with an index of prefixes, best known first), which forgives no
error. Processor's time of this thread, 95th percentile, turn by turn.
Fails where a search at the larger size takes longer than allowed.
"""

import contextlib
import resource
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import thread_time

import numpy as np
from sqlmodel import Session

from app.db import Database, open_database
from app.migrations import migrate
from app.search import Search
from app.settings import Settings

SIZES, TURNS, FIRST = (36_000, 1_000_000), 200, 20
MOST = 5.0
_TRACKS_EACH = 7
_SYLLABLES = [c + v for c in "bcdfghjklmnprstvwz" for v in "aeiou"]
_WIDE = (
    "SELECT track.id, title, name, listener_count FROM artist JOIN track ON artist_id = artist.id"
    " WHERE name_key >= ? AND name_key < ? LIMIT 20"
)
_FTS = (
    "SELECT track.id, title, listener_count FROM words JOIN track ON track.id = words.rowid"
    " WHERE words MATCH ? ORDER BY listener_count DESC LIMIT 20"
)
_INSERT_ARTIST = (
    "INSERT INTO artist (id, name, name_key, created_at) VALUES (?, ?, ?, '2020-01-01')"
)
_INSERT = (
    "INSERT INTO track (id, title, artist_id, search_key, video_state, listener_count, created_at)"
    " VALUES (?, ?, ?, ?, 'unknown', ?, '2020-01-01')"
)


@dataclass(frozen=True, slots=True)
class Made:
    """A catalogue of made-up names, whose words are as unevenly frequent as those of a language."""

    vocabulary: list[str]
    titles: list[list[str]]
    artists: list[list[str]]

    @classmethod
    def of(cls, tracks: int) -> "Made":
        generator = np.random.default_rng(7)
        count = int(30 * tracks**0.68)
        lengths = generator.integers(2, 5, count)
        words = ["".join(generator.choice(_SYLLABLES, length)) for length in lengths]
        weights = 1 / np.arange(1, count + 1)

        def names(number: int, most: int) -> list[list[str]]:
            drawn = generator.choice(count, (number, most), p=weights / weights.sum())
            sizes = generator.integers(1, most + 1, number)
            return [[words[n] for n in row[:size]] for row, size in zip(drawn, sizes, strict=True)]

        return cls(words, names(tracks, 5), names(tracks // _TRACKS_EACH, 3))

    def artist_of(self, track: int) -> list[str]:
        return self.artists[track * 7919 % len(self.artists)]

    def rows(self) -> Iterator[tuple[int, str, int, str, int]]:
        for track, words in enumerate(self.titles):
            title, artist = " ".join(words), " ".join(self.artist_of(track))
            known = 100_000 // (1 + track * 31 % len(self.titles))
            place = 1 + track * 7919 % len(self.artists)
            yield track + 1, title, place, f" {title} {artist}", known

    def questions(self) -> dict[str, list[str]]:
        """What people type on the way to tracks of the catalogue, by kind."""
        generator = np.random.default_rng(11)
        asked: dict[str, list[str]] = {}
        for track in generator.integers(0, len(self.titles), TURNS).tolist():
            title, artist = self.titles[track], self.artist_of(track)
            longest = max(title + artist, key=len)
            swapped = longest[0] + longest[2] + longest[1] + longest[3:]
            for kind, text in {
                "one character": title[0][:1],
                "two characters": title[0][:2],
                "several words": f"{artist[0]} {title[-1][:3]} {title[0][:2]}",
                "one error": swapped,
                "words, an error": f"{title[0]} {swapped}",
            }.items():
                asked.setdefault(kind, []).append(text)
        return asked


def fill(path: Path, made: Made) -> None:
    with contextlib.closing(sqlite3.connect(path)) as bare:
        names = ((n, name, name) for n, name in enumerate(map(" ".join, made.artists), start=1))
        bare.executemany(_INSERT_ARTIST, names)
        bare.executemany(_INSERT, made.rows())
        bare.execute(
            "CREATE VIRTUAL TABLE words USING fts5(search_key, content=track, content_rowid=id,"
            " prefix='1 2 3')"
        )
        bare.execute("INSERT INTO words (words) VALUES ('rebuild')")
        bare.commit()


def measure(database: Database, bare: sqlite3.Connection, made: Made) -> dict[str, list[float]]:
    """By kind of question the 95th percentile in milliseconds: search, FTS5, bare query."""
    search, found = Search(database), {}
    began = thread_time()
    with database.read() as session:
        search._following._indexes = search._following._of_all(session)  # noqa: SLF001  in this thread, to be timed
        print(f"{len(made.titles):>9} tracks: indexes made in {thread_time() - began:.1f} s")
        for kind, texts in made.questions().items():
            times = [_three(search, session, bare, text) for text in texts]
            found[kind] = np.percentile(times, 95, axis=0).tolist()
    search.stop()
    return found


def _three(search: Search, session: Session, bare: sqlite3.Connection, text: str) -> list[float]:
    prefixes = " ".join(f'"{word}"*' for word in text.split())
    return [
        _milliseconds(lambda: search.tracks(session, text, FIRST)),
        _milliseconds(lambda: bare.execute(_FTS, (prefixes,)).fetchall()),
        _milliseconds(lambda: bare.execute(_WIDE, (text, text + "\U0010ffff")).fetchall()),
    ]


def _milliseconds(act: Callable[[], object]) -> float:
    began = thread_time()
    act()
    return 1000 * (thread_time() - began)


def at(tracks: int) -> dict[str, list[float]]:
    made = Made.of(tracks)
    with tempfile.TemporaryDirectory(prefix="pytune-") as folder:
        database = open_database(Settings(data_dir=Path(folder)))
        migrate(database)
        path = Path(folder) / "pytune.db"
        fill(path, made)
        with contextlib.closing(sqlite3.connect(path)) as bare:
            found = measure(database, bare, made)
        database.dispose()
    return found


def main() -> int:
    few, many = (at(size) for size in SIZES)
    print(
        f"95th percentile, ms {'search':>17} {'FTS5':>17} {'bare query':>17}  search, large:small"
    )
    worst = 0.0
    for kind in few:
        cells = [f"{a:>8.2f} {b:>8.2f}" for a, b in zip(few[kind], many[kind], strict=True)]
        ratio = many[kind][0] / few[kind][0]
        worst = max(worst, ratio)
        print(f"{kind:<19} {' '.join(cells)}  {ratio:.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"The worst ratio is {worst:.2f}, at most {MOST:g}; {peak:.0f} MiB at the peak.")
    return int(worst > MOST)


if __name__ == "__main__":
    sys.exit(main())
