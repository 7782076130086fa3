"""What the key-value server announces, heard by one connection of the process for all followers."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.queue import CHANNELS
from app.settings import Settings

_FIRST_SECONDS = 2.0
"""A server that takes longer at the start is not waited for."""


class News:
    """Lives in the event loop: wakes whoever follows a channel, or lets them look at each poll."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.key_value_url
        self._poll_seconds = settings.champion_poll_seconds
        self._followers: dict[str, set[asyncio.Event]] = {channel: set() for channel in CHANNELS}
        self._tried = asyncio.Event()

    @asynccontextmanager
    async def heard(self) -> AsyncIterator[None]:
        """Listen as long as this is open, from the beginning where the server is there."""
        listening = asyncio.create_task(self._listen())
        try:
            with anyio.move_on_after(_FIRST_SECONDS):
                await self._tried.wait()
            yield
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

    def followers(self, channel: str) -> int:
        """How many follow it now."""
        return len(self._followers[channel])

    async def looks(self, channel: str) -> AsyncGenerator[None, None]:
        """Comes at once, then whenever something is told there, and at every poll anyway."""
        told = asyncio.Event()
        self._followers[channel].add(told)
        try:
            while True:
                yield
                with anyio.move_on_after(self._poll_seconds):
                    await told.wait()
                told.clear()
        finally:
            self._followers[channel].discard(told)

    async def _listen(self) -> None:
        while True:
            with suppress(RedisError):
                await self._hear()
            self._tried.set()
            # Without the key-value server only the followers' polls are left.
            await anyio.sleep(self._poll_seconds)

    async def _hear(self) -> None:
        """Raises RedisError."""
        async with Redis.from_url(self._url) as redis, redis.pubsub() as told:
            await told.subscribe(*CHANNELS)
            while True:
                message = await told.get_message(timeout=self._poll_seconds)
                # The first of each channel says that it is heard now: others may have been missed.
                for follower in self._followers[message["channel"].decode()] if message else ():
                    follower.set()
                self._tried.set()
