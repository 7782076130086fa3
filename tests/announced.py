"""What the key-value server announces, awaited for as long as a busy machine may take."""

from typing import Any

from redis.client import PubSub

_PATIENCE_SECONDS = 60


def await_subscribed(channel: PubSub) -> None:
    """Until the server has said so: what is announced from now on is heard."""
    assert _next(channel)["type"] == "subscribe"


def next_told(channel: PubSub) -> bytes:
    """What is announced next on a channel that is subscribed."""
    told: bytes = _next(channel)["data"]
    return told


def _next(channel: PubSub) -> dict[str, Any]:
    message: dict[str, Any] | None = channel.get_message(timeout=_PATIENCE_SECONDS)
    assert message is not None, f"nothing in {_PATIENCE_SECONDS} seconds"
    return message
