"""Counting what comes too often: in the shared key-value server, alone while it is away."""

import ipaddress
import logging
import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

from app.errors import RateLimited
from app.settings import Settings

log = logging.getLogger(__name__)

T = TypeVar("T")

_ANSWER_SECONDS = 2.0
"""A key-value server that takes longer is taken for absent."""
_ABSENT_SECONDS = 5.0
"""For so long an absent one is not asked again: each request would wait for it."""
_CAUTION_SECONDS = 4.0
"""So long before a window's end nothing is given back to it: its end is known to the second, and
what is given back may be underway for as long as an answer is waited for."""


@dataclass(frozen=True, slots=True)
class Loan:
    """One that was counted, and where."""

    counting: FixedWindowRateLimiter
    limit: RateLimitItem
    key: tuple[str, ...]
    until: float
    """By the monotonic clock: until then its window is open."""


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
        """Count so many; whether there was room for them in the window."""
        return self._ask(lambda counting: counting.hit(limit, *key, cost=times))

    def lend(self, limit: RateLimitItem, *key: str) -> Loan:
        """Count one that may be given back. Raises RateLimited where there was no room for it."""

        def lent(counting: FixedWindowRateLimiter) -> Loan | None:
            stats, now = counting.get_window_stats(limit, *key), time.time()
            is_open = stats.remaining < limit.amount
            # Where none was open before, the one that this is counted in began since.
            left = stats.reset_time - now if is_open else limit.get_expiry()
            until = time.monotonic() + left - _CAUTION_SECONDS
            return Loan(counting, limit, key, until) if counting.hit(limit, *key) else None

        loan = self._ask(lent)
        if loan is None:
            raise RateLimited(retry_after_seconds=self.window(limit, *key).seconds)
        return loan

    def give_back(self, loan: Loan) -> None:
        """To the window that it was taken from; kept where that may be over by now.

        The next window would otherwise have room for one more than its limit.
        """
        if time.monotonic() < loan.until:
            with suppress(StorageError, RedisError):
                loan.counting.hit(loan.limit, *loan.key, cost=-1)

    def has_room(self, limit: RateLimitItem, *key: str, times: int) -> bool:
        """Whether so many could be taken now; counts nothing."""
        return self._ask(lambda counting: counting.test(limit, *key, cost=times))

    def window(self, limit: RateLimitItem, *key: str) -> Window:
        """How the window stands; counts nothing."""
        stats = self._ask(lambda counting: counting.get_window_stats(limit, *key))
        seconds = max(1, math.ceil(stats.reset_time - time.time()))
        return Window(limit.amount, max(0, stats.remaining), seconds)

    def _ask(self, work: Callable[[FixedWindowRateLimiter], T]) -> T:
        """Of what all processes count; of what this one does while the server is away."""
        if time.monotonic() >= self._absent_until:
            try:
                return work(self._shared)
            except (StorageError, RedisError):
                self._note_absence()
        return work(self._own)

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
