"""Every list that is served goes to the prediction table, off the request's path.

None does that is served while the listener's record is paused, whenever it is written.
"""

import logging
import queue
import threading
from typing import Any

from sqlalchemy import Table
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app import listening
from app.db import Database, may_pass
from app.models import Prediction
from app.recommending import ServedList
from app.writes import insert_missing

log = logging.getLogger(__name__)

PREDICTIONS: Table = Prediction.__table__  # type: ignore[attr-defined]
_MOST_WAITING = 10_000
"""Lists kept while the database is away; more are dropped, and that is logged."""
_MOST_AT_ONCE = 200
_RETRY_SECONDS = 1.0


class ServedLog:
    """Takes lists without waiting; a thread writes them, many in one transaction."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._waiting: queue.Queue[ServedList | None] = queue.Queue(_MOST_WAITING)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="served-log", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, served: ServedList) -> None:
        try:
            self._waiting.put_nowait(served)
        except queue.Full:
            log.warning("a served list was not logged: too many wait", extra={"list": served.id})

    def stop(self) -> None:
        """Write what waits, then end."""
        self._stopping.set()
        if self._thread.is_alive():
            self._waiting.put(None)
            self._thread.join(10)

    def _run(self) -> None:
        over = False
        while not over:
            batch, over = self._next_batch()
            while batch and not self._write(batch):
                if self._stopping.wait(_RETRY_SECONDS):
                    log.error("served lists were not logged", extra={"lists": len(batch)})
                    break

    def _next_batch(self) -> tuple[list[ServedList], bool]:
        """Wait for a list, then take those that wait with it; and whether it was the last.

        Nothing is gathered on purpose: the more are written at once, the longer requests wait.
        """
        first = self._waiting.get()
        batch = [] if first is None else [first]
        while first is not None and len(batch) < _MOST_AT_ONCE:
            try:
                following = self._waiting.get_nowait()
            except queue.Empty:
                break
            if following is None:
                return batch, True
            batch.append(following)
        return batch, first is None

    def _write(self, batch: list[ServedList]) -> bool:
        """False if it should be tried again."""
        try:
            self.database.transact(lambda session: _insert(session, batch))
        except Exception as error:  # the log goes on, whatever is wrong with one list
            if may_pass(error):
                log.exception("served lists could not be logged yet", extra={"lists": len(batch)})
                return False
            return self._write_each(batch, error)
        return True

    def _write_each(self, batch: list[ServedList], error: Exception) -> bool:
        """One that cannot be written costs nobody else's."""
        if len(batch) > 1:
            return all(self._write([one]) for one in batch)
        if not isinstance(error, IntegrityError):  # somebody's account was deleted meanwhile
            log.error("a served list cannot be logged", exc_info=error, extra={"list": batch[0].id})
        return True


def _insert(session: Session, batch: list[ServedList]) -> None:
    """Nothing that was served while the listener's record was paused, or to those who are gone."""
    pauses = listening.pauses_of(session, {served.user_id for served in batch})
    rows = [
        as_row(served)
        for served in batch
        if served.user_id in pauses and not pauses[served.user_id].cover(served.served_at)
    ]
    if rows:
        insert_missing(session, PREDICTIONS, rows)


def as_row(served: ServedList) -> dict[str, Any]:
    return {
        "list_id": served.id,
        "user_id": served.user_id,
        "kind": served.kind,
        "model_version": served.model_version,
        "discovery": served.discovery,
        "served_at": served.served_at,
        "items": [[item.track.id, item.score] for item in served.items],
    }
