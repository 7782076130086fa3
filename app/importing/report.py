"""What an import did: counts, and a file of what it could not take."""

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from app.importing.rows import Holds, Rejected

_VALUES = re.compile(r"'[^']*'|\d+")
"""What differs between faults of one kind."""
MAX_BYTES = 64 * 2**20
"""What is rejected beyond so much is counted, and no longer written down: a small file can be
made of nothing but faults.
"""
_HEADER = ["file", "line", "what", "reason", "row"]
MAX_REASONS = 30
"""Kinds of faults that are counted one by one."""
OTHER_REASONS = "other reasons"


@dataclass(slots=True)
class Counts:
    """Of one file or of all."""

    read: int = 0
    loaded: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass(slots=True)
class Tally:
    """Of a whole import."""

    tracks: Counts = field(default_factory=Counts)
    listens: Counts = field(default_factory=Counts)
    tracks_added: int = 0
    passed_over: int = 0
    """Rows of nothing that belongs here, such as podcasts."""

    @property
    def read(self) -> int:
        return self.tracks.read + self.listens.read

    @property
    def loaded(self) -> int:
        return self.tracks.loaded + self.listens.loaded

    @property
    def unchanged(self) -> int:
        return self.tracks.unchanged + self.listens.unchanged

    @property
    def rejected(self) -> int:
        return self.tracks.rejected + self.listens.rejected

    def of_kind(self, holds: Holds) -> Counts:
        return self.tracks if holds is Holds.TRACKS else self.listens

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        """As `as_json` gave it; a new one for nothing."""
        rest = {name: value for name, value in kept.items() if name not in {"tracks", "listens"}}
        tracks, listens = (Counts(**kept.get(name, {})) for name in ("tracks", "listens"))
        return cls(tracks, listens, **rest)


@dataclass(frozen=True, slots=True)
class ImportReport:
    import_id: int
    tracks: Counts
    listens: Counts
    tracks_added: int
    passed_over: int
    reasons: dict[str, int]
    """How often each kind of fault came, values left out included."""
    rejected_file: Path | None


Progress = Callable[[str, float, Counts], None]
"""Called with the file's name, the share of it that was read, and what came of it so far."""


@dataclass(slots=True)
class RejectedFile:
    """Opened at the first rejection, so that a clean import leaves no file."""

    path: Path
    reasons: Counter[str] = field(default_factory=Counter)
    _stream: io.BufferedWriter | None = None

    def go_on(self, size: int, reasons: dict[str, int]) -> None:
        """Continue a file that was left at `size` bytes; what was written behind it is cut off."""
        self.reasons = Counter(reasons)
        if size:
            os.truncate(self.path, size)
            self._stream = self.path.open("ab")

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()

    def add(self, rejected: Rejected) -> None:
        if self._stream is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._stream = self.path.open("wb")
            self._write(_HEADER)
        if self._stream.tell() < MAX_BYTES:
            what = "row rejected" if rejected.whole else "value left out"
            self._write([rejected.file, rejected.line, what, rejected.reason, rejected.text])
        kind = _VALUES.sub("…", rejected.reason)
        known = kind in self.reasons or len(self.reasons) < MAX_REASONS
        self.reasons[kind if known else OTHER_REASONS] += 1

    @property
    def size(self) -> int:
        """Bytes that are in the file by now."""
        if self._stream is None:
            return 0
        self._stream.flush()
        return self._stream.tell()

    @property
    def written(self) -> Path | None:
        return self.path if self._stream is not None else None

    def _write(self, values: list[Any]) -> None:
        line = io.StringIO(newline="")
        csv.writer(line).writerow(values)
        if self._stream is not None:
            self._stream.write(line.getvalue().encode("utf-8", "replace"))
