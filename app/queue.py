"""The job queues: names of jobs, enqueueing, and the channel on which promotions are told."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from enum import StrEnum
from operator import itemgetter
from typing import Any

from redis import Redis
from redis.client import PubSub
from redis.exceptions import RedisError
from rq import Queue, worker_registration
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from app.errors import QueueUnavailable
from app.queue_names import QueueName
from app.settings import Settings
from app.telemetry import TRACEPARENT, request_id, traceparent

CHAMPION_CHANNEL = "pytune:champion"
TRAINING_CHANNEL = "pytune:training"
IMPORT_CHANNEL = "pytune:import"
TUNING_CHANNEL = "pytune:tuning"
EVALUATION_CHANNEL = "pytune:evaluation"
"""Told after a row has changed: that it has, not how."""
RELOAD = "reload:"
"""Told of the champion in place of a version: what begins the id of who asks for it."""
CHANNELS = (
    CHAMPION_CHANNEL,
    TRAINING_CHANNEL,
    IMPORT_CHANNEL,
    TUNING_CHANNEL,
    EVALUATION_CHANNEL,
)
_ANSWER_SECONDS = 5.0
_PASSWORD = re.compile(r"//[^/]*@")
_RESULT_SECONDS = 7 * 24 * 3600


class JobName(StrEnum):
    """Every job by the place of its function; a test resolves each."""

    TRAIN = "jobs.train.train"
    EVALUATE = "jobs.evaluate.evaluate"
    FIND_VIDEO = "jobs.find_videos.find_video"
    RETRAIN = "jobs.retrain.retrain"
    TUNE = "jobs.tune.tune"
    RETUNE = "jobs.retune.retune"
    TIDY = "jobs.tidy.tidy"
    IMPORT_DATA = "jobs.import_data.import_data"
    LOOK_FOR_FILES = "jobs.look_for_files.look_for_files"
    WATCH_DRIFT = "jobs.watch_drift.watch_drift"
    DELIVER_ALERTS = "jobs.deliver_alerts.deliver_alerts"

    @property
    def queue(self) -> QueueName:
        return _QUEUES.get(self, QueueName.SHORT)


_QUEUES = {
    JobName.TRAIN: QueueName.MODELS,
    JobName.EVALUATE: QueueName.MODELS,
    JobName.TUNE: QueueName.MODELS,
    JobName.IMPORT_DATA: QueueName.IMPORTS,
}

JSON_SERIALIZER = "rq.serializers.JSONSerializer"
"""By its path: RQ writes it into the source of each job's process."""


class JsonJob(Job):
    """JSON where RQ's default is pickle, also for rq-scheduler, which names no serializer."""

    def __init__(
        self,
        id: str | None = None,  # noqa: A002  RQ's own name for it
        connection: Redis | None = None,
        serializer: Any = None,
    ) -> None:
        super().__init__(id, connection, serializer or JSONSerializer)


class JsonQueue(Queue):
    job_class = JsonJob

    def __init__(self, name: str = "default", **options: Any) -> None:
        options["serializer"] = JSONSerializer
        super().__init__(name, **options)

    def enqueue_job(self, job: Job, *arguments: Any, **options: Any) -> Job:
        """One that waits already does not wait twice; one that goes again has failed no more."""
        if self.get_job_position(job.id) is not None:
            return job
        self.failed_job_registry.remove(job)
        return super().enqueue_job(job, *arguments, **options)


