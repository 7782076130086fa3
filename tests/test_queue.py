"""Jobs wait by name and JSON in the key-value server, and promotions are told at once."""

import json
import socket
import zlib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from rq.serializers import JSONSerializer

from app.errors import QueueUnavailable
from app.models.columns import utc_now
from app.queue import JobName, JobQueue, JsonJob, JsonQueue
from app.queue_names import QueueName
from app.settings import Settings
from tests.announced import await_subscribed, next_told
from tests.jobs_at_work import waiting_jobs


@pytest.fixture
def queue(sqlite_settings: Settings) -> Iterator[JobQueue]:
    opened = JobQueue(sqlite_settings)
    yield opened
    opened.close()


@pytest.fixture(params=["absent", "silent"])
def away(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[JobQueue]:
    """A queue whose server is not there, or takes connections and never says a word."""
    monkeypatch.setattr("app.queue._ANSWER_SECONDS", 0.05)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        if request.param == "silent":
            server.listen()
        opened = JobQueue(Settings(data_dir=tmp_path, redis_url=f"unix://{tmp_path}/s"))
        yield opened
        opened.close()


@pytest.mark.parametrize("name", JobName)
def test_every_job_is_where_its_name_says(name: JobName) -> None:
    module, _, function = name.value.rpartition(".")
    assert callable(getattr(import_module(module), function))


def test_only_what_takes_minutes_waits_for_others_of_its_kind() -> None:
    long = {name: name.queue for name in JobName if name.queue is not QueueName.SHORT}
    assert long == {
        JobName.TRAIN: QueueName.MODELS,
        JobName.EVALUATE: QueueName.MODELS,
        JobName.TUNE: QueueName.MODELS,
        JobName.IMPORT_DATA: QueueName.IMPORTS,
    }


def test_what_waited_when_there_was_one_queue_is_not_stranded(queue: JobQueue) -> None:
    """A worker of today looks where every job was put before."""
    JsonQueue("pytune", connection=queue.redis).enqueue_call(JobName.FIND_VIDEO.value, args=[3])
    (job,) = queue.queues[QueueName.MODELS].jobs
    assert queue.is_waiting(job.id, utc_now())
    assert queue.remove(job.id)
    assert not queue.is_waiting(job.id, utc_now())


def test_a_job_waits_with_its_name_and_arguments(queue: JobQueue) -> None:
    job_id = queue.enqueue(JobName.FIND_VIDEO, 42, timeout=17)
    (job,) = waiting_jobs(queue)
    assert (job.id, job.func_name, job.args) == (job_id, "jobs.find_videos.find_video", [42])
    assert job.timeout == 17
    assert queue.is_alive(job_id)


def test_no_pickle_is_in_the_key_value_server(queue: JobQueue) -> None:
    job_id = queue.enqueue(JobName.FIND_VIDEO, 42)
    kept: Any = queue.redis.hget(f"rq:job:{job_id}", "data")
    text = zlib.decompress(kept).decode()
    assert json.loads(text) == ["jobs.find_videos.find_video", None, [42], {}]


def test_a_job_that_names_no_serializer_has_json(queue: JobQueue) -> None:
    """As rq-scheduler makes them."""
    assert JsonJob("x", queue.redis).serializer is JSONSerializer
    assert JsonQueue("y", connection=queue.redis).serializer is JSONSerializer


def test_a_job_that_is_over_or_gone_is_not_alive(queue: JobQueue) -> None:
    job_id = queue.enqueue(JobName.TIDY)
    JsonJob.fetch(job_id, connection=queue.redis).cancel()
    assert not queue.is_alive(job_id)
    assert not queue.is_alive("no-such-job")


def test_a_promotion_is_heard_by_all_who_listen(queue: JobQueue) -> None:
    with queue.champion_news() as one, queue.champion_news() as other:
        for channel in (one, other):
            await_subscribed(channel)
        queue.announce_champion(7)
        for channel in (one, other):
            assert next_told(channel) == b"7"


def test_without_its_server_the_queue_says_so(away: JobQueue) -> None:
    for ask in (
        away.check,
        lambda: away.enqueue(JobName.TIDY),
        lambda: away.is_alive("x"),
        lambda: away.is_waiting("x", utc_now()),
    ):
        with pytest.raises(QueueUnavailable, match="pytune up"):
            ask()


def test_what_nobody_can_be_told_of_still_stands(away: JobQueue) -> None:
    away.announce_champion(7)
    away.announce_progress(7)


def test_the_servers_password_is_not_shown() -> None:
    queue = JobQueue(Settings(redis_url="redis://user:secret@127.0.0.1:1/0"))
    with pytest.raises(QueueUnavailable) as caught:
        queue.check()
    assert "secret" not in str(caught.value)
    assert "127.0.0.1:1" in str(caught.value)
