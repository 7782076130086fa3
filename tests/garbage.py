"""What is imported and collected for a run lives as long as it: nobody looks there for garbage.

Python would do so again and again, since each test leaves some behind.
"""

import gc
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
