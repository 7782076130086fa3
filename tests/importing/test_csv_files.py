"""Rows of our own format, checked: what makes sense is taken, the rest is said with its reason."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.errors import ImportRefused
from app.importing import csv_files
from app.importing.archive import Entry
from app.importing.csv_text import CsvText
from app.importing.rows import ListenRow, Rejected, TrackRow

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ALL = "track_id,title,artist,album,year,genre,duration_seconds,youtube_id"

Read = Callable[..., list[Any]]


@pytest.fixture
def tracks(tmp_path: Path) -> Read:
    def read(*rows: str, header: str = ALL) -> list[Any]:
        path = tmp_path / "tracks.csv"
        path.write_text("\n".join([header, *rows]))
        with CsvText(path, csv_files.TRACK_COLUMNS) as text:
            return list(csv_files.tracks(text))

    return read


@pytest.fixture
def listens(tmp_path: Path) -> Read:
    def read(*rows: str, header: str = "user_id,track_id,listened_at,plays") -> list[Any]:
        path = tmp_path / "listens.csv"
        path.write_text("\n".join([header, *rows]))
        with CsvText(path, csv_files.LISTEN_COLUMNS) as text:
            return list(csv_files.listens(text, NOW))

    return read


def test_a_track_with_all_it_can_have(tracks: Read) -> None:
    assert tracks("t1, Halo ,Beyoncé,Sasha Fierce,2008,pop,261,bnVUHWCynig") == [
        TrackRow("t1", "Halo", "Beyoncé", "Sasha Fierce", 2008, "pop", 261, "bnVUHWCynig")
    ]


def test_a_track_with_what_it_must_have(tracks: Read) -> None:
    assert tracks("Nina,1,Blue", header="artist,track_id,title") == [TrackRow("1", "Blue", "Nina")]
    assert tracks("1,Blue,Nina,,,,,") == [TrackRow("1", "Blue", "Nina")]


def test_columns_that_nobody_knows_are_passed_over(tracks: Read) -> None:
    header = "track_id,mood,title,artist"
    assert tracks("1,sad,Blue,Nina", header=header) == [TrackRow("1", "Blue", "Nina")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",Blue,Nina", "track_id: is empty"),
        ("1,  ,Nina", "title: is empty"),
        ("1,Blue,", "artist: is empty"),
        (f"1,{'x' * 501},Nina", "title: has 501 characters, at most 500 can be kept"),
        (f"1,Blue,{'x' * 501}", "artist: has 501 characters, at most 500 can be kept"),
        (f"{'x' * 256},Blue,Nina", "track_id: has 256 characters, at most 255 can be kept"),
        ("1,Blue", "row: 2 values where the header names 3"),
        ("1,Blue,Nina,x", "row: 4 values where the header names 3"),
    ],
)
def test_a_track_without_what_it_must_have_is_rejected(tracks: Read, row: str, reason: str) -> None:
    first, rejected, last = tracks("0,A,B", row, "2,C,D", header="track_id,title,artist")
    assert (first, last) == (TrackRow("0", "A", "B"), TrackRow("2", "C", "D"))
    assert rejected.whole
    assert (rejected.file, rejected.line, rejected.reason) == ("tracks.csv", 3, reason)
    assert row.startswith(rejected.text[:100])


@pytest.mark.parametrize(
    ("column", "value", "kept"),
    [
        ("year", "1999", 1999),
        ("year", "1999.0", 1999),
        ("year", "0", None),
        ("year", "0.0", None),
        ("duration_seconds", "0", None),
        ("duration_seconds", "1", 1),
        ("album", "x" * 500, "x" * 500),
        ("genre", "x" * 64, "x" * 64),
    ],
)
def test_a_value_that_may_be_missing_is_kept(
    tracks: Read, column: str, value: str, kept: object
) -> None:
    (row,) = tracks(f"1,Blue,Nina,{value}", header=f"track_id,title,artist,{column}")
    assert getattr(row, column) == kept


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("year", "999"),
        ("year", "2101"),
        ("year", "-1999"),
        ("year", "1999.5"),
        ("year", "9" * 400),
        ("year", "soon"),
        ("year", "."),
        ("year", "²"),
        ("duration_seconds", "86400"),
        ("duration_seconds", "nan"),
        ("album", "x" * 501),
        ("genre", "x" * 65),
        ("youtube_id", "too-short"),
        ("youtube_id", "<script>abc"),
    ],
)
def test_a_value_that_makes_no_sense_is_left_out_and_said(
    tracks: Read, column: str, value: str
) -> None:
    rejected, row = tracks(f"1,Blue,Nina,{value}", header=f"track_id,title,artist,{column}")
    assert isinstance(rejected, Rejected)
    assert not rejected.whole
    assert rejected.reason.startswith(f"{column}: ")
    assert len(rejected.reason) < 200
    assert row == TrackRow("1", "Blue", "Nina")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-01T18:22:05Z", datetime(2026, 3, 1, 18, 22, 5, tzinfo=UTC)),
        ("2026-03-01T18:22:05.999Z", datetime(2026, 3, 1, 18, 22, 5, tzinfo=UTC)),
        ("2026-03-01T18:22:05+02:00", datetime(2026, 3, 1, 16, 22, 5, tzinfo=UTC)),
        ("2026-03-01 18:22:05", datetime(2026, 3, 1, 18, 22, 5, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("1970-01-02", datetime(1970, 1, 2, tzinfo=UTC)),
        ("", None),
    ],
)
def test_the_time_of_a_listen(listens: Read, written: str, moment: datetime | None) -> None:
    assert listens(f"u1,t1, {written} ,") == [ListenRow("u1", "t1", moment, 1, 2)]


@pytest.mark.parametrize(
    "written",
    [
        "yesterday",
        "2026-02-30T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2026-06-01T00:10:01Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "1772389325",
        "٢٠٢٦-٠٣-٠١",
        "x" * 60_000,
    ],
)
def test_an_impossible_time_is_rejected(listens: Read, written: str) -> None:
    (rejected,) = listens(f"u1,t1,{written},")
    assert isinstance(rejected, Rejected)
    assert rejected.reason.startswith("listened_at: ")
    assert len(rejected.reason) < 200


@pytest.mark.parametrize(
    ("written", "plays"), [("", 1), ("1", 1), ("12", 12), ("3.0", 3), ("1000000", 1_000_000)]
)
def test_a_row_may_count_many_plays(listens: Read, written: str, plays: int) -> None:
    assert listens(f"u1,t1,,{written}") == [ListenRow("u1", "t1", None, plays, 2)]


@pytest.mark.parametrize("written", ["0", "-1", "1.5", "1000001", "nan", "inf", "many", "1e999"])
def test_a_number_of_plays_that_makes_no_sense_is_rejected(listens: Read, written: str) -> None:
    (rejected,) = listens(f"u1,t1,,{written}")
    assert isinstance(rejected, Rejected)
    assert rejected.reason.startswith("plays: must be a whole number")


def test_files_are_found_packed_or_not(tmp_path: Path) -> None:
    (tmp_path / "tracks.csv.gz").touch()
    packed = Entry.of(tmp_path / "tracks.csv.gz")
    assert csv_files.find(tmp_path) == csv_files.CsvFolder(packed, None)
    (tmp_path / "tracks.csv").touch()
    (tmp_path / "listens.csv").touch()
    both = (Entry.of(tmp_path / name) for name in ("tracks.csv", "listens.csv"))
    found = csv_files.CsvFolder(*both)
    assert csv_files.find(tmp_path) == found


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tracks.csv").mkdir()
    with pytest.raises(ImportRefused, match=r"neither tracks\.csv nor listens\.csv"):
        csv_files.find(tmp_path)
    with pytest.raises(ImportRefused, match="no such folder"):
        csv_files.find(tmp_path / "none")
