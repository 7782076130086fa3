"""Rows as they lie in a file: whatever is broken is told apart from what is not."""

import gzip
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.errors import ImportRefused
from app.importing import csv_text
from app.importing.csv_text import CsvText, Line

HEADER = b"id,title\n"


def _lines(path: Path, content: bytes, header: bytes = HEADER) -> list[Line]:
    path.write_bytes(header + content)
    with CsvText(path, ["id", "title"]) as text:
        return list(text)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tracks.csv"


def _good(lines: list[Line]) -> list[tuple[str, ...]]:
    return [tuple(line.values.values()) for line in lines if line.fault is None]


def test_rows_have_their_values_by_column(path: Path) -> None:
    lines = _lines(path, b"1,Blue\n2,Halo\n")
    assert lines == [
        Line(2, {"id": "1", "title": "Blue"}),
        Line(3, {"id": "2", "title": "Halo"}),
    ]


@pytest.mark.parametrize(
    ("content", "values"),
    [
        (b'1,"a, b"\n', ("1", "a, b")),
        (b'1,"say ""so"""\n', ("1", 'say "so"')),
        (b'1,"two\nlines"\n', ("1", "two\nlines")),
        (b'1,"two\r\nlines"\r\n', ("1", "two\r\nlines")),
        (b'1,12" mix\n', ("1", '12" mix')),
        (b'1,"Heroes" (live)\n', ("1", "Heroes (live)")),
        (b"1,Blue\r\n", ("1", "Blue")),
        (b"1,Blue\r", ("1", "Blue")),
        (b"1,Blue", ("1", "Blue")),
        (b"\n\n1,Blue\n\n", ("1", "Blue")),
        ("1,Beyoncé 王菲\n".encode(), ("1", "Beyoncé 王菲")),
        (b"1,a\x00b\n", ("1", "a\x00b")),
        (b"1,\n", ("1", "")),
    ],
)
def test_a_row_is_read_however_it_is_written(
    path: Path, content: bytes, values: tuple[str, ...]
) -> None:
    (line,) = _lines(path, content)
    assert line.fault is None
    assert tuple(line.values.values()) == values


def test_a_byte_order_mark_is_no_part_of_the_header(path: Path) -> None:
    assert _good(_lines(path, b"1,Blue\n", b"\xef\xbb\xbfid,title\n")) == [("1", "Blue")]


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (b"2", "1 values where the header names 2"),
        (b"2,b,c", "3 values where the header names 2"),
        (b"2,\xff\xfe", "title is not UTF-8"),
        (b"\xc3,b", "id is not UTF-8"),
        (b"2,\xed\xa0\x80", "title is not UTF-8"),
        (b'2,"never closed', "not CSV"),
        (b'2,"' + b"x" * 70_000, "not CSV"),
        (b"2," + b"x" * 70_000, "not CSV"),
    ],
)
def test_a_broken_row_is_told_apart_from_those_around_it(
    path: Path, bad: bytes, fault: str
) -> None:
    lines = _lines(path, b'1,Blue\n%s\n3,"Halo"\n4,So What\n' % bad)
    assert _good(lines) == [("1", "Blue"), ("3", "Halo"), ("4", "So What")]
    (broken,) = [line for line in lines if line.fault]
    assert fault in str(broken.fault)
    assert broken.number == 3
    assert [line.number for line in lines] == [2, 3, 4, 5]


def test_quotes_that_are_never_closed_lose_their_own_lines_alone(path: Path) -> None:
    rows = [b'%d,"open' % n if n % 3 == 0 else b"%d,Song" % n for n in range(300)]
    lines = _lines(path, b"\n".join(rows))
    assert len(_good(lines)) == 200
    assert [line.number for line in lines if line.fault] == [n + 2 for n in range(0, 300, 3)]


def test_a_line_without_end_does_not_fill_the_memory(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_text, "_MAX_LINE", 1000)
    lines = _lines(path, b"x" * 5000 + b"\n7,Blue\n")
    assert _good(lines) == [("7", "Blue")]
    assert max(len(str(line.values)) for line in lines) < 1100


def test_gzip_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "tracks.csv.gz"
    path.write_bytes(gzip.compress(HEADER + b"1,Blue\n"))
    with CsvText(path, ["id"]) as text:
        assert _good(list(text)) == [("1", "Blue")]
        assert text.bytes_read == text.size == path.stat().st_size


@pytest.mark.parametrize("lost", [1, 8, 9, 400])
def test_a_gzip_that_breaks_off_gives_what_came_before(tmp_path: Path, lost: int) -> None:
    path = tmp_path / "tracks.csv.gz"
    content = HEADER + b"".join(b"%d,%d\n" % (n, n * n) for n in range(20_000))
    path.write_bytes(gzip.compress(content)[:-lost])
    found: list[str] = []
    message = r"tracks\.csv\.gz .* is damaged after line \d{4}"
    with CsvText(path, ["id"]) as text, pytest.raises(ImportRefused, match=message):
        _read_into(found, text)
    assert found == [str(n) for n in range(len(found))]
    assert len(found) > 19_000


def _read_into(found: list[str], text: CsvText) -> None:
    for line in text:
        found.append(line.values["id"])  # noqa: PERF401  the text may break off meanwhile


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b", b"plain text", b"\x1f\x8b\x08\x00" * 9])
def test_what_is_no_gzip_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tracks.csv.gz"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=r"tracks\.csv\.gz"):
        CsvText(path, ["id"])


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"", "lacks id, title; it has nothing"),
        (b"\n", "lacks id, title; it has nothing"),
        (b"id;title\n", "lacks id, title; it has id;title"),
        (b"id,name\n", "lacks title; it has id, name"),
        (b'"' + b"x" * 70_000, "not CSV"),
    ],
)
def test_a_header_that_will_not_do_is_refused(path: Path, header: bytes, reason: str) -> None:
    with pytest.raises(ImportRefused, match="Nothing was written") as caught:
        _lines(path, b"", header)
    assert reason in str(caught.value)


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="Is a directory"):
        CsvText(tmp_path, ["id"])


@given(st.binary(max_size=300))
@example(b'"')
@example(b'2,"\n3,"')
@example(b"\r\n\r")
def test_any_bytes_are_read_to_the_end(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """Whatever stands before it on lines of its own, the last row is found."""
    path = tmp_path_factory.mktemp("any") / "tracks.csv"
    lines = _lines(path, content + b"\n7,Blue\n")
    assert lines[-1].values == {"id": "7", "title": "Blue"}
    assert lines[-1].fault is None
