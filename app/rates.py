"""Counting what comes too often: in the shared key-value server, alone while it is away."""

import ipaddress
import logging
import math
import time
from dataclasses import dataclass

from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

from app.settings import Settings

log = logging.getLogger(__name__)

_ANSWER_SECONDS = 2.0
"""A key-value server that takes longer is taken for absent."""
_ABSENT_SECONDS = 5.0
"""For so long an absent one is not asked again: each request would wait for it."""


@dataclass(frozen=True, slots=True)
class Window:
    """What is left of a limit for now."""

    limit: int
    remaining: int
    seconds: int
    """Until it ends, 1 at least."""


class Rates:
    """Fixed windows. Processes count together, or each for itself until the server is back."""

    def __init__(self, settings: Settings) -> None:
        shared = RedisStorage(
            _limits_url(settings.key_value_url),
            wrap_exceptions=True,
            socket_timeout=_ANSWER_SECONDS,
            socket_connect_timeout=_ANSWER_SECONDS,
        )
        self._shared = FixedWindowRateLimiter(shared)
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._absent_until = 0.0

    def take(self, limit: RateLimitItem, *key: str, times: int = 1) -> bool:
        """Count so many; whether there was room for them in the window. Minus gives back."""
        if not self._is_absent:
            try:
                return self._shared.hit(limit, *key, cost=times)
            except (StorageError, RedisError):
                self._note_absence()
        return self._own.hit(limit, *key, cost=times)

    def has_room(self, limit: RateLimitItem, *key: str, times: int) -> bool:
        """Whether so many could be taken now; counts nothing."""
        if not self._is_absent:
            try:
                return self._shared.test(limit, *key, cost=times)
            except (StorageError, RedisError):
                self._note_absence()
        return self._own.test(limit, *key, cost=times)

    def window(self, limit: RateLimitItem, *key: str) -> Window:
        """How the window stands; counts nothing."""
        stats = None
        if not self._is_absent:
            try:
                stats = self._shared.get_window_stats(limit, *key)
            except (StorageError, RedisError):
                self._note_absence()
        stats = stats or self._own.get_window_stats(limit, *key)
        seconds = max(1, math.ceil(stats.reset_time - time.time()))
        return Window(limit.amount, max(0, stats.remaining), seconds)

    @property
    def _is_absent(self) -> bool:
        return time.monotonic() < self._absent_until

    def _note_absence(self) -> None:
        self._absent_until = time.monotonic() + _ABSENT_SECONDS
        log.warning("the key-value server is away: this process counts requests alone")


def network_of(address: str) -> str:
    """What stands for whoever has the address: IPv6 gives everybody 2^64 of them."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _limits_url(url: str) -> str:
    return url.replace("unix://", "redis+unix://", 1) if url.startswith("unix://") else url
