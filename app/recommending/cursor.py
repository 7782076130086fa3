"""Where a radio is: its seed, when it began, and what it has queued, in one text.

The client keeps it, so a radio needs no row, goes on after a restart, and on every server.
"""

import base64
import binascii
import random
import struct
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

import numpy as np

from app.errors import InvalidInput, InvalidReason
from app.models.columns import utc_now

MEMORY = 300
"""Tracks that do not come again: about twenty hours."""
_LONGEST = 4096
_HEAD = struct.Struct("<II")
_LARGEST = 2**31 - 1
_PROBLEM = InvalidInput(
    "after", "must be a cursor of a radio, as it was given", InvalidReason.WRONG_CURSOR
)


class SeedKind(StrEnum):
    TRACK = "track"
    ARTIST = "artist"
    LIST = "list"
    PLAYLIST = "playlist"


@dataclass(frozen=True, slots=True)
class Seed:
    """What a radio starts from: the number of a track, artist or playlist, or a list's id."""

    kind: SeedKind
    key: int | str

    @classmethod
    def parse(cls, text: str, field: str = "seed") -> Self:
        """`track-12`, `artist-3`, `playlist-7`, `list-` and its UUID. Raises InvalidInput."""
        kind, _, key = text.partition("-")
        try:
            return cls(SeedKind(kind), str(UUID(key)) if kind == SeedKind.LIST else _number(key))
        except ValueError:
            problem = (
                "must be like track-12, artist-3, playlist-7 or list- and the id of a served list"
            )
            raise InvalidInput(field, problem, InvalidReason.WRONG_ID, kind="seed") from None

    def __str__(self) -> str:
        return f"{self.kind.value}-{self.key}"


@dataclass(frozen=True, slots=True)
class Cursor:
    seed: Seed
    began_at: datetime
    """Whole seconds."""
    nonce: int
    """Drawn at the start: it makes each radio of a seed another one."""
    queued: tuple[int, ...] = ()
    """Ids of the tracks queued so far, the last MEMORY of them, in order."""

    @classmethod
    def start(cls, seed: Seed) -> Self:
        return cls(seed, utc_now().replace(microsecond=0), random.getrandbits(32))

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises InvalidInput for anything that was never given out."""
        if len(text) > _LONGEST:
            raise _PROBLEM
        try:
            seed, rest = base64.urlsafe_b64decode(text.encode()).split(b"\0", 1)
            second, nonce = _HEAD.unpack(rest[: _HEAD.size])
            queued = np.frombuffer(rest[_HEAD.size :], "<u4")
            began_at = datetime.fromtimestamp(second, UTC)
            read = cls(Seed.parse(seed.decode()), began_at, nonce, tuple(queued.tolist()))
        except (ValueError, binascii.Error, struct.error, InvalidInput):
            raise _PROBLEM from None
        if max(read.queued, default=0) > _LARGEST or len(read.queued) > MEMORY:
            raise _PROBLEM
        return read

    def after(self, queued: list[int]) -> Self:
        """The cursor behind these."""
        return replace(self, queued=(*self.queued, *queued)[-MEMORY:])

    def __str__(self) -> str:
        head = _HEAD.pack(int(self.began_at.timestamp()), self.nonce)
        queued = np.array(self.queued, "<u4").tobytes()
        return base64.urlsafe_b64encode(f"{self.seed}\0".encode() + head + queued).decode()


def _number(text: str) -> int:
    """Raises ValueError for anything but an id."""
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= _LARGEST):
        raise ValueError(text)
    return int(text)
