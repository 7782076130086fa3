"""A running training says every second what it does, what it has to tell, and that it lives.

It hears whether anybody still wants it.
"""

import logging

from sqlmodel import Session

from app import training, training_log
from app.db import Database
from app.errors import TrainingOver
from app.ml.recommender import Report
from app.models import TrainingStage, TrainingState
from app.pulse import Pulse
from app.queue import JobQueue
from app.training_log import Line

log = logging.getLogger(__name__)


class Heartbeat(Pulse):
    """Writes stage, share and log of a training while it is entered, and at its end."""

    def __init__(self, database: Database, queue: JobQueue, training_id: int) -> None:
        super().__init__(self._tell)
        self.database = database
        self.queue = queue
        self.training_id = training_id
        self._stage, self._share = TrainingStage.READING, 0.0
        self._lines: list[Line] = []
        self._is_over = False

    def __exit__(self, *raised: object) -> None:
        super().__exit__(*raised)
        self.once()

    def say(self, stage: TrainingStage, share: float) -> None:
        """What is done now, and the share of the whole that is done, 0 to 1.

        Raises TrainingOver where the training was cancelled or given up: so its fits end.
        """
        if self._is_over:
            raise TrainingOver(training_id=self.training_id, state=TrainingState.FAILED.value)
        self._stage, self._share = stage, share

    def note(self, text: str) -> None:
        """A line for the log."""
        self._lines.append(training_log.line(text))
        log.info(text, extra={"training": self.training_id})

    def part(self, stage: TrainingStage, begin: float, end: float) -> Report:
        """A report for something that takes the whole from `begin` to `end`."""
        self.say(stage, begin)
        return lambda share: self.say(stage, begin + share * (end - begin))

    def _tell(self) -> None:
        lines = self._lines[:]
        goes_on = self.database.transact(lambda session: self._write(session, lines))
        del self._lines[: len(lines)]
        self._is_over = not goes_on
        self.queue.announce_progress(self.training_id)

    def _write(self, session: Session, lines: list[Line]) -> bool:
        training_log.write(session, self.training_id, lines)
        return training.progress(session, self.training_id, self._stage, self._share)
