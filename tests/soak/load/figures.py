"""What a load came to: requests by name, how slow the slowest were over time, listens kept."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

PARTS = 4
_LOUD = {"error", "critical"}


@dataclass(frozen=True, slots=True)
class Request:
    at: float
    """When it was answered, in seconds since 1970."""
    name: str
    ms: float
    error: str | None
    key: str | None = None
    """Of a listen."""


def read(path: Path) -> list[Request]:
    return [Request(**json.loads(line)) for line in path.read_text().splitlines()]


def p99(requests: Sequence[Request]) -> float:
    return float(np.quantile([each.ms for each in requests], 0.99))


def table(requests: Sequence[Request]) -> Iterator[str]:
    """A line for each name."""
    yield f"{'':<16} {'requests':>8} {'median ms':>10} {'p99 ms':>8} {'errors':>7}"
    for name, count in Counter(each.name for each in requests).most_common():
        mine = [each for each in requests if each.name == name]
        middle, errors = np.median([each.ms for each in mine]), sum(bool(e.error) for e in mine)
        yield f"{name:<16} {count:>8,} {middle:>10.0f} {p99(mine):>8.0f} {errors:>7}"


def by_parts(requests: Sequence[Request], parts: int = PARTS) -> list[list[Request]]:
    """The same, cut into parts of equal time."""
    edges = np.linspace(requests[0].at, requests[-1].at, parts + 1)[1:-1]
    places = np.searchsorted(edges, [each.at for each in requests], side="right")
    return [
        [each for each, place in zip(requests, places, strict=True) if place == part]
        for part in range(parts)
    ]


def errors_in_logs(folder: Path) -> list[str]:
    """What our processes wrote down as an error, or died of."""
    return [
        f"{path.stem}: {line}"
        for path in sorted(folder.glob("*.log"))
        for line in path.read_text(errors="replace").splitlines()
        if line.startswith("Traceback") or _level(line) in _LOUD
    ]


def _level(line: str) -> Any:
    """None for what is no line of ours."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said.get("level") if isinstance(said, dict) else None
