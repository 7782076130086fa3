"""The scheduler process: the timetable, held by rq-scheduler. Cron lines are in UTC."""

import logging

from rq_scheduler import Scheduler

from app.queue import QUEUE_NAME, JobName, JobQueue, JsonJob, JsonQueue
from app.settings import Settings

log = logging.getLogger(__name__)

_LOOK_SECONDS = 10


def timetable(settings: Settings) -> dict[JobName, str]:
    """Cron line of each scheduled job; an empty one takes it off the timetable."""
    return {JobName.RETRAIN: settings.retrain_cron, JobName.TIDY: settings.tidy_cron}


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
        # A fixed id: starting again writes the same entry, never another.
        key = f"schedule-{name.name.lower()}"
        scheduler.cancel(key)
        if cron:
            scheduler.cron(cron, name.value, id=key, queue_name=QUEUE_NAME, timeout=600)
    scheduler.run()
