"""What ListenBrainz clients submit: JSON to scrobbles, or the refusal that they know."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from app.importing.recordings import ids_elsewhere, seconds_of
from app.listening import CLOCK_SKEW
from app.models.catalog import MAX_TITLE
from app.models.columns import utc_now
from app.models.listening import MAX_SOURCE
from app.scrobbling import Scrobble
from app.text import is_sound

MAX_LISTEN_SIZE = 10_240
"""Bytes of one listen, as the protocol has it."""
MAX_LISTENS_PER_REQUEST = 1_000
MAX_PAYLOAD_SIZE = MAX_LISTEN_SIZE * MAX_LISTENS_PER_REQUEST
EARLIEST = 1_033_430_400
"""The first second of October 2002, before which nothing was ever scrobbled."""
_TYPES = ("single", "playing_now", "import")
_VIDEO = re.compile(r"[\w-]{11}", re.ASCII)


class Refused(Exception):
    """An answer in the protocol's own form: a status and one sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def submission(body: bytes) -> tuple[str, list[Scrobble]]:
    """The listen type and what was listened to. Raises Refused."""
    if len(body) > MAX_PAYLOAD_SIZE:
        raise Refused(400, f"The JSON document is too large: at most {MAX_PAYLOAD_SIZE} bytes.")
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, f"Cannot parse JSON document: {error}") from error
    if not isinstance(told, dict) or not isinstance(told.get("payload"), list):
        raise Refused(400, "The JSON document must be an object with listen_type and payload.")
    kind, payload = told.get("listen_type"), told["payload"]
    if kind not in _TYPES:
        raise Refused(400, f"listen_type must be one of {', '.join(_TYPES)}.")
    if not payload:
        raise Refused(400, "JSON document does not contain any listens.")
    if len(payload) > (MAX_LISTENS_PER_REQUEST if kind == "import" else 1):
        most = MAX_LISTENS_PER_REQUEST if kind == "import" else 1
        raise Refused(400, f"Too many listens: at most {most} in a {kind} request.")
    return kind, [_scrobble(listen, kind) for listen in payload]


def _scrobble(listen: Any, kind: str) -> Scrobble:
    if not isinstance(listen, dict) or not isinstance(listen.get("track_metadata"), dict):
        raise Refused(400, "Each listen must be an object with track_metadata.")
    if _size(listen) > MAX_LISTEN_SIZE:
        raise Refused(400, f"A listen is too large: at most {MAX_LISTEN_SIZE} bytes.")
    told = listen["track_metadata"]
    more = {} if told.get("additional_info") is None else told["additional_info"]
    if not isinstance(more, dict):
        raise Refused(400, "additional_info must be an object.")
    return Scrobble(
        title=_required(told, "track_name"),
        artist=_required(told, "artist_name"),
        listened_at=_moment(listen, kind),
        album=_text(told.get("release_name")) or None,
        seconds=seconds_of(more),
        youtube_id=_video(more.get("origin_url")),
        also=ids_elsewhere(more),
        client=_client(more),
    )


def _size(listen: Any) -> int:
    """Bytes as JSON. Raises Refused for what is nested deeper than any listen is."""
    try:
        return len(orjson.dumps(listen))
    except TypeError as error:
        raise Refused(400, "A listen is nested too deeply.") from error


def _required(told: dict[str, Any], field: str) -> str:
    text = _text(told.get(field))
    if not text:
        raise Refused(400, f"track_metadata.{field} must be a text that is not empty.")
    return text


def _text(value: Any) -> str:
    """Blanks around it gone, cut to what a title may have; nothing where it is no text."""
    if not isinstance(value, str) or not is_sound(value):
        return ""
    return value.strip()[:MAX_TITLE].strip()


def _moment(listen: dict[str, Any], kind: str) -> datetime | None:
    told = listen.get("listened_at")
    if kind == "playing_now":
        if told is not None:
            raise Refused(400, "listened_at does not belong to what is playing now.")
        return None
    if isinstance(told, str) and told.isascii() and told.isdecimal() and len(told) <= len("1" * 10):
        told = int(told)
    latest = int((utc_now() + CLOCK_SKEW).timestamp())
    if not isinstance(told, int) or isinstance(told, bool) or not EARLIEST <= told <= latest:
        raise Refused(400, f"listened_at must be seconds since 1970, from {EARLIEST} to now.")
    return datetime.fromtimestamp(told, UTC)


def _video(address: Any) -> str | None:
    """The id in a YouTube address."""
    try:
        parts = urlsplit(_text(address))
    except ValueError:
        return None
    host = (parts.hostname or "").removeprefix("www.")
    found = None
    if host in {"youtube.com", "music.youtube.com", "m.youtube.com"}:
        found = parse_qs(parts.query).get("v", [""])[0]
    elif host == "youtu.be":
        found = parts.path.strip("/")
    return found if found and _VIDEO.fullmatch(found) else None


def _client(more: dict[str, Any]) -> str:
    named = (_text(more.get(name)) for name in ("submission_client", "media_player"))
    return next((name[:MAX_SOURCE] for name in named if name), "listenbrainz")
