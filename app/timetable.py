"""Use-cases: which jobs run by themselves, and when. Cron lines are in UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime

from rq_scheduler import Scheduler

from app.queue import JobName, JobQueue
from app.settings import Settings

_EVERY_FIVE_MINUTES = "*/5 * * * *"


@dataclass(frozen=True, slots=True)
class Appointment:
    """A scheduled job and when it runs next: None where no scheduler has taken it up."""

    name: JobName
    cron: str
    next_run_at: datetime | None


def timetable(settings: Settings) -> dict[JobName, str]:
    """Cron line of each scheduled job; an empty one takes it off the timetable."""
    return {
        JobName.WATCH_DRIFT: settings.watch_drift_cron,
        JobName.RETUNE: settings.tune_cron,
        JobName.RETRAIN: settings.retrain_cron,
        JobName.TIDY: settings.tidy_cron,
        JobName.DELIVER_ALERTS: _EVERY_FIVE_MINUTES if settings.alert_webhook_url else "",
        JobName.LOOK_FOR_FILES: settings.import_cron if settings.import_dir else "",
    }


def schedule_id(name: JobName) -> str:
    """A fixed id: starting a scheduler again writes the same entry, never another."""
    return f"schedule-{name.name.lower()}"


def schedule(queue: JobQueue) -> list[Appointment]:
    """What is on the timetable, as the scheduler holds it. Raises QueueUnavailable."""
    with queue.answering():
        return [
            Appointment(name, cron, _due(queue, name))
            for name, cron in timetable(queue.settings).items()
            if cron
        ]


def _due(queue: JobQueue, name: JobName) -> datetime | None:
    second: float | None = queue.redis.zscore(Scheduler.scheduled_jobs_key, schedule_id(name))
    return None if second is None else datetime.fromtimestamp(second, UTC)
