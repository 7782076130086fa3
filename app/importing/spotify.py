"""Reader of Spotify's extended streaming history: a zip of lists of streams, or one of the lists.

A stream tells when it ended and how long it was played; a listen is kept by when it began.
"""

import re
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from app.errors import ImportRefused, InvalidInput
from app.importing import fields
from app.importing.archive import Entry, entries
from app.importing.json_files import json_part
from app.importing.json_text import Item, text_of
from app.importing.rows import OWNER, ListenRow, Part, PassedOver, PlayRow, TrackRow
from app.models.catalog import MAX_TITLE

SOURCE = "spotify"
LEAST_SECONDS = 30
"""A shorter stream is no listen; it is a skip where the listener went on to something else."""
_EXTENDED = re.compile(r"(Streaming_History_(Audio|Video)|endsong)[^/]*\.json", re.IGNORECASE)
_OF_A_YEAR = re.compile(r"StreamingHistory[^/]*\.json", re.IGNORECASE)
_URI = re.compile(r"spotify:track:([A-Za-z0-9]{22})")
_WENT_ON = {"fwdbtn", "backbtn", "clickrow", "nextbtn", "clickside"}
"""Values of `reason_end` by which the listener chose another track."""
_MAX_MILLISECONDS = 24 * 3600 * 1000


def open_parts(_stack: ExitStack, path: Path, now: datetime) -> list[Part]:
    """Raises ImportRefused where the file holds no extended history."""
    inside = entries(path)
    names = {entry.name: PurePosixPath(entry.name).name for entry in inside}
    wanted = [entry for entry in inside if _EXTENDED.fullmatch(names[entry.name])]
    if not wanted and len(inside) == 1 and not _OF_A_YEAR.fullmatch(names[inside[0].name]):
        wanted = inside
    if not wanted:
        raise ImportRefused(file=path.name, reason=_missing(list(names.values())))
    return [json_part(entry, _stream, now) for entry in _in_order(wanted)]


def _missing(names: list[str]) -> str:
    if any(_OF_A_YEAR.fullmatch(name) for name in names):
        return (
            "it is the account data of one year, which does not say when a track began: ask "
            "Spotify for the extended streaming history instead"
        )
    return "it holds no Streaming_History_Audio_….json: ask for the extended streaming history"


def _in_order(found: list[Entry]) -> list[Entry]:
    return sorted(found, key=lambda entry: entry.name)


def _stream(item: Item, now: datetime) -> PlayRow | PassedOver:
    value = item.value
    if "ts" not in value and "endTime" in value:
        raise InvalidInput("ts", "is missing: this is the account data of one year")
    uri, title = text_of(value.get("spotify_track_uri")), value.get("master_metadata_track_name")
    if not uri and title is None:
        return PassedOver()  # a podcast, an audiobook, a file of the listener's own
    milliseconds = value.get("ms_played")
    if type(milliseconds) is not int or not 0 <= milliseconds <= _MAX_MILLISECONDS:
        raise InvalidInput("ms_played", f"must be milliseconds, is {milliseconds!r:.40}")
    went_on = text_of(value.get("reason_end")) in _WENT_ON
    short = milliseconds < LEAST_SECONDS * 1000
    if value.get("incognito_mode") is True or (short and not went_on):
        return PassedOver()
    ended = fields.moment("ts", text_of(value.get("ts")), now)
    track = _track(value, uri)
    seconds = milliseconds // 1000
    began = ended - timedelta(seconds=seconds)
    name, line = track.external_id, item.number
    listen = ListenRow(OWNER, name, began, line=line, is_skip=short, seconds=seconds)
    return PlayRow(track, listen)


def _track(value: dict[str, object], uri: str) -> TrackRow:
    known = _URI.fullmatch(uri)
    if known is None:
        raise InvalidInput("spotify_track_uri", f"{uri[: fields.SHOWN]!r} names no track")
    title, artist = (
        fields.present(field, text_of(value.get(field)), MAX_TITLE)
        for field in ("master_metadata_track_name", "master_metadata_album_artist_name")
    )
    album = text_of(value.get("master_metadata_album_album_name"))
    return TrackRow(known[1], title, artist, album[:MAX_TITLE] or None)
