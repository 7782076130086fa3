"""What ListenBrainz's additional_info says of a recording, in exports and submissions alike."""

import re
from typing import Any

from app.importing.json_text import text_of

_MAX_SECONDS = 24 * 3600
MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
_SPOTIFY = re.compile(r"(?:https?://open\.spotify\.com/track/|spotify:track:)([A-Za-z0-9]{22})")


def ids_elsewhere(more: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """(source, id there) of what the player itself said it played; what is no id is left out.

    ListenBrainz's own guess is left aside.
    """
    mbid = text_of(more.get("recording_mbid")).lower()
    isrc = text_of(more.get("isrc")).upper().replace("-", "")
    spotify = _SPOTIFY.match(text_of(more.get("spotify_id")) or text_of(more.get("origin_url")))
    found = []
    if MBID.fullmatch(mbid):
        found.append(("musicbrainz", mbid))
    if _ISRC.fullmatch(isrc):
        found.append(("isrc", isrc))
    if spotify:
        found.append(("spotify", spotify[1]))
    return tuple(found)


def seconds_of(more: dict[str, Any]) -> int | None:
    """How long it is, where it says so and that is less than a day."""
    for name, unit in (("duration_ms", 1000), ("duration", 1)):
        value = more.get(name)
        if type(value) is int and 0 < value // unit <= _MAX_SECONDS:
            return int(value // unit)
    return None
