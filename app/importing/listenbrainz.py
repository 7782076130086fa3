"""Reader of a ListenBrainz export: a zip of JSON lines by month, one such file, or a list."""

import hashlib
import math
import re
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.errors import ImportRefused, InvalidInput
from app.importing import fields
from app.importing.archive import Entry, entries
from app.importing.json_files import json_part
from app.importing.json_text import Item, text_of
from app.importing.recordings import MBID, ids_elsewhere, seconds_of
from app.importing.rows import OWNER, ListenRow, Part, PlayRow, TrackRow
from app.matching import Recording
from app.models.catalog import MAX_TITLE

SOURCE = "listenbrainz"
_LISTENS = re.compile(r"(?:.*/)?listens(?:/.*)?\.jsonl")
_MONTH = re.compile(r"(\d+)")


def open_parts(_stack: ExitStack, path: Path, now: datetime) -> list[Part]:
    """Raises ImportRefused where the file holds no listens."""
    inside = entries(path)
    wanted = [entry for entry in inside if _LISTENS.fullmatch(entry.name)]
    if not wanted and len(inside) == 1:
        wanted = inside
    if not wanted:
        reason = "it holds no listens/….jsonl: is it ListenBrainz's own export?"
        raise ImportRefused(file=path.name, reason=reason)
    return [json_part(entry, _listen, now) for entry in sorted(wanted, key=_by_month)]


def _by_month(entry: Entry) -> list[int]:
    """Files are named by the month's number, without a zero before it."""
    return [int(number) for number in _MONTH.findall(entry.name)[-2:]]


def _listen(item: Item, now: datetime) -> PlayRow:
    moment = _moment(item.value.get("listened_at"), now)
    about = _table(item.value.get("track_metadata"))
    more = _table(about.get("additional_info"))
    title = fields.present("track_name", text_of(about.get("track_name")), MAX_TITLE)
    artist = fields.present("artist_name", text_of(about.get("artist_name")), MAX_TITLE)
    track = TrackRow(
        external_id=_msid(item.value, about, more) or _made_up(title, artist),
        title=title,
        artist=artist,
        album=text_of(about.get("release_name"))[:MAX_TITLE] or None,
        duration_seconds=seconds_of(more),
        also=ids_elsewhere(more),
    )
    return PlayRow(track, ListenRow(OWNER, track.external_id, moment, line=item.number))


def _moment(value: object, now: datetime) -> datetime:
    """Seconds since 1970; the database it comes from writes them with a fraction."""
    # Of an integer nothing is asked that a float must hold: it may have hundreds of digits.
    if type(value) is not int and not (isinstance(value, float) and math.isfinite(value)):
        raise InvalidInput("listened_at", f"must be seconds since 1970, is {value!r:.40}")
    try:
        read = datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError) as error:
        problem = f"{value!r:.40} does not lie between 1970 and now"
        raise InvalidInput("listened_at", problem) from error
    return fields.past("listened_at", read, now, repr(value))


def _msid(*places: dict[str, Any]) -> str | None:
    """The id that ListenBrainz gives to a pair of names; older exports have it elsewhere."""
    found = (text_of(place.get("recording_msid")).lower() for place in places)
    return next((text for text in found if MBID.fullmatch(text)), None)


def _made_up(title: str, artist: str) -> str:
    said = hashlib.sha256(f"{artist}\n{title}".encode()).hexdigest()
    return f"{Recording.of(title, artist).key}-{said[:16]}"


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
