"""What of a text is looked up: words and, in scripts that set no blanks, pairs of characters."""

import re
from collections.abc import Iterator, Sequence

from app.text import normalise

MAX_TEXT = 200
"""Characters of a search that are looked at; no title is found by more."""
_MAX_WORDS = 8
"""Words of a search that are looked at; more never helped anyone find a song."""
_MAX_RUN = 16
"""Characters of a word without blanks around it that are looked at."""
_UNSPACED = re.compile("[\u2e80-\U0010ffff]+")
"""From CJK radicals on: in these scripts a name is found from any of its characters."""


def words_of(key: str) -> Sequence[str]:
    """The words of a normalised text; '夏なん' is its pairs '夏な' and 'なん', and its end 'ん'."""
    if key.isascii() or not _UNSPACED.search(key):
        return key.split()
    return [word for run in _runs(key) for word in _pairs(run)]


def beginnings_of(text: str) -> list[str]:
    """The beginnings of words that a search asks for, each once."""
    words: list[str] = []
    for run in normalise(text[:MAX_TEXT]).split()[:_MAX_WORDS]:
        for part in _runs(run):
            if _UNSPACED.match(part) and len(part) > 1:
                words += _pairs(part[:_MAX_RUN])[:-1]
            else:
                words.append(part)
    return list(dict.fromkeys(words))


def _runs(key: str) -> Iterator[str]:
    """Words, cut where a script that sets no blanks begins or ends."""
    for word in key.split():
        at = 0
        for run in _UNSPACED.finditer(word):
            if at < run.start():
                yield word[at : run.start()]
            yield run.group()
            at = run.end()
        if at < len(word):
            yield word[at:]


def _pairs(run: str) -> list[str]:
    if not _UNSPACED.match(run):
        return [run]
    return [run[at : at + 2] for at in range(len(run))]
