"""What a job works with: settings, database and queue, opened for it and closed after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app import lifeline
from app.db import Database, open_database
from app.logs import configure
from app.queue import JobQueue
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Runtime:
    settings: Settings
    database: Database
    queue: JobQueue


@contextmanager
def runtime() -> Iterator[Runtime]:
    """For a job's own process, which dies with its worker and leaves nothing running."""
    lifeline.die_with_parent()
    lifeline.hold_on()
    settings = Settings()
    configure(settings)
    database, queue = open_database(settings), JobQueue(settings)
    try:
        yield Runtime(settings, database, queue)
    finally:
        queue.close()
        database.dispose()
