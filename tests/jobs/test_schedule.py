"""The timetable is in UTC wherever the server stands, and starting again doubles nothing."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from redis import Redis

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
