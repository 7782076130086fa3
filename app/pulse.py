"""Says every second, from a thread of its own, that a job lives."""

import logging
import threading
from collections.abc import Callable
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from app.errors import PyTuneError

log = logging.getLogger(__name__)

_BEAT_SECONDS = 1.0


class Pulse:
    """Calls `beat` while it is entered; what the database refuses is tried again."""

    def __init__(self, beat: Callable[[], None]) -> None:
        self._beat = beat
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(_BEAT_SECONDS):
            if not self.once():
                return

    def once(self) -> bool:
        """Whether to go on."""
        try:
            self._beat()
        except SQLAlchemyError:
            log.warning("a pulse could not be written", exc_info=True)
        except PyTuneError:
            return False  # it is over, or another's by now
        return True
