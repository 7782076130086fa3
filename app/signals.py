"""Wait for signals and for the deaths of children, without polling."""

import os
import select
import signal
from types import FrameType
from typing import Any, Self

HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
_STOPPING = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})


class Signals:
    """Entered in the main thread; the earlier handlers are back afterwards, in a fork too."""

    def __enter__(self) -> Self:
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)
        os.set_blocking(self._reading, False)
        self._earlier_fd = signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        self._earlier: dict[int, Any] = {number: signal.signal(number, _heard) for number in HEARD}
        self.stop_asked = False
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(self._earlier_fd)
        for number, handler in self._earlier.items():
            signal.signal(number, handler)
        os.close(self._reading)
        os.close(self._writing)

    def wait(self, seconds: float | None = None) -> None:
        """Until a signal comes or the time is over; `stop_asked` says whether to end."""
        ready, _, _ = select.select([self._reading], [], [], seconds)
        if ready:
            numbers = os.read(self._reading, 4096)
            self.stop_asked = self.stop_asked or not _STOPPING.isdisjoint(numbers)


def _heard(_number: int, _frame: FrameType | None) -> None:
    """Signals are read from the pipe; a handler is needed for them to be written there."""
