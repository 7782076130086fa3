"""Imports whose worker died: gone on with by another, or given up."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.db import Database
from app.importing import claiming, commands, records
from app.importing.claiming import Claimed
from app.importing.records import ACTIVE
from app.models import DataImport, ImportState
from app.models.columns import id_of, utc_now
from app.queue import JobQueue

_ATTEMPTS = 3
"""A file that kills its worker so often is given up."""


def go_on_with_abandoned(database: Database, queue: JobQueue, silent: timedelta) -> list[int]:
    """Enqueue anew what a dead worker left behind; the numbers. Raises QueueUnavailable.

    Should the worker live after all, it finds that its claim is void, and nothing is done twice.
    """
    latest = utc_now() - silent
    with database.read() as session:
        active = session.exec(select(DataImport).where(col(DataImport.state).in_(ACTIVE))).all()
    quiet = [row for row in active if records.is_silent(row, latest)]
    lost = [row for row in quiet if not _waits(queue, row, latest)]
    for row in lost:
        claimed = database.transact(_taking_over(row, latest))
        if claimed is not None:
            claiming.enqueue(database, queue, claimed)
        queue.announce_import(id_of(row))
    return [id_of(row) for row in lost]


def _waits(queue: JobQueue, row: DataImport, latest: datetime) -> bool:
    """Whether its job stands in the queue still, behind others, or has hardly begun."""
    if row.job_id is None or commands.is_command(row):
        return False
    return queue.is_waiting(row.job_id, latest)


def _taking_over(row: DataImport, latest: datetime) -> Callable[[Session], Claimed | None]:
    """Claim it, or give it up where that makes no sense."""

    def take(session: Session) -> Claimed | None:
        now = records.locked(session, id_of(row))
        if now.job_id != row.job_id or not records.is_silent(now, latest):
            return None
        if commands.is_command(now):
            problem = commands.ENDED
        elif now.attempts >= _ATTEMPTS:
            problem = f"Its worker died {_ATTEMPTS} times."
        else:
            return claiming.claim(session, now, claiming.new_holder())
        now.state, now.error, now.finished_at = ImportState.FAILED, problem, utc_now()
        session.add(now)
        return None

    return take
