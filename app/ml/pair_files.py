"""Files of listener–item pairs, as benchmarks exchange them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.errors import InvalidInput
from app.ml.interactions import Interactions
from app.ml.weighting import Doings

FORMATS = ("adjacency", "triplets")
_SEPARATORS = ("\t", "::", ",", ";", "|")
_PAIR = 2
"""Fields of a triplet without its value."""

Pair = tuple[str, str, float]


class Names:
    """Numbers for names, in the order of their first mention; shared by the files of a run."""

    def __init__(self) -> None:
        self.listeners: dict[str, int] = {}
        self.items: dict[str, int] = {}

    def interactions(self, path: Path, layout: str) -> Interactions:
        """The pairs of a file, values as play counts; pairs named twice are added up.

        adjacency: a line `user item item …`. triplets: `user item value`, or `user item` for a
        value of 1, divided by any separator, with or without a header; values of 0 or less say
        nothing. Raises InvalidInput naming the file and line that cannot be read.
        """
        if layout not in FORMATS:
            raise InvalidInput("format", f"must be one of {', '.join(FORMATS)}, is {layout!r}")
        read = _adjacency if layout == "adjacency" else _triplets
        return self._numbered(read(path), self.listeners)

    def tags(self, path: Path) -> Interactions:
        """Lines `item tag count`, read like triplets; tag n becomes listener -1 - n."""
        turned = ((tag, item, count) for item, tag, count in _triplets(path))
        found = self._numbered(turned, {})
        return replace(found, listener_ids=-1 - found.listener_ids)

    def _numbered(self, pairs: Iterator[Pair], listeners: dict[str, int]) -> Interactions:
        rows, columns, values = [], [], []
        for user, item, value in pairs:
            if value > 0:
                rows.append(listeners.setdefault(user, len(listeners)))
                columns.append(self.items.setdefault(item, len(self.items)))
                values.append(value)
        return _summed(rows, columns, values)


def _summed(rows: list[int], columns: list[int], values: list[float]) -> Interactions:
    """Ordered by listener, then item."""
    pairs = np.array([rows, columns], dtype=np.int64).reshape(2, -1)
    kept, inverse = np.unique(pairs, axis=1, return_inverse=True)
    plays = np.bincount(inverse.ravel(), values, kept.shape[1]).astype(np.float32)
    nothing = np.zeros_like(plays)
    return Interactions(kept[0], kept[1], Doings(plays, nothing, nothing))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as stream:
            for number, line in enumerate(stream, start=1):
                if stripped := line.strip("\r\n "):
                    yield number, stripped
    except OSError as error:
        raise InvalidInput("file", f"{path} cannot be read: {error.strerror}") from error


def _adjacency(path: Path) -> Iterator[Pair]:
    for _, line in _lines(path):
        user, *items = line.split()
        for item in items:
            yield user, item, 1.0


def _triplets(path: Path) -> Iterator[Pair]:
    divide = None
    for number, line in _lines(path):
        if divide is None:
            divide = _divider(line)
        fields = [field.strip() for field in divide.split(line)]
        if len(fields) < _PAIR:
            raise InvalidInput("file", f"{path}, line {number}: {line!r} has no user and item")
        try:
            value = float(fields[2]) if len(fields) > _PAIR else 1.0
        except ValueError as error:
            if number == 1:
                continue  # a header
            problem = f"{path}, line {number}: {fields[2]!r} is no number"
            raise InvalidInput("file", problem) from error
        yield fields[0], fields[1], value


def _divider(line: str) -> re.Pattern[str]:
    """What divides the fields of a file that begins with this line."""
    found = next((separator for separator in _SEPARATORS if separator in line), None)
    return re.compile(re.escape(found) if found else r"\s+")
