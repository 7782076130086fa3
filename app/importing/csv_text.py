"""Rows of a CSV file, gzip read as it is; broken lines are told apart from good ones."""

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from app.errors import ImportRefused
from app.importing.archive import Entry

_MAX_FIELD = 1 << 16
"""Characters. What a quote that is never closed may swallow before it is given up."""
_MAX_LINE = 1 << 20
"""Characters. A longer line is cut, so that no file fills the memory."""
_BROKEN = re.compile("[\udc80-\udcff]")
"""What bytes that are not UTF-8 are read as."""
_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)


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

    def __init__(
        self,
        file: Path | Entry,
        required: Sequence[str],
        *,
        columns: Sequence[str] | None = None,
        delimiter: str = ",",
    ) -> None:
        """`columns`: of a file without a header.

        Raises ImportRefused where the file cannot be read or lacks a column.
        """
        entry = Entry.of(file) if isinstance(file, Path) else file
        self.name, self.size, self._delimiter = entry.name, entry.size, delimiter
        csv.field_size_limit(_MAX_FIELD)
        self._stack = ExitStack()
        self._raw = self._stack.enter_context(entry.open())
        self._lines = _Lines(_decoded(self._raw, entry.suffix))
        self._reader = self._new_reader()
        try:
            self.columns = list(columns) if columns else self._header(required)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._stack.close()

    @property
    def bytes_read(self) -> int:
        """Of the file as it lies on disk or, in a zip, as it was before it was packed."""
        return self.size if self._raw.closed else self._raw.tell()

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
                self._reader = self._new_reader()
            if fields or fault:
                yield Line(lines.number, dict(zip(self.columns, fields, strict=False)), fault)

    def _new_reader(self) -> Iterator[list[str]]:
        return csv.reader(self._lines.each(), delimiter=self._delimiter)

    def _header(self, required: Sequence[str]) -> list[str]:
        try:
            columns = [name.strip() for name in self._next() or []]
        except csv.Error as error:
            reason = f"its header is not CSV: {error}. Nothing was written."
            raise ImportRefused(file=self.name, reason=reason) from error
        _refuse_missing(self.name, required, columns)
        return columns

    def _next(self) -> list[str] | None:
        try:
            return next(self._reader, None)
        except _DAMAGED as error:
            reason = f"the file is damaged after line {self._lines.number}: {error}"
            raise ImportRefused(file=self.name, reason=reason) from error

    def _fault(self, fields: list[str]) -> str | None:
        """Raises csv.Error where a row of many lines is not properly quoted."""
        if len(self._lines.row) > 1:
            list(csv.reader(self._lines.row, strict=True, delimiter=self._delimiter))
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


def _decoded(raw: BinaryIO, suffix: str) -> io.TextIOWrapper:
    stream = gzip.GzipFile(fileobj=raw) if suffix == ".gz" else raw
    # surrogateescape keeps each broken byte recognisable, so that only its row is rejected.
    return io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")


def _refuse_missing(name: str, required: Sequence[str], columns: list[str]) -> None:
    missing = [column for column in required if column not in columns]
    if missing:
        reason = (
            f"the header lacks {', '.join(missing)}; it has {', '.join(columns) or 'nothing'}. "
            "Nothing was written."
        )
        raise ImportRefused(file=name, reason=reason)
