"""Faults, each done several times under load, and a line for each of what they cost."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.soak.conftest import Say
from tests.soak.faults.clients import Clients
from tests.soak.swapping import await_that

TIMES = int(os.environ.get("PYTUNE_SOAK_FAULTS", "5"))
HEADER = (
    f"{'fault':<36} {'times':>5} {'failed requests':>15} {'listens lost':>12} "
    f"{'wrong answers':>13} {'recovery s: median':>18} {'slowest':>7}"
)


def _nothing() -> None:
    """Some faults end by themselves."""


def _at_once() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Fault:
    """What begins it, what ends it some seconds later, and what must hold before it is over."""

    name: str
    begin: Callable[[], None]
    end: Callable[[], None] = _nothing
    seconds: float = 0.0
    is_over: Callable[[], bool] = _at_once
    fails_requests: bool = False
    """Whether those that come meanwhile may fail."""
    most_seconds: float = 60.0
    """To recover, on a machine that is busy with other work."""
    rest_seconds: float = 0.0
    """Before the next time: a parent gives up on a child that dies five times in a minute."""


@dataclass(frozen=True, slots=True)
class Cost:
    fault: Fault
    failed: int
    lost: int
    wrong: int
    recovery: list[float]
    """Seconds from its end until everybody was answered and all was as before."""

    def __str__(self) -> str:
        middle, slowest = sorted(self.recovery)[len(self.recovery) // 2], max(self.recovery)
        return (
            f"{self.fault.name:<36} {len(self.recovery):>5} {self.failed:>15} {self.lost:>12} "
            f"{self.wrong:>13} {middle:>18.1f} {slowest:>7.1f}"
        )

    @property
    def is_as_promised(self) -> bool:
        soon = max(self.recovery) <= self.fault.most_seconds
        answered = self.fault.fails_requests or self.failed == 0
        return self.lost == self.wrong == 0 and soon and answered


def suffer(faults: list[Fault], clients: Clients, say: Say) -> list[Cost]:
    """All of them, one after the other; the table is said as it grows."""
    say(HEADER)
    costs = []
    for fault in faults:
        costs.append(_cost(fault, clients))
        say(str(costs[-1]))
    return costs


def _cost(fault: Fault, clients: Clients) -> Cost:
    moment, failed = threading.Event(), clients.failed
    recovery = []
    for _ in range(TIMES):
        fault.begin()
        over = time.monotonic()
        if fault.seconds:
            moment.wait(fault.seconds)
            fault.end()
            over = time.monotonic()
        clients.await_answers(over)
        await_that(fault.is_over, 0.2)
        recovery.append(time.monotonic() - over)
        moment.wait(fault.rest_seconds)
    return Cost(fault, clients.failed - failed, clients.lost(), clients.wrong(), recovery)
