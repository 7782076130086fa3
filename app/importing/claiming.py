"""A job's claim on an import: given, and taken back where the queue does not answer."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from app.db import Database
from app.errors import QueueUnavailable
from app.errors.invalid import wrong_state
from app.importing import commands, records
from app.importing.errors import ImportNotFound, ImportUnderway
from app.importing.records import ACTIVE, UNDONE_FROM, locked
from app.models import DataImport, ImportState
from app.models.columns import id_of, utc_now
from app.queue import JobName, JobQueue
from app.turns import IMPORTS, take_turn

_OF_A_CLAIM = ("state", "job_id", "attempts", "progress", "heartbeat_at", "error", "finished_at")


@dataclass(frozen=True, slots=True)
class Claimed:
    """An import with a new claim, whose job is still to be enqueued."""

    number: int
    was: dict[str, Any] | None
    """None where there was no import."""
    now: dict[str, Any]

    @property
    def holder(self) -> str:
        return str(self.now["job_id"])


def new_holder() -> str:
    return f"import-{secrets.token_hex(12)}"


def claim(session: Session, row: DataImport, holder: str, **changed: Any) -> Claimed:
    """Give a locked row to another holder, and change it otherwise."""
    was = _of_a_claim(row)
    row.sqlmodel_update({"job_id": holder, "heartbeat_at": utc_now(), **changed})
    session.add(row)
    return Claimed(id_of(row), was, _of_a_claim(row))


def begin_undoing(session: Session, import_id: int, holder: str) -> Claimed:
    """Claim it for being taken back.

    Raises ImportNotFound, ImportUnderway, or InvalidInput where it goes on or is undone.
    """
    row = locked_alone(session, import_id)
    if row.state not in UNDONE_FROM and not commands.end_if_gone(row):
        problem = f"is {row.state}: only what is over can be undone"
        raise wrong_state("importId", problem, row.state)
    undoing = {"state": ImportState.UNDOING, "progress": 0.0}
    return claim(session, row, holder, **undoing, attempts=0, finished_at=None)


def locked_alone(session: Session, import_id: int) -> DataImport:
    """The row. Raises ImportNotFound, ImportUnderway where another of its kind goes on."""
    row = records.record(session, import_id)
    refuse_second(session, row.source, row.user_id, besides=import_id)
    return locked(session, import_id)


def begun(row: DataImport) -> Claimed:
    """A row that was just written down."""
    return Claimed(id_of(row), None, _of_a_claim(row))


def refuse_second(
    session: Session, source: str, user_id: int | None, besides: int | None = None
) -> None:
    """One at a time for each listener, and for each source of catalogues; others wait for this.

    Raises ImportUnderway.
    """
    take_turn(session, IMPORTS)
    of = DataImport.source == source if user_id is None else DataImport.user_id == user_id
    statement = select(DataImport).where(
        of, col(DataImport.state).in_(ACTIVE), col(DataImport.id).is_distinct_from(besides)
    )
    for underway in session.exec(statement).all():
        number = id_of(underway)
        if not commands.is_gone(underway) or not commands.end_if_gone(locked(session, number)):
            raise ImportUnderway(import_id=number)


def enqueue(database: Database, queue: JobQueue, claimed: Claimed) -> None:
    """Enqueue the job that it was claimed for, or leave everything as it was.

    Raises QueueUnavailable.
    """
    timeout, holder = queue.settings.import_timeout_seconds, claimed.holder
    try:
        queue.enqueue(JobName.IMPORT_DATA, claimed.number, holder, timeout=timeout, job_id=holder)
    except QueueUnavailable:
        with suppress(ImportNotFound):
            database.transact(lambda session: _put_back(session, claimed))
        raise


def _put_back(session: Session, claimed: Claimed) -> None:
    """Unless somebody has cancelled it meanwhile, or a worker was told of it all the same."""
    row = locked(session, claimed.number)
    given = ("state", "job_id", "attempts")
    if any(getattr(row, name) != claimed.now[name] for name in given):
        return
    if claimed.was is None:
        session.delete(row)
    else:
        row.sqlmodel_update(claimed.was)
        session.add(row)


def _of_a_claim(row: DataImport) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _OF_A_CLAIM}
