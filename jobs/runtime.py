"""What a job works with: settings, database and queue, opened for it and closed after it."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from rq.job import get_current_job
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from structlog.contextvars import bind_contextvars, clear_contextvars

from app import lifeline
from app.db import Database, is_away, open_database
from app.job_times import note_job
from app.logs import configure
from app.queue import JobQueue
from app.settings import Settings
from app.telemetry import TRACEPARENT, Tracing

log = logging.getLogger(__name__)

T = TypeVar("T")

_PATIENCE_SECONDS = 300.0
"""How long a job waits for a database that is away before it fails."""
_AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Runtime:
    settings: Settings
    database: Database
    queue: JobQueue

    def read(self, work: Callable[[Session], T]) -> T:
        """`work` in a session for reading; again where the database went away meanwhile."""

        def once() -> T:
            with self.database.read() as session:
                return work(session)

        return _patiently(once)

    def transact(self, work: Callable[[Session], T]) -> T:
        """`work` in a transaction; again where the database went away meanwhile."""
        return _patiently(lambda: self.database.transact(work))


@contextmanager
def runtime() -> Iterator[Runtime]:
    """For a job's own process, which dies with its worker and leaves nothing running."""
    lifeline.die_with_parent()
    lifeline.hold_on()
    settings = Settings()
    configure(settings)
    database, queue = open_database(settings), JobQueue(settings)
    tracing = Tracing(settings.otlp_url, "job")
    tracing.watch(database.engine)
    try:
        with _noted(queue, tracing):
            yield Runtime(settings, database, queue)
    finally:
        tracing.close()
        queue.close()
        database.dispose()


@contextmanager
def _noted(queue: JobQueue, tracing: Tracing) -> Iterator[None]:
    """Its lines carry the job's id and the request's that began it; its time is summed up, and its
    span continues the request's."""
    job = get_current_job()
    if job is None:  # called as a function
        yield
        return
    name = (job.func_name or "").rpartition(".")[2]
    bind_contextvars(job=name, job_id=job.id, request_id=job.meta.get("request_id"))
    begun, failed = time.monotonic(), True
    try:
        with tracing.span(f"job {name}", job.meta.get(TRACEPARENT)):
            yield
        failed = False
    finally:
        note_job(queue, name, time.monotonic() - begun, failed=failed)
        clear_contextvars()


def _patiently(work: Callable[[], T]) -> T:
    deadline, pause = time.monotonic() + _PATIENCE_SECONDS, threading.Event()
    while True:
        try:
            return work()
        except SQLAlchemyError as error:
            if not is_away(error) or time.monotonic() > deadline:
                raise
            log.warning("the database is away", extra={"reason": str(error).splitlines()[0]})
            pause.wait(_AGAIN_SECONDS)
