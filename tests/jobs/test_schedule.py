"""The timetable is in UTC wherever the server stands, and starting again doubles nothing."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from redis import Redis

from app.models.columns import utc_now
from app.queue import JobName, JobQueue
from app.settings import Settings
from jobs.schedule import Timekeeper, write_timetable
from tests import servers
from tests.jobs_at_work import waiting_jobs

PROGRAM = """
from app.queue import JobQueue
from app.settings import Settings
from jobs.schedule import Timekeeper, keep_utc, write_timetable

keep_utc()
queue = JobQueue(Settings())
for _ in range(2):
    assert write_timetable(Timekeeper(queue), Settings())
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
    (job,) = waiting_jobs(queue)
    assert (job.func_name, job.origin) == (JobName.RETRAIN, JobName.RETRAIN.queue.key)
    queue.close()
    assert datetime.fromtimestamp(planned["schedule-retrain"], UTC) > utc_now()


@pytest.mark.filterwarnings("ignore:Version 0.22:FutureWarning")
def test_nothing_is_made_up_for_while_another_scheduler_is_at_it(
    sqlite_settings: Settings, queue: JobQueue
) -> None:
    """It came due since the other one's last look, and is enqueued by one of them alone."""
    first, second = Timekeeper(queue), Timekeeper(queue)
    assert write_timetable(first, sqlite_settings)
    queue.redis.zadd(ENTRIES, {"schedule-retrain": datetime(2026, 3, 1, tzinfo=UTC).timestamp()})
    assert first.acquire_lock()
    assert not write_timetable(second, sqlite_settings)
    first.enqueue_jobs()
    first.remove_lock()
    assert write_timetable(second, sqlite_settings)
    first.enqueue_jobs()
    (job,) = waiting_jobs(queue)
    assert (job.func_name, job.origin) == (JobName.RETRAIN, JobName.RETRAIN.queue.key)


@pytest.fixture
def queue(sqlite_settings: Settings) -> Iterator[JobQueue]:
    queue = JobQueue(sqlite_settings)
    yield queue
    queue.close()


KEEPER = """
from app.settings import Settings
from jobs import schedule

schedule._LOOK_SECONDS, schedule._AGAIN_SECONDS = 1, 0.1
schedule.schedule(Settings())
"""
LIVES = "rq:scheduler_instance:*"


def test_a_scheduler_goes_on_after_a_short_outage_and_ends_during_one(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    settings = Settings(data_dir=tmp_path_factory.mktemp("s"))
    options = {"PYTUNE_DATA_DIR": str(settings.folder), "PYTHONUNBUFFERED": "1"}
    program = [sys.executable, "-c", KEEPER]
    with subprocess.Popen(program, env=os.environ | options, stderr=subprocess.PIPE) as process:
        try:
            with servers.key_value(settings):
                first = _keeper(settings, process, set())
            assert process.stderr is not None
            while b"is away" not in process.stderr.readline():
                assert process.poll() is None
            with servers.key_value(settings):
                # The note that the first one lives is still there, and is no hindrance.
                _keeper(settings, process, first)
            process.terminate()
            assert process.wait(60) == 0
        finally:
            process.kill()


def _keeper(settings: Settings, process: subprocess.Popen[bytes], known: set[bytes]) -> set[bytes]:
    """Wait for a scheduler that says that it lives; all that say so."""
    moment = threading.Event()
    with Redis.from_url(settings.key_value_url) as redis:
        while True:
            assert process.poll() is None
            found = set(redis.keys(LIVES))
            if found - known:
                return found
            moment.wait(0.05)


def test_alerts_are_delivered_by_the_timetable_where_there_is_a_webhook(
    sqlite_settings: Settings,
) -> None:
    assert "schedule-deliver_alerts" not in _written(sqlite_settings, "UTC")
    address = {"PYTUNE_ALERT_WEBHOOK_URL": "http://127.0.0.1:1/"}
    assert "schedule-deliver_alerts" in _written(sqlite_settings, "UTC", **address)
