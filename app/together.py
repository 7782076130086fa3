"""Something dear, computed once at a time for all who ask while it is under way."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Together(Generic[T]):
    def __init__(self) -> None:
        self._underway: asyncio.Task[T] | None = None

    async def of(self, compute: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What is being computed, or begin. Whoever leaves, it goes on for the others.

        Raises what the computation raises.
        """
        if self._underway is None or self._underway.done():
            self._underway = asyncio.create_task(compute())
        return await asyncio.shield(self._underway)
