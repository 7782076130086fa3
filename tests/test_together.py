"""What is dear is computed once at a time, whoever asks and leaves meanwhile."""

import asyncio

import pytest

from app.together import Together
from tests.loops import run_async


def test_who_asks_meanwhile_gets_the_same_also_where_the_first_has_left() -> None:
    async def ask() -> None:
        together, begun, go_on = Together[int](), 0, asyncio.Event()

        async def compute() -> int:
            nonlocal begun
            begun += 1
            await go_on.wait()
            return begun

        first = asyncio.create_task(together.of(compute))
        await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        others = [asyncio.create_task(together.of(compute)) for _ in range(3)]
        await asyncio.sleep(0)
        go_on.set()
        assert await asyncio.gather(*others) == [1, 1, 1]
        assert await together.of(compute) == 2

    run_async(ask)


def test_a_failure_is_told_and_not_kept() -> None:
    async def fail() -> int:
        raise KeyError

    async def succeed() -> int:
        return 1

    async def ask() -> None:
        together = Together[int]()
        with pytest.raises(KeyError):
            await together.of(fail)
        assert await together.of(succeed) == 1

    run_async(ask)
