"""Rows of a CSV file, gzip read as it is; broken lines are told apart from good ones."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from app.errors import ImportRefused

_MAX_FIELD = 1 << 20
_LONE_SURROGATES = range(0xDC80, 0xDD00)


@dataclass(frozen=True, slots=True)
class Line:
    """One row as read: its values by column, or what is wrong with it."""

    number: int
    values: dict[str, str]
    fault: str | None = None


class CsvText:
    """A CSV file with a header. Bytes that are not UTF-8 spoil their row, not the file."""

    def __init__(self, path: Path, required: Sequence[str]) -> None:
        self.path = path
        self.size = path.stat().st_size
        self._raw: BinaryIO = path.open("rb")
        csv.field_size_limit(_MAX_FIELD)
        self._reader = csv.reader(_decoded(self._raw, path))
        try:
            self.columns = [name.strip() for name in self._next() or []]
            _refuse_missing(path, required, self.columns)
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
        while True:
            try:
                fields = self._next()
            except csv.Error as error:
                yield Line(self._reader.line_num, {}, f"not CSV: {error}")
                continue
            if fields is None:
                return
            if fields:
                yield self._line(fields)

    def _next(self) -> list[str] | None:
        try:
            return next(self._reader, None)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            reason = f"the file is damaged after line {self._reader.line_num}: {error}"
            raise ImportRefused(file=self.path.name, reason=reason) from error

    def _line(self, fields: list[str]) -> Line:
        values = dict(zip(self.columns, fields, strict=False))
        return Line(self._reader.line_num, values, self._fault(fields))

    def _fault(self, fields: list[str]) -> str | None:
        if len(fields) != len(self.columns):
            return f"{len(fields)} values where the header names {len(self.columns)}"
        for column, value in zip(self.columns, fields, strict=True):
            if not value.isascii() and any(ord(c) in _LONE_SURROGATES for c in value):
                return f"{column} is not UTF-8"
        return None


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
