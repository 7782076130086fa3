"""Reader of YouTube Music's part of a watch history from Google Takeout: its zip, or the list.

The entries carry the videos' ids, so that what is imported can be played at once.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.errors import ImportRefused, InvalidInput
from app.importing import fields
from app.importing.archive import Entry, entries
from app.importing.json_files import items_of, json_part
from app.importing.json_text import Item, text_of
from app.importing.rows import OWNER, ListenRow, Part, PassedOver, PlayRow, TrackRow
from app.models.catalog import MAX_TITLE
from app.text import normalise

SOURCE = "youtube"
_HEADER = "YouTube Music"
_ENGLISH = "Watched "
_LOOKED_AT = 300
"""Entries by which the words around a title are told from the titles."""
_ENOUGH = 5
"""Titles that must differ before what they share is taken for words around them."""
_TOPIC = re.compile(r"\s+-\s+Topic$")
_CHANNEL = re.compile(r"\s*(?:VEVO|Official(?: Artist Channel)?|Music)$", re.IGNORECASE)
_NOISE = re.compile(
    r"\s*[(\[](?:(?:the )?official[^()\[\]]*|lyrics?(?: video)?|music video|video|audio|"
    r"visuali[sz]er|hd|hq|4k)[)\]]",
    re.IGNORECASE,
)
_MAYBE_OTHER = {"search", "suche", "recherche", "buscar"}


def open_parts(_stack: ExitStack, path: Path, now: datetime) -> list[Part]:
    """Raises ImportRefused where the file holds no watch history in JSON."""
    inside = entries(path)
    wanted = [entry for entry in inside if _is_history(entry)]
    if not wanted and len(inside) == 1 and inside[0].suffix != ".html":
        wanted = inside
    if not wanted:
        raise ImportRefused(file=path.name, reason=_missing(inside))
    return [json_part(entry, partial(_watched, _Words.of(entry)), now) for entry in wanted]


def _is_history(entry: Entry) -> bool:
    """Takeout names files in the account's language; the folder's name begins with YouTube."""
    path = PurePosixPath(entry.name)
    if path.name == "watch-history.json":
        return True
    other = any(word in path.name.lower() for word in _MAYBE_OTHER)
    return path.suffix == ".json" and "YouTube" in entry.name and not other


def _missing(inside: list[Entry]) -> str:
    if any(entry.suffix == ".html" for entry in inside):
        return (
            "it holds the history as HTML: at takeout.google.com choose YouTube, "
            "“Multiple formats”, and JSON for the history"
        )
    return "it holds no watch-history.json"


class _Words:
    """What stands before and after each title, in the language of the account."""

    def __init__(self, before: str = _ENGLISH, after: str = "") -> None:
        self.before, self.after = before, after

    @classmethod
    def of(cls, entry: Entry) -> "_Words":
        """As the first entries share it. Raises ImportRefused as reading does."""
        titles = list(islice(_titles(entry), _LOOKED_AT))
        in_english = all(title.startswith(_ENGLISH) for title in titles)
        if in_english or len(set(titles)) < _ENOUGH:
            return cls()
        before = re.sub(r"[^\s「“«\"]*$", "", _shared(titles))
        after = _shared([title[::-1] for title in titles])[::-1]
        return cls(before, re.sub(r"^[^\s」”»\"]*", "", after))

    def taken_off(self, title: str) -> str:
        return title.removeprefix(self.before).removesuffix(self.after).strip()


def _shared(titles: list[str]) -> str:
    """What all of them begin with."""
    first, last = min(titles), max(titles)
    differ = (place for place, sign in enumerate(first) if last[place : place + 1] != sign)
    return first[: next(differ, len(first))]


def _titles(entry: Entry) -> Iterator[str]:
    with entry.open() as stream:
        for item in items_of(entry, stream):
            if item.value.get("header") == _HEADER and item.value.get("subtitles"):
                yield text_of(item.value.get("title"))


def _watched(words: _Words, item: Item, now: datetime) -> PlayRow | PassedOver:
    value = item.value
    if value.get("header") != _HEADER:
        return PassedOver()  # a film, an advertisement, a page
    video = _video(text_of(value.get("titleUrl")))
    moment = fields.moment("time", text_of(value.get("time")), now)
    title = words.taken_off(text_of(value.get("title")))
    channel = _channel(value.get("subtitles"))
    if not channel or title.startswith(("http://", "https://")):
        raise InvalidInput("title", "its video is gone, and its name with it")
    artist, title = _named(channel, title)
    track = TrackRow(
        external_id=video,
        title=fields.present("title", title, MAX_TITLE),
        artist=fields.present("subtitles", artist, MAX_TITLE),
        youtube_id=video,
    )
    return PlayRow(track, ListenRow(OWNER, video, moment, line=item.number))


def _video(url: str) -> str:
    try:
        found = parse_qs(urlsplit(url).query).get("v", [""])[0]
    except ValueError:
        found = ""
    if not fields.YOUTUBE_ID.fullmatch(found):
        raise InvalidInput("titleUrl", f"{url[: fields.SHOWN]!r} names no video")
    return found


def _channel(subtitles: Any) -> str:
    first = subtitles[0] if isinstance(subtitles, list) and subtitles else None
    return text_of(first.get("name")) if isinstance(first, dict) else ""


def _named(channel: str, title: str) -> tuple[str, str]:
    """Artist and title. Of a "Topic" channel both are the label's own; others are as people do."""
    if _TOPIC.search(channel):
        return _TOPIC.sub("", channel), title
    artist = _CHANNEL.sub("", channel) or channel
    title = _NOISE.sub("", title) or title
    left, dash, right = title.partition(" - ")
    if dash and _letters(left) == _letters(artist):
        return left.strip(), right.strip() or title
    return artist, title


def _letters(name: str) -> str:
    return normalise(name).replace(" ", "")
