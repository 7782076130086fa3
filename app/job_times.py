"""How long jobs took, summed for all workers in the key-value server."""

from contextlib import suppress
from dataclasses import dataclass

from redis.exceptions import RedisError

from app.queue import JobQueue

_KEY = "pytune:job-times"


@dataclass(frozen=True, slots=True)
class JobTimes:
    count: int
    """Those that ended by themselves: a killed one tells nobody."""
    failed: int
    seconds: float


def note_job(queue: JobQueue, name: str, seconds: float, *, failed: bool) -> None:
    """Count a job that has ended. Where the server is away the count is lost, not the job."""
    with suppress(RedisError), queue.redis.pipeline() as pipe:
        pipe.hincrby(_KEY, f"{name} count", 1)
        pipe.hincrby(_KEY, f"{name} failed", int(failed))
        pipe.hincrbyfloat(_KEY, f"{name} seconds", seconds)
        pipe.execute()


def job_times(queue: JobQueue) -> dict[str, JobTimes]:
    """By name of the job. Raises QueueUnavailable."""
    with queue.answering():
        found: dict[bytes, bytes] = queue.redis.hgetall(_KEY)  # type: ignore[assignment]
    kept = {key.decode(): float(value) for key, value in found.items()}
    names = sorted({key.rpartition(" ")[0] for key in kept})
    return {
        name: JobTimes(
            count=int(kept.get(f"{name} count", 0)),
            failed=int(kept.get(f"{name} failed", 0)),
            seconds=kept.get(f"{name} seconds", 0.0),
        )
        for name in names
    }