class JobQueue:
    """Enqueues jobs by name with JSON arguments; no pickle crosses the key-value server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.redis: Redis = Redis.from_url(
            settings.key_value_url, socket_timeout=_ANSWER_SECONDS, socket_connect_timeout=2
        )
        self.queues = {name: JsonQueue(name.key, connection=self.redis) for name in QueueName}

    @property
    def address(self) -> str:
        """Where the server is, without its password."""
        return _PASSWORD.sub("//", self.settings.key_value_url)

    def enqueue(
        self, name: JobName, *arguments: Any, timeout: int = 300, job_id: str | None = None
    ) -> str:
        """Enqueue, under an id of one's own or a new one; the job's id. Raises QueueUnavailable."""
        try:
            job = self.queues[name.queue].enqueue_call(
                name.value,
                args=arguments,
                job_id=job_id,
                timeout=timeout,
                result_ttl=_RESULT_SECONDS,
                failure_ttl=_RESULT_SECONDS,
                meta={"request_id": request_id(), TRACEPARENT: traceparent()},
            )
        except RedisError as error:
            raise QueueUnavailable(address=self.address) from error
        return str(job.id)

    def is_alive(self, job_id: str) -> bool:
        """Whether the job still waits or runs. Raises QueueUnavailable."""
        try:
            job = JsonJob.fetch(job_id, connection=self.redis)
        except NoSuchJobError:
            return False
        except RedisError as error:
            raise QueueUnavailable(address=self.address) from error
        return not (job.is_finished or job.is_failed or job.is_canceled or job.is_stopped)

    def is_waiting(self, job_id: str, latest: datetime) -> bool:
        """Whether the job stands in a queue, or was taken by a worker after that moment.

        Its process takes seconds to start, and says nothing until then. Raises QueueUnavailable.
        """
        with self.answering():
            for queue in self.queues.values():
                if queue.get_job_position(job_id) is not None:
                    return True
                if job_id in queue.intermediate_queue.get_job_ids():
                    return True  # a worker has it, and RQ takes care of those that die of it
            with suppress(NoSuchJobError):
                begun = JsonJob.fetch(job_id, connection=self.redis).started_at
                return begun is not None and begun > latest
        return False

    def waiting_ids(self) -> list[str]:
        """Of the jobs that stand in the queues, those next in theirs first. Raises RedisError."""
        places = [
            (place, job_id)
            for queue in self.queues.values()
            for place, job_id in enumerate(queue.get_job_ids())
        ]
        return [job_id for _, job_id in sorted(places, key=itemgetter(0))]

    def remove(self, job_id: str) -> bool:
        """Take a job off the queue that it stands in, if any. Raises RedisError."""
        return any(queue.remove(job_id) for queue in self.queues.values())

    def workers(self) -> dict[QueueName, int]:
        """How many each queue has; a killed one counts until it has been silent for a while.

        Raises QueueUnavailable.
        """
        found = {}
        with self.answering():
            for name, queue in self.queues.items():
                keys = worker_registration.get_keys(queue)
                living: Any = self.redis.exists(*keys) if keys else 0
                found[name] = int(living)
        return found

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Raise QueueUnavailable where the key-value server does not answer."""
        try:
            yield
        except RedisError as error:
            raise QueueUnavailable(address=self.address) from error

    def check(self) -> None:
        """Raise QueueUnavailable unless the key-value server answers."""
        try:
            self.redis.ping()
        except RedisError as error:
            raise QueueUnavailable(address=self.address) from error

    def announce_champion(self, version: int) -> None:
        """Tell every web process at once; those that miss it find out when they next poll."""
        with suppress(RedisError):
            self.redis.publish(CHAMPION_CHANNEL, version)

    def announce_reload(self, origin: str) -> None:
        """Have web processes read the champion's files again; `origin` has done so by itself."""
        with suppress(RedisError):
            self.redis.publish(CHAMPION_CHANNEL, f"{RELOAD}{origin}")

    def announce_progress(self, training_id: int) -> None:
        """Tell whoever follows a training; those that miss it look by themselves."""
        with suppress(RedisError):
            self.redis.publish(TRAINING_CHANNEL, training_id)

    def announce_import(self, import_id: int) -> None:
        """Tell whoever follows an import; those that miss it look by themselves."""
        with suppress(RedisError):
            self.redis.publish(IMPORT_CHANNEL, import_id)

    def announce_tuning(self, tuning_id: int) -> None:
        """Tell whoever follows a search; those that miss it look by themselves."""
        with suppress(RedisError):
            self.redis.publish(TUNING_CHANNEL, tuning_id)

    def announce_evaluation(self, run_id: int) -> None:
        """Tell whoever follows an evaluation that was asked for; others look by themselves."""
        with suppress(RedisError):
            self.redis.publish(EVALUATION_CHANNEL, run_id)

    def champion_news(self) -> PubSub:
        """A subscription to announced promotions. Raises RedisError where nobody answers."""
        channel: PubSub = self.redis.pubsub()  # type: ignore[no-untyped-call]
        channel.subscribe(CHAMPION_CHANNEL)
        return channel

    def close(self) -> None:
        self.redis.close()
