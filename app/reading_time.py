"""Reads that end when their time is over, in the database too.

A request that is given up leaves a thread behind. What that waits for would go on, and keep a
connection.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from app.errors import TookTooLong

_STEPS = 1_000_000
"""Of SQLite between two looks at the clock: some 50 ms."""

_UNTIL: ContextVar[tuple[float, float] | None] = ContextVar("pytune_reading_until", default=None)
"""By the monotonic clock, and the seconds that there were at first."""


@contextmanager
def limited_to(seconds: float | None, since: float | None = None) -> Iterator[None]:
    """Statements within end so long after `since`, or now, and no other begins then.

    Raises TookTooLong.
    """
    if seconds is None:
        yield
        return
    began = time.monotonic() if since is None else since
    token = _UNTIL.set((began + seconds, seconds))
    try:
        yield
    except OperationalError as error:
        if _is_over():
            raise TookTooLong(seconds=seconds) from error
        raise
    finally:
        _UNTIL.reset(token)


def watch(engine: Engine) -> None:
    """Have the engine's statements keep to the limit that they are executed within."""
    event.listen(engine, "before_cursor_execute", _before, retval=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _watch_steps)


def _watch_steps(connection: Any, _record: object) -> None:
    # SQLite calls it in the thread whose statement it is, and ends that where it is true.
    connection.set_progress_handler(_is_over, _STEPS)


def _is_over() -> bool:
    limit = _UNTIL.get()
    return limit is not None and time.monotonic() >= limit[0]


def _before(
    connection: Connection, _cursor: object, statement: str, parameters: Any, *_: object
) -> tuple[str, Any]:
    """The statement, which tells MySQL and MariaDB how long it may take."""
    limit = _UNTIL.get()
    if limit is None:
        return statement, parameters
    until, seconds = limit
    left = until - time.monotonic()
    if left <= 0:
        raise TookTooLong(seconds=seconds)
    return _with_limit(statement, left, connection.dialect), parameters


def _with_limit(statement: str, seconds: float, dialect: Any) -> str:
    if dialect.name == "sqlite" or not statement.startswith("SELECT"):
        return statement
    # Rounded up: none would mean no limit, and by then the time is over here, too.
    milliseconds = math.ceil(1000 * seconds)
    if dialect.is_mariadb:
        return f"SET STATEMENT max_statement_time={milliseconds / 1000:.3f} FOR {statement}"
    return statement.replace("SELECT", f"SELECT /*+ MAX_EXECUTION_TIME({milliseconds}) */", 1)
