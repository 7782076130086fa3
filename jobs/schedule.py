"""The scheduler process: the timetable, held by rq-scheduler. Cron lines are in UTC."""

import logging
import os
import threading
import time
import warnings

from redis.exceptions import RedisError
from rq_scheduler import Scheduler

from app.queue import QUEUE_NAME, JobQueue, JsonJob, JsonQueue
from app.settings import Settings
from app.timetable import schedule_id, timetable

log = logging.getLogger(__name__)

_LOOK_SECONDS = 10
_AGAIN_SECONDS = 2.0
_JOB_SECONDS = 600


def schedule(settings: Settings) -> None:
    """Write the timetable, then keep it until told to end. Two schedulers take turns by a lock."""
    keep_utc()
    queue = JobQueue(settings)
    scheduler = Scheduler(
        QUEUE_NAME,
        connection=queue.redis,
        interval=_LOOK_SECONDS,
        job_class=JsonJob,
        queue_class=JsonQueue,
    )
    pause = threading.Event()
    while True:
        try:
            write_timetable(scheduler, settings)
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


def write_timetable(scheduler: Scheduler, settings: Settings) -> None:
    """Under fixed ids, so that starting again writes the same entries, never others.

    What came due while no scheduler ran is made up for now, once however often it was missed.
    """
    for name, cron in timetable(settings).items():
        key = schedule_id(name)
        due: float | None = scheduler.connection.zscore(Scheduler.scheduled_jobs_key, key)
        scheduler.cancel(key)
        if cron:
            scheduler.cron(cron, name.value, id=key, queue_name=QUEUE_NAME, timeout=_JOB_SECONDS)
        if cron and due is not None and due < time.time():
            log.info("a job that was missed is made up for", extra={"job": name.value})
            queue = JsonQueue(QUEUE_NAME, connection=scheduler.connection)
            queue.enqueue_call(name.value, timeout=_JOB_SECONDS)
