"""Jobs of the queue brought as far as a worker would bring them, or by a worker."""

from collections.abc import Iterator
from contextlib import contextmanager

from rq.job import Job, JobStatus
from rq.results import Result

from app.queue import JobQueue, JsonJob, JsonQueue
from app.settings import Settings
from tests import servers


@contextmanager
def worker(settings: Settings, **more: str) -> Iterator[None]:
    """A worker of the product, on the embedded database of the settings."""
    environment = {
        "PYTUNE_DATA_DIR": str(settings.folder),
        "PYTUNE_REDIS_URL": settings.key_value_url,
        **more,
    }
    with servers.child(["app.cli", "worker"], environment):
        yield


def waiting_jobs(queue: JobQueue) -> list[Job]:
    """Of all queues, those next in theirs first."""
    found = JsonJob.fetch_many(queue.waiting_ids(), connection=queue.redis)
    return [job for job in found if job is not None]


def begin(queue: JobQueue, job_id: str) -> None:
    """As a worker does when it takes a job off the queue."""
    job = JsonJob.fetch(job_id, connection=queue.redis)
    queue.remove(job_id)
    job.set_status(JobStatus.STARTED)
    job.worker_name = "worker"
    job.save()
    registry = _queue(queue, job).started_job_registry
    queue.redis.zadd(registry.key, {f"{job_id}:1": 2**40})


def fail(queue: JobQueue, job_id: str, text: str) -> None:
    """As a worker does when a job raised; the text is its traceback."""
    job = JsonJob.fetch(job_id, connection=queue.redis)
    queue.remove(job_id)
    job.set_status(JobStatus.FAILED)
    _queue(queue, job).failed_job_registry.add(job, ttl=60, exc_string=text)
    Result.create_failure(job, ttl=60, exc_string=text)


def _queue(queue: JobQueue, job: Job) -> JsonQueue:
    return JsonQueue(job.origin, connection=queue.redis)
