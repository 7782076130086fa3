"""A worker process: takes jobs from one queue and gives each a process of its own."""

import logging
import threading
import time
from datetime import timedelta

from rq.worker import SpawnWorker
from sqlalchemy.exc import SQLAlchemyError

from app import alerts, evaluating, lost_trainings, tuning
from app.db import Database, open_database
from app.errors import DatabaseUnavailable, QueueUnavailable
from app.importing import abandoned
from app.queue import JSON_SERIALIZER, JobQueue, JsonJob, JsonQueue
from app.queue_names import QueueName
from app.settings import Settings

log = logging.getLogger(__name__)

_WATCH_SECONDS = 2.0


def work(settings: Settings, name: QueueName) -> None:
    """Work until told to end. Each job is spawned: a forked one would hang in OpenMP.

    One queue: of several, RQ takes a job in a way that loses it where the worker dies of it.
    """
    database, queue = open_database(settings), JobQueue(settings)
    _await_key_value_server(queue)
    worker = Worker(
        [queue.queues[name]],
        connection=queue.redis,
        job_class=JsonJob,
        queue_class=JsonQueue,
        serializer=JSON_SERIALIZER,
        worker_ttl=settings.worker_death_seconds,
        job_monitoring_interval=max(1, settings.worker_death_seconds // 3),
        maintenance_interval=max(1, settings.worker_death_seconds // 3),
        log_job_description=False,
    )
    silent = timedelta(seconds=settings.worker_death_seconds)
    watch = _DeathWatch(database, queue, silent, worker)
    watch.start()
    try:
        worker.work(logging_level="WARNING")
    finally:
        watch.stop()
        database.dispose()


def _await_key_value_server(queue: JobQueue) -> None:
    """It may come up after us, or be away for long: to give up would help nobody."""
    pause = threading.Event()
    while True:
        try:
            queue.check()
        except QueueUnavailable as error:
            log.warning(str(error))
            pause.wait(_WATCH_SECONDS)
        else:
            return


class Worker(SpawnWorker):
    """One that says when it was told to end, and so only waits for its job."""

    leaves = False

    def handle_warm_shutdown_request(self) -> None:
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        self.leaves = True


class _DeathWatch:
    """Fails trainings and evaluations whose job is silent or lost; has imports and tunings gone on
    with.
    """

    def __init__(
        self, database: Database, queue: JobQueue, silent: timedelta, worker: Worker
    ) -> None:
        self.database = database
        self.queue = queue
        self.silent = silent
        self.worker = worker
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="death-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        believed_from = time.monotonic()
        while not self._over.wait(_WATCH_SECONDS):
            try:
                self.database.check()
                if self.worker.leaves:
                    self._let_go()
                if time.monotonic() >= believed_from:
                    self._fail_the_silent()
            except QueueUnavailable as error:
                log.warning(str(error))
            except (SQLAlchemyError, DatabaseUnavailable) as error:
                # While it is away nobody can say that they live.
                believed_from = time.monotonic() + self.silent.total_seconds()
                log.warning("trainings could not be looked at", extra={"reason": str(error)})

    def _let_go(self) -> None:
        """Have the search that it works at end here, to be gone on with by the next worker."""
        with self.queue.answering():
            job_id = self.worker.get_current_job_id()
        if job_id is not None:
            number = self.database.transact(lambda session: tuning.let_go(session, str(job_id)))
            if number is not None:
                self.queue.announce_tuning(number)
                log.info("a tuning waits for the next worker", extra={"tuning": number})

    def _fail_the_silent(self) -> None:
        left = abandoned.go_on_with_abandoned(self.database, self.queue, self.silent)
        if left:
            log.error("imports whose worker died", extra={"imports": left})
        dead = lost_trainings.fail_abandoned(self.database, self.queue, self.silent)
        if dead:
            log.error("trainings whose worker died", extra={"trainings": dead})
            alerts.announce(self.queue)
        unmeasured = evaluating.fail_abandoned(self.database, self.queue, self.silent)
        if unmeasured:
            log.error("evaluations whose worker died", extra={"evaluations": unmeasured})
        resumed = tuning.resume_lost(self.database, self.queue, self.silent)
        if resumed:
            log.warning("tunings whose worker died go on", extra={"tunings": resumed})
