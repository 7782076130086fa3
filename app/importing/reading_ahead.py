"""The next rows are read while the last ones are written: one waits for the other's processor."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def one_ahead(values: Iterator[list[T]]) -> Iterator[list[T]]:
    """The same, one more than was asked for made in a thread. Raises what that raises."""
    with ThreadPoolExecutor(1, thread_name_prefix="reader") as reader:
        following = reader.submit(next, values, None)
        while (value := following.result()) is not None:
            following = reader.submit(next, values, None)
            yield value
