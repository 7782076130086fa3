"""The worker process: takes jobs from the queue and gives each a process of its own."""

import logging
import threading
from datetime import timedelta
from typing import Any

from rq.worker import SpawnWorker
from sqlalchemy.exc import SQLAlchemyError

from app import training
from app.db import Database, open_database
from app.queue import JobQueue, JsonJob, JsonQueue
from app.settings import Settings

log = logging.getLogger(__name__)

_WATCH_SECONDS = 2.0


def work(settings: Settings) -> None:
    """Work until told to end. Each job is spawned: a forked one would hang in OpenMP."""
    database, queue = open_database(settings), JobQueue(settings)
    watch = _DeathWatch(database, timedelta(seconds=settings.worker_death_seconds))
    watch.start()
    try:
        worker = SpawnWorker(
            [queue.queue],
            connection=queue.redis,
            job_class=JsonJob,
            queue_class=JsonQueue,
            worker_ttl=settings.worker_death_seconds,
            job_monitoring_interval=max(1, settings.worker_death_seconds // 3),
            maintenance_interval=max(1, settings.worker_death_seconds // 3),
            log_job_description=False,
        )
        worker.work(logging_level="WARNING")
    finally:
        watch.stop()
        database.dispose()


class _DeathWatch:
    """Fails trainings whose job has gone silent, whoever ran it."""

    def __init__(self, database: Database, silent: timedelta) -> None:
        self.database = database
        self.silent = silent
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="death-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_WATCH_SECONDS):
            try:
                dead = self.database.transact(self._fail_dead)
            except SQLAlchemyError:
                log.warning("trainings could not be looked at", exc_info=True)
                continue
            if dead:
                log.error("trainings whose worker died", extra={"trainings": dead})

    def _fail_dead(self, session: Any) -> list[int]:
        return training.fail_dead(session, self.silent)
