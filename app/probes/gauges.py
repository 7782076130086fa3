"""What is looked up at the moment of asking: what is away, what is served, what waits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from anyio import CapacityLimiter, move_on_after, to_thread
from prometheus_client import Metric
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    SummaryMetricFamily,
)
from sqlalchemy.exc import SQLAlchemyError

from app import alerts, jobs, training, watches
from app.errors import PyTuneError, QueueUnavailable
from app.job_times import JobTimes, job_times
from app.models import DriftWatch
from app.models.columns import utc_now
from app.queue_names import QueueName
from app.state import State
from app.telemetry import REGISTRY

T = TypeVar("T")

LOOK_SECONDS = 3.0
"""A balancer's patience is about as long."""
OK, AWAY, NOT_LOADED, NOT_FOLLOWED = "ok", "away", "not loaded", "not followed"

_DRIFT = (
    ("value", "pytune_drift_value", "What the last watch for drift saw, by signal."),
    (
        "before",
        "pytune_drift_before",
        "What it compared that with: the first days after promotion.",
    ),
    ("drifted", "pytune_drifted", "Whether it took the change for drift."),
)


@dataclass(frozen=True, slots=True)
class Champion:
    version: int
    age_seconds: float
    """Since it took office."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """One look around. What could not be asked is None."""

    key_value: bool
    database: bool
    champion: Champion | None
    alerts_open: dict[str, int] | None
    drift: DriftWatch | None
    """The last watch; None before the first."""
    jobs: dict[str, int] | None
    workers: dict[QueueName, int] | None
    job_times: dict[str, JobTimes] | None
    served_version: int | None
    """Of the loaded model; None while popularity is served."""
    is_following: bool
    """Whether this process will hear of the next champion."""

    @property
    def model(self) -> str:
        if self.champion is not None and self.served_version is None:
            return NOT_LOADED
        return OK if self.is_following else NOT_FOLLOWED

    @property
    def parts(self) -> dict[str, str]:
        return {
            "database": OK if self.database else AWAY,
            "key_value": OK if self.key_value else AWAY,
            "model": self.model,
        }

    @property
    def is_ready(self) -> bool:
        """Without the key-value server lists are made and listens taken: it does not count."""
        return self.database and self.model == OK


async def gathered(state: State) -> Gathered:
    """Look around; raises nothing for what is away, and what says nothing is taken to be away."""
    queue = await _within(_Queue(), partial(_queue, state), state.lookers)
    rows = await _within(_Rows(), partial(_rows, state), state.lookers)
    model = state.slot.model
    return Gathered(
        key_value=queue.answers,
        database=rows.answers,
        champion=rows.champion,
        alerts_open=rows.alerts_open,
        drift=rows.drift,
        jobs=queue.counts,
        workers=queue.workers,
        job_times=queue.times,
        served_version=model.version if model else None,
        is_following=state.follower.is_following,
    )


async def _within(silent: T, look: Callable[[], T], lookers: CapacityLimiter) -> T:
    """What is found, in a thread that requests cannot take; `silent` where it takes too long."""
    with move_on_after(LOOK_SECONDS):
        return await to_thread.run_sync(look, abandon_on_cancel=True, limiter=lookers)
    return silent


@dataclass(frozen=True, slots=True)
class _Queue:
    answers: bool = False
    counts: dict[str, int] | None = None
    workers: dict[QueueName, int] | None = None
    times: dict[str, JobTimes] | None = None


def _queue(state: State) -> _Queue:
    queue = state.queue
    try:
        return _Queue(True, jobs.counts(queue), queue.workers(), job_times(queue))
    except QueueUnavailable:
        return _Queue()


@dataclass(frozen=True, slots=True)
class _Rows:
    answers: bool = False
    champion: Champion | None = None
    alerts_open: dict[str, int] | None = None
    drift: DriftWatch | None = None


def _rows(state: State) -> _Rows:
    try:
        with state.database.read() as session:
            found = training.champion(session)
            opened = alerts.count_open_by_kind(session)
            drift = next(iter(watches.watches(session, 1)), None)
    except (SQLAlchemyError, PyTuneError):
        return _Rows()
    return _Rows(True, _champion(found) if found else None, opened, drift)


def _champion(found: training.Champion) -> Champion:
    age = (utc_now() - found.promotion.created_at).total_seconds()
    return Champion(found.version, age)


class Gauges:
    """What was gathered as Prometheus takes it, after what the process counted itself."""

    def __init__(self, found: Gathered) -> None:
        self.found = found

    def collect(self) -> Iterator[Metric]:
        yield from REGISTRY.collect()
        yield from self._of_dependencies()
        yield from self._of_models()
        yield from self._of_drift()
        yield from self._of_queue()

    def _of_dependencies(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("pytune_up", "Whether a part answers.", labels=["part"])
        for part, said in self.found.parts.items():
            up.add_metric([part], float(said == OK))
        yield up
        if self.found.alerts_open is not None:
            family = GaugeMetricFamily(
                "pytune_alerts_open", "Alerts that nobody has acknowledged.", labels=["kind"]
            )
            for kind, count in self.found.alerts_open.items():
                family.add_metric([kind], count)
            yield family

    def _of_models(self) -> Iterator[Metric]:
        served = self.found.served_version
        yield GaugeMetricFamily(
            "pytune_model_version",
            "Number of the training whose model this process serves; 0 for popularity.",
            value=served or 0,
        )
        if self.found.champion is not None:
            yield GaugeMetricFamily(
                "pytune_champion_version", "The champion's.", value=self.found.champion.version
            )
            yield GaugeMetricFamily(
                "pytune_champion_age_seconds",
                "Since the champion took office.",
                value=self.found.champion.age_seconds,
            )

    def _of_drift(self) -> Iterator[Metric]:
        watch = self.found.drift
        if watch is None:
            return
        yield GaugeMetricFamily(
            "pytune_drift_watched_timestamp_seconds",
            "When drift was last looked for.",
            value=watch.watched_at.timestamp(),
        )
        for key, name, meaning in _DRIFT:
            family = GaugeMetricFamily(name, meaning, labels=["signal"])
            for signal, figures in watch.signals.items():
                if figures[key] is not None:
                    family.add_metric([signal], float(figures[key]))
            yield family

    def _of_queue(self) -> Iterator[Metric]:
        if self.found.jobs is not None:
            depth = GaugeMetricFamily("pytune_jobs", "Jobs by their state.", labels=["state"])
            for state, count in self.found.jobs.items():
                depth.add_metric([state], count)
            yield depth
        if self.found.workers is not None:
            family = GaugeMetricFamily(
                "pytune_workers", "Workers that live, by the queue they serve.", labels=["queue"]
            )
            for queue, count in self.found.workers.items():
                family.add_metric([queue.value], count)
            yield family
        times = self.found.job_times
        if times is None:
            return
        seconds = SummaryMetricFamily(
            "pytune_job_seconds", "Time that jobs took, of all workers.", labels=["job"]
        )
        failed = CounterMetricFamily("pytune_jobs_failed", "Jobs that failed.", labels=["job"])
        for name, each in times.items():
            seconds.add_metric([name], count_value=each.count, sum_value=each.seconds)
            failed.add_metric([name], each.failed)
        yield seconds
        yield failed
