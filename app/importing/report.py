"""What an import did: counts, and a file of what it could not take."""

import csv
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from app.importing.rows import Rejected

_VALUES = re.compile(r"'[^']*'|\d+")
"""What differs between faults of one kind."""


@dataclass(slots=True)
class Counts:
    """Of one file or of all."""

    read: int = 0
    loaded: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class ImportReport:
    import_id: int
    tracks: Counts
    listens: Counts
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
    _stream: IO[str] | None = None
    _writer: Any = None

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()

    def add(self, rejected: Rejected) -> None:
        if self._stream is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._stream = self.path.open("w", newline="", encoding="utf-8")
            self._writer = csv.writer(self._stream)
            self._writer.writerow(["file", "line", "what", "reason", "row"])
        what = "row rejected" if rejected.whole else "value left out"
        self._writer.writerow([rejected.file, rejected.line, what, rejected.reason, rejected.text])
        self.reasons[_VALUES.sub("…", rejected.reason)] += 1

    @property
    def written(self) -> Path | None:
        return self.path if self._stream is not None else None
