"""Jobs of the queue brought as far as a worker would bring them, or by a worker."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rq.job import JobStatus
from rq.registry import StartedJobRegistry
from rq.results import Result

from app.queue import JobQueue, JsonJob
from app.settings import Settings


@contextmanager
def worker(settings: Settings, **more: str) -> Iterator[None]:
    """A worker of the product, on the embedded database of the settings."""
    environment = os.environ | {
        "PYTUNE_DATA_DIR": str(settings.folder),
        "PYTUNE_REDIS_URL": settings.key_value_url,
        **more,
    }
    process = subprocess.Popen([sys.executable, "-m", "app.cli", "worker"], env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def begin(queue: JobQueue, job_id: str) -> None:
    """As a worker does when it takes a job off the queue."""
    job = JsonJob.fetch(job_id, connection=queue.redis)
    queue.queue.remove(job)
    job.set_status(JobStatus.STARTED)
    job.worker_name = "worker"
    job.save()
    registry = StartedJobRegistry(queue=queue.queue)
    queue.redis.zadd(registry.key, {f"{job_id}:1": 2**40})


def fail(queue: JobQueue, job_id: str, text: str) -> None:
    """As a worker does when a job raised; the text is its traceback."""
    job = JsonJob.fetch(job_id, connection=queue.redis)
    queue.queue.remove(job)
    job.set_status(JobStatus.FAILED)
    queue.queue.failed_job_registry.add(job, ttl=60, exc_string=text)
    Result.create_failure(job, ttl=60, exc_string=text)
