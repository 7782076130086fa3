"""Draw a sleeve for a track that has no artwork: same artist and title, same sleeve.

An artist keeps one set of inks; a title gets its own form. The plain cut is the form alone,
for small pictures and where the name stands beside it.
"""

import hashlib
from html import escape
from typing import NamedTuple

from app.web.forms import FORMS, Marks

_SIDE = 400
_MARGIN = 28
_MOST_LINES = 2
_WALL_COLUMNS = 6
_WALL_ROWS = 4


class Inks(NamedTuple):
    ground: str
    form: str
    second: str
    type: str


INKS = [
    Inks("#14213b", "#e9e4d4", "#c8402f", "#e9e4d4"),
    Inks("#d9d6cb", "#1c1c1a", "#b8322a", "#1c1c1a"),
    Inks("#c43d26", "#1a1512", "#f0dfc0", "#f7ecd6"),
    Inks("#2c5d57", "#dfe6d0", "#0f2a29", "#eef2e2"),
    Inks("#e6b422", "#191713", "#b04a1d", "#191713"),
    Inks("#1b1c1f", "#8e9aa3", "#e2e0d8", "#e2e0d8"),
    Inks("#7d97a8", "#14232e", "#eae7dc", "#0f1b24"),
    Inks("#e8c9bf", "#7b2431", "#2d2f45", "#4a1019"),
    Inks("#3a4327", "#c9c38b", "#e27a3a", "#ece8c8"),
    Inks("#efece4", "#2456a6", "#1b1b1f", "#1b1b1f"),
    Inks("#51303a", "#e5a98c", "#1c1015", "#f5ddcf"),
    Inks("#b9c3b0", "#27352c", "#d65a31", "#18231c"),
    Inks("#101820", "#e3b23c", "#d94f30", "#f1ead6"),
    Inks("#cfd8dc", "#1f3a5f", "#c8963e", "#14243a"),
    Inks("#f1e3c6", "#a63d2f", "#20303c", "#20303c"),
    Inks("#243b53", "#f2c14e", "#d7dfe6", "#eef2f5"),
]


def sleeve(artist: str, title: str, *, plain: bool = False) -> str:
    """The SVG picture."""
    words = "" if plain else _words(artist, title, _inks(artist).type)
    box = "75 130 260 260" if plain else f"0 0 {_SIDE} {_SIDE}"
    return _svg(box, _picture(artist, title) + words)


def wall() -> str:
    """A wall of plain sleeves that belong to nobody, as one picture."""
    pictures = "".join(
        f'<svg x="{n % _WALL_COLUMNS * _SIDE}" y="{n // _WALL_COLUMNS * _SIDE}" width="{_SIDE}" '
        f'height="{_SIDE}" viewBox="50 110 290 290">{_picture(str(n), str(n))}</svg>'
        for n in range(_WALL_COLUMNS * _WALL_ROWS)
    )
    return _svg(f"0 0 {_WALL_COLUMNS * _SIDE} {_WALL_ROWS * _SIDE}", pictures)


def _svg(box: str, content: str) -> str:
    _, _, width, height = box.split()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" '
        f'width="{width}" height="{height}">{content}</svg>\n'
    )


def _picture(artist: str, title: str) -> str:
    marks, inks = _marks(f"{artist}\n{title}"), _inks(artist)
    form = FORMS[marks[29] % len(FORMS)](inks.form, inks.second, marks)
    return f'<rect width="{_SIDE}" height="{_SIDE}" fill="{inks.ground}"/>{form}'


def _inks(artist: str) -> Inks:
    return INKS[_marks(artist)[1] % len(INKS)]


def _marks(text: str) -> Marks:
    """32 numbers below 256 that follow from the text alone."""
    return list(hashlib.sha256(text.casefold().encode("utf-8", "replace")).digest())


def _words(artist: str, title: str, ink: str) -> str:
    lines = _lines(title, 17)
    size = min(38 if len(lines) == 1 else 34, _fitting(lines))
    leading = size + 2
    spans = "".join(
        f'<text x="{_MARGIN}" y="{54 + n * leading}" font-size="{size}" font-weight="700" '
        f'letter-spacing="-1">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )
    below = 54 + (len(lines) - 1) * leading + 29
    spans += f'<text x="{_MARGIN}" y="{below}" font-size="20">{escape(_cut(artist, 32))}</text>'
    return f'<g fill="{ink}" font-family="Helvetica Neue, Arial, sans-serif">{spans}</g>'


def _lines(text: str, width: int) -> list[str]:
    """The text broken at blanks into at most two lines, cut with an ellipsis."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1]}…"]
    return [_cut(line, 2 * width) for line in lines]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _fitting(lines: list[str]) -> int:
    """The largest type in which the longest line fits; wide scripts count double."""
    longest = max(sum(2 if sign >= "\u2e80" else 1 for sign in line) for line in lines)
    return int((_SIDE - 2 * _MARGIN) / (0.56 * max(longest, 1)))
