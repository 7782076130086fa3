"""Child processes: started with a log, a lifeline and a limit to how often they may die."""

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from app.errors import ChildFailed

_LARGEST_LOG_BYTES = 10 * 1024 * 1024
_MOST_STARTS = 5
_STARTS_WITHIN_SECONDS = 60.0
_TAIL_BYTES = 2000


@dataclass(slots=True)
class Child:
    """One of our processes. It keeps its name, log and file descriptors over restarts."""

    name: str
    arguments: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    descriptors: Sequence[int]
    stop_seconds: float = 10.0
    process: subprocess.Popen[bytes] | None = None
    _starts: deque[float] = field(default_factory=lambda: deque(maxlen=_MOST_STARTS))

    def start(self) -> None:
        self._starts.append(time.monotonic())
        with _log_file(self.log) as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.arguments],
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=tuple(self.descriptors),
                # Its own session: Ctrl-C reaches the parent alone, which stops all in order.
                start_new_session=True,
            )

    @property
    def is_dead(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def check(self) -> None:
        """Raise ChildFailed if it has ended."""
        if self.is_dead:
            raise ChildFailed(name=self.name, log=self.log, tail=self.tail())

    def revive(self) -> bool:
        """Start it again if it has ended; whether it had. Raises ChildFailed if it keeps dying."""
        if not self.is_dead:
            return False
        full = len(self._starts) == self._starts.maxlen
        if full and time.monotonic() - self._starts[0] < _STARTS_WITHIN_SECONDS:
            self.check()
        self.start()
        return True

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Ask, ask again (which makes a worker give up its job), then kill."""
        if self.process is None:
            return
        for _ in range(2):
            self.ask_to_stop()
            try:
                self.process.wait(self.stop_seconds / 2)
            except subprocess.TimeoutExpired:
                continue
            return
        self.process.kill()
        self.process.wait()

    def tail(self) -> str:
        """The last line of its log that says something."""
        with self.log.open("rb") as log:
            log.seek(0, os.SEEK_END)
            log.seek(max(0, log.tell() - _TAIL_BYTES))
            lines = log.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it wrote nothing"


def _log_file(path: Path) -> BinaryIO:
    """Opened for more; one that has grown too large is set aside first."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists() and path.stat().st_size > _LARGEST_LOG_BYTES:
        path.replace(path.with_suffix(".1.log"))
    return path.open("ab")
