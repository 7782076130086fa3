"""Children notice their parent's death through a pipe, whatever they are doing."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app import lifeline
from app.lifeline import LIFELINE

_CHILD = """
import signal, sys
from app import lifeline

{then}
print("ready", flush=True)
signal.pause()
"""


@contextmanager
def _child(then: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that waits for ever, and our end of its lifeline."""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", _CHILD.format(then=then)],
        env=os.environ | {LIFELINE: str(reading)},
        pass_fds=[reading],
        stdout=subprocess.PIPE,
        text=True,
    )
    os.close(reading)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    try:
        yield process, writing
    finally:
        process.kill()
        process.communicate()


def test_a_child_asks_itself_to_end() -> None:
    with _child("lifeline.hold_on()") as (process, ours):
        assert process.poll() is None
        os.close(ours)
        assert process.wait() == -signal.SIGTERM


def test_a_child_may_do_something_else() -> None:
    with _child("lifeline.hold_on(lambda: print('gone', flush=True))") as (process, ours):
        os.close(ours)
        assert process.stdout is not None
        assert process.stdout.readline() == "gone\n"
        assert process.poll() is None


def test_a_child_that_will_not_end_is_ended() -> None:
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN); lifeline._GRACE_SECONDS = 0.05; "
    with _child(deaf + "lifeline.hold_on()") as (process, ours):
        os.close(ours)
        assert process.wait() == -signal.SIGKILL


def test_without_a_lifeline_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(LIFELINE, raising=False)
    lifeline.hold_on()
    assert "lifeline" not in {thread.name for thread in threading.enumerate()}


_JOB = _CHILD.format(then="lifeline.die_with_parent()")
_WORKER = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", {_JOB!r}]).wait()
"""


def test_a_jobs_process_is_killed_with_its_worker() -> None:
    """It holds the pipe that we read: it is gone when the pipe ends."""
    worker = subprocess.Popen([sys.executable, "-c", _WORKER], stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    worker.kill()
    assert worker.communicate()[0] == ""
