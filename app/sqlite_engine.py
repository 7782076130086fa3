"""SQLite's engine: prepared connections, and transactions that say from the start if they write."""

import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

_PAUSE, _PAUSE_SECONDS = threading.Event(), 0.02
"""Never set: something to wait for while another process is busy."""


def sqlite_engine(url: URL, busy_seconds: float, cache_mebibytes: int) -> Engine:
    """Its transactions write where the execution option `pytune_writes` says so."""
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": busy_seconds, "check_same_thread": False},
        # Each that is kept keeps its pages and statements. In turn, all of them would fill up.
        pool_size=8,
        max_overflow=52,
        pool_use_lifo=True,
    )
    event.listen(
        engine, "connect", lambda new, _: _prepare_sqlite(new, busy_seconds, cache_mebibytes)
    )
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, busy_seconds: float, cache_mebibytes: int) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver
    _switch_to_wal(connection, busy_seconds)
    cache = f"cache_size=-{1024 * cache_mebibytes}"
    for pragma in ("synchronous=FULL", "foreign_keys=ON", cache):
        connection.execute(f"PRAGMA {pragma}")


def _switch_to_wal(connection: Any, busy_seconds: float) -> None:
    """SQLite itself does not wait where another process is at it, which is so for a new file."""
    deadline = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            _PAUSE.wait(_PAUSE_SECONDS)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A write that starts as a read fails at once when another has written meanwhile,
    # whatever the busy time-out: writers take their turn from the start.
    writes = connection.get_execution_options().get("pytune_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
