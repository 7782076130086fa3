"""What the readers of JSON share: a file's items become rows, one by one."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import BinaryIO

from app.errors import InvalidInput
from app.importing.archive import Entry
from app.importing.json_text import Item, line_items, list_items
from app.importing.rows import Holds, Part, PassedOver, PlayRow, Rejected

ReadItem = Callable[[Item, datetime], PlayRow | PassedOver]
"""Raises InvalidInput for an item that cannot be taken."""


def json_part(entry: Entry, read: ReadItem, now: datetime) -> Part:
    """A file that holds a list, or an object a line where its name says so."""
    file = _JsonFile(entry)
    return Part(entry.name, Holds.PLAYS, entry.size, file.rows(read, now), file.bytes_read)


def items_of(entry: Entry, stream: BinaryIO) -> Iterator[Item]:
    if entry.suffix == ".jsonl":
        return line_items(stream)
    return list_items(stream, entry.name)


class _JsonFile:
    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self._stream: BinaryIO | None = None

    def bytes_read(self) -> int:
        if self._stream is None:
            return 0
        return self.entry.size if self._stream.closed else self._stream.tell()

    def rows(self, read: ReadItem, now: datetime) -> Iterator[PlayRow | PassedOver | Rejected]:
        with self.entry.open() as stream:
            self._stream = stream
            for item in items_of(self.entry, stream):
                if item.fault is not None:
                    yield self._rejected(item, item.fault)
                    continue
                try:
                    yield read(item, now)
                except InvalidInput as error:
                    yield self._rejected(item, str(error))

    def _rejected(self, item: Item, reason: str) -> Rejected:
        return Rejected(self.entry.name, item.number, reason, item.text)
