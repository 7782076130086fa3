"""Text as people mean it: keys that ignore case, accents, width and punctuation."""

import re
import unicodedata

_ACCENTS = re.compile("[\u0300-\u036f]")
"""Marks of Latin, Greek and Cyrillic; those that make another kana or vowel are left."""
_GAPS = re.compile(r"[\W_]+")
_HALVES = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs, which JSON can carry and no database can keep."""


def normalise(text: str) -> str:
    """Key for matching and search: no accents, casefolded, words by single spaces.

    A text of marks and punctuation alone ("???", "´") keeps its casefolded form, so no key is
    empty unless the text is blank.
    """
    text = _HALVES.sub("", text)
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))
    words = _GAPS.sub(" ", plain.casefold().replace("'", "").replace("’", "")).strip()
    return words or " ".join(text.casefold().split())


def is_sound(text: str) -> bool:
    """Whether a database can keep it: no half of a surrogate pair is in it."""
    return _HALVES.search(text) is None
