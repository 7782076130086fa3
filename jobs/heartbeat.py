"""A running training says every second what it does and that it lives."""

import logging
import threading
from typing import Self

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from app import training
from app.db import Database
from app.ml.recommender import Report
from app.queue import JobQueue

log = logging.getLogger(__name__)

_BEAT_SECONDS = 1.0


class Heartbeat:
    """Writes stage and share of a training from a thread of its own, while it is entered."""

    def __init__(self, database: Database, queue: JobQueue, training_id: int) -> None:
        self.database = database
        self.queue = queue
        self.training_id = training_id
        self._stage, self._share = "", 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.queue.announce_progress(self.training_id)

    def say(self, stage: str, share: float) -> None:
        """What is done now, and the share of the whole that is done, 0 to 1."""
        self._stage, self._share = stage, share

    def part(self, stage: str, begin: float, end: float) -> Report:
        """A report for something that takes the whole from `begin` to `end`."""
        return lambda share: self.say(stage, begin + share * (end - begin))

    def _beat(self) -> None:
        while not self._over.wait(_BEAT_SECONDS):
            try:
                self.database.transact(self._write)
                self.queue.announce_progress(self.training_id)
            except SQLAlchemyError:
                log.warning("a heartbeat could not be written", exc_info=True)

    def _write(self, session: Session) -> None:
        training.progress(session, self.training_id, self._stage, self._share)
