"""Whether two names mean one recording: keys that forgive spelling, never another meaning.

Wrongly merging two songs is worse than keeping a song twice. docs/importing.md says the rules,
and a test holds that page to this code.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from app.text import normalise

_KEY_LENGTH = 32
"""Characters: half a SHA-256 in hexadecimal."""
SECONDS_APART = 15
"""Recordings whose durations differ by more are two: a radio edit, a live version."""

_REMASTER = (
    r"(?:(?:\d{4}|digital(?:ly)?)(?:\s+-)?\s+)*re-?master(?:ed)?"
    r"(?:\s+(?:version|edition))?(?:\s+(?:in\s+)?\d{4})?"
)
_REMASTERED = re.compile(
    rf"\s*[(\[]\s*{_REMASTER}\s*[)\]]|\s+[-–—]\s+{_REMASTER}\s*$", re.IGNORECASE
)
_GUESTS_IN_BRACKETS = re.compile(
    r"\s*[(\[]\s*(?:feat|ft|featuring)\b\.?\s*([^()\[\]]+)[)\]]", re.IGNORECASE
)
_GUESTS = re.compile(
    r"\s(?:feat\.|ft\.|featuring\s)\s*(.+?)(?=\s+[-–—]\s|\s*[(\[]|$)", re.IGNORECASE
)
_BETWEEN_GUESTS = re.compile(r"\s*(?:,|&|/|;|\band\b|\bx\b)\s*", re.IGNORECASE)
_SIGNS = re.compile(r"[^\w\s]")
_MEANT = {"Sm", "Sc", "So"}
_ALSO_MEANT = "%#@*"
"""Signs that tell titles apart, as in '+' and '÷'; punctuation and accents do not."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What a name says: the key to look it up by, and what must not contradict it."""

    key: str
    guests: frozenset[str]
    seconds: int | None = None

    @classmethod
    def of(cls, title: str, artist: str, seconds: int | None = None) -> "Recording":
        return cls(*_read(title, artist), seconds)

    def agrees(self, other: "Recording") -> bool:
        """The same key, no other guests, no other length; what only one of them tells is fine."""
        other_guests = self.guests and other.guests and self.guests != other.guests
        both = self.seconds is not None and other.seconds is not None
        apart = abs((self.seconds or 0) - (other.seconds or 0)) if both else 0
        return self.key == other.key and not other_guests and apart <= SECONDS_APART


@lru_cache(maxsize=4096)
def _read(title: str, artist: str) -> tuple[str, frozenset[str]]:
    """Key and guests. An import asks for those of a track more than once."""
    if "aster" in title.casefold():
        title = _REMASTERED.sub("", title) or title
    bare_title, in_title = _without_guests(title)
    bare_artist, beside = _without_guests(artist)
    text = f"{_plain(bare_artist)}\n{_plain(bare_title)}"
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return digest[:_KEY_LENGTH], in_title | beside


def _without_guests(text: str) -> tuple[str, frozenset[str]]:
    """The name without its "feat.", and who stood there."""
    folded = text.casefold()
    if "ft" not in folded and "feat" not in folded:
        return text, frozenset()
    named: list[str] = []
    for pattern in (_GUESTS_IN_BRACKETS, _GUESTS):
        named += pattern.findall(text)
        text = pattern.sub("", text) if pattern.sub("", text).strip() else text
    each = (normalise(guest) for names in named for guest in _BETWEEN_GUESTS.split(names))
    return text, frozenset(guest for guest in each if guest)


def _plain(text: str) -> str:
    return normalise(_SIGNS.sub(_spelled, text.replace("&", " and ")))


def _spelled(sign: re.Match[str]) -> str:
    """A sign that is meant, as a word."""
    meant = unicodedata.category(sign[0]) in _MEANT or sign[0] in _ALSO_MEANT
    return f" sign{ord(sign[0])} " if meant else sign[0]
