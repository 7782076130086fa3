"""Children notice the parent's death: through a pipe whose other end only the parent holds."""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable

LIFELINE = "PYTUNE_LIFELINE"
"""Environment variable with the number of the pipe's reading end."""

START_SIGNAL = "PYTUNE_START_SIGNAL"
"""Environment variable with the number of a pipe that ends when a child may begin its work."""

_PR_SET_PDEATHSIG = 1
_GRACE_SECONDS = 15.0
_PARENT_CHECK_SECONDS = 1.0


def hold_on(then: Callable[[], None] | None = None) -> None:
    """In a child: call `then` (default: end this process) once the parent is gone."""
    number = os.environ.get(LIFELINE)
    if number is not None:
        _in_background(lambda: _await_end(int(number)), then or end_gently)


def await_start() -> None:
    """In a child that was started early, to import meanwhile: wait until all it needs is there."""
    number = os.environ.get(START_SIGNAL)
    if number is not None:
        _await_end(int(number))


def die_with_parent() -> None:
    """In a job's process: be killed with the worker, at once on Linux, else within a second."""
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:
            return
    never = threading.Event()

    def watch() -> None:
        while os.getppid() == parent:
            never.wait(_PARENT_CHECK_SECONDS)

    _in_background(watch, _end_now)


def end_gently() -> None:
    """Ask this process to end; end it for good if it does not."""
    reminder = threading.Timer(_GRACE_SECONDS, _end_now)
    reminder.daemon = True
    reminder.start()
    os.kill(os.getpid(), signal.SIGTERM)


def _end_now() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _await_end(reading_end: int) -> None:
    while os.read(reading_end, 1):
        pass


def _in_background(wait: Callable[[], None], then: Callable[[], None]) -> None:
    def run() -> None:
        wait()
        then()

    threading.Thread(target=run, name="lifeline", daemon=True).start()
