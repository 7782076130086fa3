"""Rows of a CSV file, gzip read as it is; broken lines are told apart from good ones."""

import csv
import gzip
import io
import re
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from app.errors import ImportRefused

_MAX_FIELD = 1 << 16
"""Characters. What a quote that is never closed may swallow before it is given up."""
_MAX_LINE = 1 << 20
"""Characters. A longer line is cut, so that no file fills the memory."""
_BROKEN = re.compile("[\udc80-\udcff]")
"""What bytes that are not UTF-8 are read as."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row as read: its values by column, or what is wrong with it."""

    number: int
    values: dict[str, str]
    fault: str | None = None


class CsvText:
    """A CSV file with a header. Bytes that are not UTF-8 spoil their row, not the file.

    Nor does a quote that is never closed: only the line where it stands is lost.
    """

    def __init__(self, path: Path, required: Sequence[str]) -> None:
        """Raises ImportRefused where the file cannot be read or lacks a column."""
        self.path = path
        csv.field_size_limit(_MAX_FIELD)
        try:
            self._raw: BinaryIO = path.open("rb")
            self.size = path.stat().st_size
        except OSError as error:
            raise ImportRefused(file=path.name, reason=error.strerror) from error
        self._lines = _Lines(_decoded(self._raw, path))
        self._reader = csv.reader(self._lines.each())
        try:
            self.columns = self._header(required)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._raw.close()

    @property
    def bytes_read(self) -> int:
        """Of the file as it lies on disk."""
        return self._raw.tell()

    def __iter__(self) -> Iterator[Line]:
        """Raises ImportRefused where the file itself breaks off or is no gzip."""
        lines = self._lines
        while True:
            lines.row.clear()
            try:
                fields = self._next()
                fault = self._fault(fields or [])
            except csv.Error as error:
                fields, fault = [], f"not CSV: {error}"
            if fields is None:
                return
            if fault is not None and len(lines.row) > 1:
                lines.give_back_all_but_first()
                self._reader = csv.reader(lines.each())
            if fields or fault:
                yield Line(lines.number, dict(zip(self.columns, fields, strict=False)), fault)

    def _header(self, required: Sequence[str]) -> list[str]:
        try:
            columns = [name.strip() for name in self._next() or []]
        except csv.Error as error:
            reason = f"its header is not CSV: {error}. Nothing was written."
            raise ImportRefused(file=self.path.name, reason=reason) from error
        _refuse_missing(self.path, required, columns)
        return columns

    def _next(self) -> list[str] | None:
        try:
            return next(self._reader, None)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            reason = f"the file is damaged after line {self._lines.number}: {error}"
            raise ImportRefused(file=self.path.name, reason=reason) from error

    def _fault(self, fields: list[str]) -> str | None:
        """Raises csv.Error where a row of many lines is not properly quoted."""
        if len(self._lines.row) > 1:
            list(csv.reader(self._lines.row, strict=True))
        if not fields:
            return None
        if len(fields) != len(self.columns):
            return f"{len(fields)} values where the header names {len(self.columns)}"
        together = "".join(fields)
        if not together.isascii() and _BROKEN.search(together):
            broken = next(n for n, value in enumerate(fields) if _BROKEN.search(value))
            return f"{self.columns[broken]} is not UTF-8"
        return None


class _Lines:
    """Lines of a text; those that a faulty row swallowed can be given back."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._returned: deque[str] = deque()
        self.row: list[str] = []
        """Lines given out since the row began."""
        self.number = 0
        """Of the line given out last, counted from 1."""

    def each(self) -> Iterator[str]:
        while True:
            line = self._returned.popleft() if self._returned else self._text.readline(_MAX_LINE)
            if not line:
                return
            self.number += 1
            self.row.append(line)
            yield line

    def give_back_all_but_first(self) -> None:
        swallowed = self.row[1:]
        self._returned.extendleft(reversed(swallowed))
        self.number -= len(swallowed)


def _decoded(raw: BinaryIO, path: Path) -> io.TextIOWrapper:
    stream = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
    # surrogateescape keeps each broken byte recognisable, so that only its row is rejected.
    return io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")


def _refuse_missing(path: Path, required: Sequence[str], columns: list[str]) -> None:
    missing = [name for name in required if name not in columns]
    if missing:
        reason = (
            f"the header lacks {', '.join(missing)}; it has {', '.join(columns) or 'nothing'}. "
            "Nothing was written."
        )
        raise ImportRefused(file=path.name, reason=reason)
