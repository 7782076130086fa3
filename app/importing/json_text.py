"""Items of a JSON list or of JSON lines, one at a time; broken ones are told apart."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, BinaryIO

from app.errors import ImportRefused
from app.text import is_sound

_CHUNK = 1 << 18
"""Characters that are read at once."""
_MAX_ITEM = 1 << 20
"""Characters. An item that is not over by then is given up, so that no file fills the memory."""
_SHOWN = 300
"""Characters of a broken item that are shown."""
_BLANKS = re.compile(r"\s*")
_BETWEEN = re.compile(r"[\s,]*")
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")
"""Where, after something broken, the next item probably begins."""
_OVERLAP = 64
_DECODER = json.JSONDecoder()
_BROKEN = (ValueError, RecursionError)
"""ValueError also for a number of thousands of digits."""


@dataclass(frozen=True, slots=True)
class Item:
    """An object of the list, or what is wrong with it."""

    number: int
    """Counted from 1; in JSON lines, that of the line."""
    value: dict[str, Any]
    fault: str | None = None
    text: str = ""
    """Of a broken item, its beginning."""


def list_items(stream: BinaryIO, file: str) -> Iterator[Item]:
    """Objects of a JSON list. Raises ImportRefused where the file is none."""
    with _decoded(stream) as decoded:
        text = _Buffer(decoded)
        text.skip(_BLANKS)
        if text.next_sign() != "[":
            raise ImportRefused(file=file, reason="it is no JSON list: it must begin with [")
        text.position += 1
        item: Item | None = None
        for number in count(1):
            text.skip(_BETWEEN)
            sign = text.next_sign()
            if sign is None and (item is None or item.fault is None):
                yield Item(number, {}, "the file breaks off here: it has no end")
            if sign in {None, "]"}:
                return
            item = _item(number, *text.take())
            yield item


def line_items(stream: BinaryIO) -> Iterator[Item]:
    """The object of each line; empty lines are passed over."""
    with _decoded(stream) as lines:
        for number in count(1):
            line = lines.readline(_MAX_ITEM)
            if not line:
                return
            if len(line) == _MAX_ITEM and not line.endswith("\n"):
                _read_to_end_of_line(lines)
                yield Item(number, {}, f"is longer than {_MAX_ITEM:,} characters", line[:_SHOWN])
            elif line.strip():
                yield _line(number, line)


def _read_to_end_of_line(lines: io.TextIOWrapper) -> None:
    while (rest := lines.readline(_MAX_ITEM)) and not rest.endswith("\n"):
        pass


def _line(number: int, line: str) -> Item:
    try:
        return _item(number, json.loads(line), None, line)
    except _BROKEN as error:
        return _item(number, None, f"is no JSON: {error}", line)


def _item(number: int, value: Any, fault: str | None, text: str) -> Item:
    if fault is None and not isinstance(value, dict):
        fault = "is no JSON object"
    shown = text[:_SHOWN].strip()
    return Item(number, {}, fault, shown) if fault else Item(number, value, text=shown)


def text_of(value: Any) -> str:
    """The text, without blanks around it; nothing for anything but sound text."""
    if not isinstance(value, str) or not is_sound(value):
        return ""
    return value.strip()


class _Buffer:
    """A window of the text, moved on as it is read."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._window = ""
        self._at_end = False
        self.position = 0

    def skip(self, pattern: re.Pattern[str]) -> None:
        while True:
            match = pattern.match(self._window, self.position)
            self.position = match.end() if match else self.position
            if self.position < len(self._window) or not self._read_on():
                return

    def next_sign(self) -> str | None:
        """None at the end of the file."""
        if self.position == len(self._window):
            return None
        return self._window[self.position]

    def take(self) -> tuple[Any, str | None, str]:
        """The value that begins here and its text, or what is wrong with it."""
        while True:
            start = self.position
            try:
                value, end = _DECODER.raw_decode(self._window, start)
            except _BROKEN as error:
                if len(self._window) - start < _MAX_ITEM and self._read_on():
                    continue
                shown = self._window[self.position : self.position + _SHOWN]
                self._pass_broken()
                return None, f"is no JSON: {_without_place(error)}", shown
            self.position = end
            return value, None, self._window[start : min(end, start + _SHOWN)]

    def _pass_broken(self) -> None:
        """Move to where the next item probably begins, or to the end."""
        while True:
            if match := _NEXT.search(self._window, self.position):
                self.position = match.end()
                return
            self.position = max(self.position, len(self._window) - _OVERLAP)
            if not self._read_on():
                self.position = len(self._window)
                return

    def _read_on(self) -> bool:
        """Forget what is behind and read more; whether there was more."""
        if self._at_end:
            return False
        more = self._text.read(_CHUNK)
        self._at_end = not more
        self._window = self._window[self.position :] + more
        self.position = 0
        return bool(more)


def _decoded(stream: BinaryIO) -> io.TextIOWrapper:
    # surrogateescape keeps each broken byte recognisable, so that only its item is rejected.
    return io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape")


def _without_place(error: Exception) -> str:
    """Lines and columns are those of our window, not of the file."""
    return getattr(error, "msg", None) or str(error)
