"""What a request asks the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextmanager
def queries(engine: Engine) -> Iterator[list[str]]:
    """The SELECTs of the block, in order."""
    asked: list[str] = []

    def note(*arguments: Any) -> None:
        # Indexes are made, and the champion is followed, beside the requests.
        if current_thread().name not in {"search", "champion"}:
            asked.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)
        asked[:] = [one for one in asked if one.startswith("SELECT")]
