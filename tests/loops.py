"""Coroutines of tests: a browser's driver may have left its loop running in the tests' thread."""

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import anyio

T = TypeVar("T")


def run_async(work: Callable[..., Awaitable[T]], *arguments: object) -> T:
    """What it gives, run in a thread and a loop of its own; raises what it raises."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, work, *arguments).result()
