"""The scheduler process: the timetable, held by rq-scheduler. Cron lines are in UTC."""

import logging

from rq_scheduler import Scheduler

from app.queue import QUEUE_NAME, JobQueue, JsonJob, JsonQueue
from app.settings import Settings
from app.timetable import schedule_id, timetable

log = logging.getLogger(__name__)

_LOOK_SECONDS = 10


def schedule(settings: Settings) -> None:
    """Write the timetable, then keep it until told to end. Two schedulers take turns by a lock."""
    queue = JobQueue(settings)
    scheduler = Scheduler(
        QUEUE_NAME,
        connection=queue.redis,
        interval=_LOOK_SECONDS,
        job_class=JsonJob,
        queue_class=JsonQueue,
    )
    for name, cron in timetable(settings).items():
        key = schedule_id(name)
        scheduler.cancel(key)
        if cron:
            scheduler.cron(cron, name.value, id=key, queue_name=QUEUE_NAME, timeout=600)
    scheduler.run()
