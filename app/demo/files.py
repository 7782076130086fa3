"""PyTune's own CSV files, written whole or not at all."""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import numpy as np

from app.demo.draws import Positions
from app.demo.sessions import Seconds
from app.demo.tracks import Codes, Row

TRACKS_FILE = "tracks.csv"
LISTENS_FILE = "listens.csv.gz"
TRACK_COLUMNS = ("track_id", "title", "artist", "album", "year", "genre", "youtube_id")
LISTEN_COLUMNS = ("user_id", "track_id", "listened_at")
COMPRESSION = 5
"""gzip level: past it, minutes buy a few per cent."""


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A folder to write both files in; they move into `folder` when all went well."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".demo-") as name:
        staging = Path(name)
        yield staging
        for file in (TRACKS_FILE, LISTENS_FILE):
            (staging / file).replace(folder / file)


def write_tracks(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(TRACK_COLUMNS)
        writer.writerows(rows)


@contextmanager
def listens_file(path: Path) -> Iterator[BinaryIO]:
    """A gzip file that opens with the header; equal rows give equal bytes."""
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", COMPRESSION, raw, mtime=0) as packed,
        io.BufferedWriter(packed, 1 << 20) as lines,
    ):
        lines.write((",".join(LISTEN_COLUMNS) + "\n").encode())
        yield lines


def listen_rows(user_ids: list[str], listeners: Positions, ids: Codes, when: Seconds) -> bytes:
    """Rows of listens.csv.gz; `listeners` are positions in `user_ids`, the arrays (n,)."""
    times = np.datetime_as_string(when.astype("datetime64[s]")).tolist()
    rows = zip(listeners.tolist(), ids.tolist(), times, strict=True)
    return "".join([f"{user_ids[u]},{track},{time}Z\n" for u, track, time in rows]).encode()
