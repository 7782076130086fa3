"""Show why a search found something: the beginnings of words that were asked for."""

import re

from markupsafe import Markup, escape

from app.text import normalise

_WORDS = re.compile(r"(\s+)")


def marked(text: str, query: str) -> Markup:
    """The text with `<mark>` around what the words of the query begin."""
    wanted = normalise(query).split()
    return Markup().join(_marked_word(word, wanted) for word in _WORDS.split(text))


def _marked_word(word: str, wanted: list[str]) -> Markup:
    length = max((_length_of(beginning, word) for beginning in wanted), default=0)
    if not length:
        return escape(word)
    return Markup("<mark>{}</mark>{}").format(word[:length], word[length:])


def _length_of(beginning: str, word: str) -> int:
    """How many characters of the word spell that beginning; 0 where it begins otherwise."""
    if not normalise(word).startswith(beginning):
        return 0
    spelled = (n for n in range(1, len(word) + 1) if normalise(word[:n]) == beginning)
    return max(spelled, default=0)
