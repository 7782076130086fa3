"""Ranges of an algorithm's settings, checked by name."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.errors import InvalidInput, InvalidReason


class Range(NamedTuple):
    """What a number may be, ends included; `whole` ones are int."""

    least: float
    most: float
    whole: bool = False


Ranges = Mapping[str, Range]


def check(algorithm: str, settings: Mapping[str, Any], ranges: Ranges) -> None:
    """Raises InvalidInput naming what is unknown or out of its range."""
    for name, value in settings.items():
        if name not in ranges:
            known = f"knows only {', '.join(ranges)}" if ranges else "has no settings"
            raise InvalidInput(str(name), f"{algorithm} {known}")
        least, most, whole = ranges[name]
        kind = int if whole else int | float
        if isinstance(value, bool) or not isinstance(value, kind) or not least <= value <= most:
            problem = f"must be a number from {least} to {most}, is {value!r}"
            ends = {"given": value, "least": least, "most": most}
            raise InvalidInput(name, problem, InvalidReason.OUT_OF_RANGE, **ends)
