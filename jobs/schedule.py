"""The scheduler process: the timetable, held by rq-scheduler. Cron lines are in UTC."""

import logging
import os
import threading
import time
import warnings
from contextlib import suppress

from redis.exceptions import RedisError
from rq_scheduler import Scheduler

from app.queue import JobName, JobQueue, JsonJob, JsonQueue
from app.queue_names import QueueName
from app.settings import Settings
from app.timetable import schedule_id, timetable

log = logging.getLogger(__name__)

_LOOK_SECONDS = 10
_AGAIN_SECONDS = 2.0
_JOB_SECONDS = 600


class Timekeeper(Scheduler):  # type: ignore[misc]  # rq-scheduler has no types
    """rq-scheduler with PyTune's jobs, that can end while the key-value server is away."""

    def __init__(self, queue: JobQueue) -> None:
        super().__init__(
            QueueName.SHORT.key,
            connection=queue.redis,
            interval=_LOOK_SECONDS,
            job_class=JsonJob,
            queue_class=JsonQueue,
        )

    def remove_lock(self) -> None:
        with suppress(RedisError):  # it expires by itself
            super().remove_lock()

    def register_death(self) -> None:
        with suppress(RedisError):  # so does the note of its life
            super().register_death()


def schedule(settings: Settings) -> None:
    """Write the timetable, then keep it until told to end. Two schedulers take turns by a lock."""
    keep_utc()
    queue = JobQueue(settings)
    pause = threading.Event()
    while True:
        try:
            # A new one each time: the note that the last one lives may outlive it.
            scheduler = Timekeeper(queue)
            while not write_timetable(scheduler, settings):
                pause.wait(_AGAIN_SECONDS)
            scheduler.run()
        except RedisError as error:
            log.warning("the key-value server is away", extra={"reason": str(error)})
            pause.wait(_AGAIN_SECONDS)


def keep_utc() -> None:
    """Make UTC this process's time zone: rq-scheduler reads cron lines in the local one."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    # It says that its default will change one day; in UTC both mean the same.
    warnings.filterwarnings("ignore", category=FutureWarning, module="rq_scheduler")


def write_timetable(scheduler: Scheduler, settings: Settings) -> bool:
    """Under fixed ids, so that starting again writes the same entries, never others.

    What came due while no scheduler ran is made up for now, once however often it was missed.
    Whether it was this one's turn: what is due, another one may be enqueueing at this moment.
    """
    if not scheduler.acquire_lock():
        return False
    try:
        for name, cron in timetable(settings).items():
            _write(scheduler, name, cron)
    finally:
        scheduler.remove_lock()
    return True


def _write(scheduler: Scheduler, name: JobName, cron: str) -> None:
    key = schedule_id(name)
    due: float | None = scheduler.connection.zscore(Scheduler.scheduled_jobs_key, key)
    scheduler.cancel(key)
    if not cron:
        return
    scheduler.cron(cron, name.value, id=key, queue_name=name.queue.key, timeout=_JOB_SECONDS)
    if due is not None and due < time.time():
        log.info("a job that was missed is made up for", extra={"job": name.value})
        queue = JsonQueue(name.queue.key, connection=scheduler.connection)
        queue.enqueue_call(name.value, timeout=_JOB_SECONDS)
