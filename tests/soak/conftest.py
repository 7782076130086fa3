"""Long tests say how far they are and what they measured, whether output is captured or not."""

import sys
from collections.abc import Callable

import pytest

from tests.stack.conftest import copy_of_demo, demo, short_folder

__all__ = ["copy_of_demo", "demo", "short_folder"]

Say = Callable[[str], None]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Prints a line at once."""

    def print_line(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n  {text}")
            sys.stdout.flush()

    return print_line
