"""The timetable is in UTC wherever the server stands, and starting again doubles nothing."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from redis import Redis

from app.models.columns import utc_now
from app.queue import JobName, JobQueue
from app.settings import Settings

PROGRAM = """
from rq_scheduler import Scheduler
from app.queue import QUEUE_NAME, JobQueue, JsonJob, JsonQueue
from app.settings import Settings
from jobs.schedule import keep_utc, write_timetable

keep_utc()
queue = JobQueue(Settings())
options = {"job_class": JsonJob, "queue_class": JsonQueue}
for _ in range(2):
    write_timetable(Scheduler(QUEUE_NAME, connection=queue.redis, **options), Settings())
queue.close()
"""
ENTRIES = "rq:scheduler:scheduled_jobs"


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
def test_cron_lines_are_in_utc(sqlite_settings: Settings, zone: str) -> None:
    planned = _written(sqlite_settings, zone, PYTUNE_RETRAIN_CRON="30 3 * * *")
    moment = datetime.fromtimestamp(planned["schedule-retrain"], UTC)
    assert (moment.hour, moment.minute) == (3, 30)


def test_an_empty_line_takes_a_job_off(sqlite_settings: Settings) -> None:
    assert "schedule-retrain" in _written(sqlite_settings, "UTC")
    assert "schedule-retrain" not in _written(sqlite_settings, "UTC", PYTUNE_RETRAIN_CRON="")


def _written(settings: Settings, zone: str, **more: str) -> dict[str, float]:
    """When each job is due, in POSIX seconds, after writing the timetable twice."""
    own = {"TZ": zone, "PYTUNE_REDIS_URL": settings.key_value_url}
    subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM], env=os.environ | own | more, check=True
    )
    with Redis.from_url(settings.key_value_url, decode_responses=True) as redis:
        entries = redis.zrange(ENTRIES, 0, -1, withscores=True)
    return dict(entries)


def test_what_was_missed_while_nothing_ran_is_made_up_for_once(sqlite_settings: Settings) -> None:
    _written(sqlite_settings, "UTC", PYTUNE_TIDY_CRON="")
    with Redis.from_url(sqlite_settings.key_value_url) as redis:
        redis.zadd(
            ENTRIES, {"schedule-retrain": datetime(2026, 3, 1, 3, 30, tzinfo=UTC).timestamp()}
        )
    planned = _written(sqlite_settings, "UTC", PYTUNE_TIDY_CRON="")
    queue = JobQueue(sqlite_settings)
    assert [job.func_name for job in queue.queue.jobs] == [JobName.RETRAIN]
    queue.close()
    assert datetime.fromtimestamp(planned["schedule-retrain"], UTC) > utc_now()


def test_alerts_are_delivered_by_the_timetable_where_there_is_a_webhook(
    sqlite_settings: Settings,
) -> None:
    assert "schedule-deliver_alerts" not in _written(sqlite_settings, "UTC")
    address = {"PYTUNE_ALERT_WEBHOOK_URL": "http://127.0.0.1:1/"}
    assert "schedule-deliver_alerts" in _written(sqlite_settings, "UTC", **address)
