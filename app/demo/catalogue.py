"""The recordings of `catalogue.csv`: plain facts about music that many people know."""

import csv
from dataclasses import dataclass
from importlib.resources import files
from io import StringIO


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording; `year` is that of its first release.

    `album` and `youtube_id` are empty where they are not known for certain.
    """

    track_id: int
    title: str
    artist: str
    album: str
    year: int
    genre: str
    youtube_id: str


def recordings() -> list[Recording]:
    """The whole catalogue, in the order of its ids 1..N."""
    text = files(__package__).joinpath("catalogue.csv").read_text(encoding="utf-8")
    return [_recording(row) for row in csv.DictReader(StringIO(text, newline=""))]


def _recording(row: dict[str, str]) -> Recording:
    return Recording(
        track_id=int(row["track_id"]),
        title=row["title"],
        artist=row["artist"],
        album=row["album"],
        year=int(row["year"]),
        genre=row["genre"],
        youtube_id=row["youtube_id"],
    )


def era(year: int) -> str:
    """The decade of a year, as people say it: 1973 gives "1970s"."""
    return f"{year // 10 * 10}s"
