"""A worker for each queue, forked from one process, which starts again those that die."""

import gc
import logging
import signal
from collections.abc import Iterable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

from app import lifeline
from app.queue_names import QueueName
from app.settings import Settings
from app.signals import HEARD, Signals
from jobs.worker import work

log = logging.getLogger(__name__)

_AGAIN_SECONDS = 1.0
_FORKING = get_context("fork")
"""What workers import lies in memory once. This process never computes: a fork is safe."""


def work_all(settings: Settings) -> None:
    """Until told to end; then each worker is told too, as often as we are, and awaited."""
    gc.freeze()
    with Signals() as signals:
        workers = {name: _start(settings, name, signals) for name in QueueName}
        while not signals.stop_asked:
            dead = {name: each for name, each in workers.items() if not each.is_alive()}
            for name, each in dead.items():
                log.error("a worker died", extra={"queue": name.value, "code": each.exitcode})
            signals.wait(_AGAIN_SECONDS if dead else None)
            if not signals.stop_asked:
                workers |= {name: _start(settings, name, signals) for name in dead}
        _end(workers.values(), signals)


def _end(workers: Iterable[BaseProcess], signals: Signals) -> None:
    while any(each.is_alive() for each in workers):
        if signals.stop_asked:
            signals.stop_asked = False
            for each in workers:
                each.terminate()
        signals.wait()


def _start(settings: Settings, name: QueueName, signals: Signals) -> BaseProcess:
    process = _FORKING.Process(
        target=_work, args=(settings, name, signals), name=f"{name} worker", daemon=True
    )
    # A signal that came between fork and `_work` would be taken as if it were for this process.
    signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
    return process


def _work(settings: Settings, name: QueueName, signals: Signals) -> None:
    lifeline.die_with_parent()
    signals.__exit__()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
    work(settings, name)
