"""What is read ahead is the same, and one more at most."""

import threading
from collections.abc import Iterator

import pytest

from app.errors import ImportRefused
from app.importing.reading_ahead import one_ahead


def _read(told: list[int], count: int) -> Iterator[list[int]]:
    for number in range(count):
        told.append(number)
        yield [number]


def test_all_come_in_their_order_and_one_is_read_ahead() -> None:
    told: list[int] = []
    for number, (value,) in enumerate(one_ahead(_read(told, 5))):
        assert value == number
        assert len(told) <= number + 2
    assert told == [0, 1, 2, 3, 4]


def test_what_breaks_off_is_told_after_what_came_before() -> None:
    def broken() -> Iterator[list[int]]:
        yield [1]
        raise ImportRefused(file="x", reason="damaged")

    came: list[list[int]] = []
    with pytest.raises(ImportRefused):
        came.extend(one_ahead(broken()))
    assert came == [[1]]


def test_nobody_reads_on_for_whoever_has_left() -> None:
    values = one_ahead(_read([], 5))
    next(values)
    values.close()  # type: ignore[attr-defined]
    assert not [one for one in threading.enumerate() if one.name.startswith("reader")]
