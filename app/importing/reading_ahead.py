"""Rows in blocks; the next is read while one is written: each waits for the other's processor."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from app.errors import ImportRefused

T = TypeVar("T")


def one_ahead(values: Iterator[list[T]]) -> Iterator[list[T]]:
    """The same, one more than was asked for made in a thread. Raises what that raises."""
    with ThreadPoolExecutor(1, thread_name_prefix="reader") as reader:
        following = reader.submit(next, values, None)
        while (value := following.result()) is not None:
            following = reader.submit(next, values, None)
            yield value


def in_blocks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Blocks of rows; what came before a file breaks off is given before that is raised."""
    block: list[T] = []
    broken: ImportRefused | None = None
    try:
        for row in rows:
            block.append(row)
            if len(block) == size:
                yield block
                block = []
    except ImportRefused as error:
        broken = error
    if block:
        yield block
    if broken is not None:
        raise broken
