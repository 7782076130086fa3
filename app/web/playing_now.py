"""What a listener's other players play just now; kept in the key-value server until it is over."""

import logging
from typing import Any

import orjson
from redis.exceptions import RedisError

from app import listening
from app.access import Viewer
from app.scrobbling import Scrobble
from app.state import State

log = logging.getLogger(__name__)

_PLAYING_SECONDS = 600
"""How long something is playing whose length nobody told."""


def note(state: State, viewer: Viewer, scrobble: Scrobble) -> None:
    """Keep it for as long as it lasts; it is no listen, and is lost without harm."""
    with state.database.read() as session:
        if listening.is_paused(session, viewer.id):
            return
    song: dict[str, Any] = {"track_name": scrobble.title, "artist_name": scrobble.artist}
    song["additional_info"] = {"submission_client": scrobble.client}
    if scrobble.album:
        song["release_name"] = scrobble.album
    try:
        seconds = scrobble.seconds or _PLAYING_SECONDS
        state.queue.redis.set(_key(viewer), orjson.dumps(song), ex=seconds)
    except RedisError:
        log.warning("what is playing now was not noted: the key-value server does not answer")


def told(state: State, viewer: Viewer) -> list[Any]:
    try:
        kept = state.queue.redis.get(_key(viewer))
    except RedisError:
        return []
    return [orjson.loads(kept)] if isinstance(kept, bytes) else []


def _key(viewer: Viewer) -> str:
    return f"pytune:playing-now:{viewer.id}"
