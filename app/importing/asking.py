"""Use-cases of whoever wants an import: begin, cancel, take back, look at; go on after a death."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.db import Database
from app.errors import QueueUnavailable
from app.errors.invalid import wrong_state
from app.importing import records
from app.importing.errors import ImportNotFound, ImportUnderway
from app.importing.records import ACTIVE, UNDONE_FROM, Wanted
from app.importing.run import COMMAND
from app.models import DataImport, ImportState
from app.models.columns import id_of, utc_now
from app.queue import JobName, JobQueue

_ATTEMPTS = 3
"""A file that kills its worker so often is given up."""


def launch(database: Database, queue: JobQueue, wanted: Wanted) -> int:
    """Write an import down and enqueue its job; its number.

    One at a time for each listener, and for each source of catalogues. Raises ImportUnderway,
    or QueueUnavailable, after which nothing is under way.
    """

    def write(session: Session) -> int:
        _refuse_second(session, wanted)
        return id_of(records.write_down(session, wanted, ImportState.QUEUED, holder))

    holder = _new_holder()
    number = database.transact(write)
    _enqueue(database, queue, number, holder)
    return number


def cancel(database: Database, queue: JobQueue, import_id: int) -> None:
    """End it where it is; what has been loaded stays, and can be taken back.

    The job finds out at its next block. Raises ImportNotFound, or InvalidInput where it is over.
    """

    def end(session: Session) -> None:
        row = records.locked(session, import_id)
        if row.state not in {ImportState.QUEUED, ImportState.RUNNING}:
            problem = f"is {row.state.value}: only what goes on is cancelled"
            raise wrong_state("importId", problem, row.state)
        row.state, row.finished_at = ImportState.CANCELLED, utc_now()
        session.add(row)

    database.transact(end)
    queue.announce_import(import_id)


def take_back(database: Database, queue: JobQueue, import_id: int) -> None:
    """Have it undone as a whole by a job.

    Raises ImportNotFound, InvalidInput where it goes on or is undone, QueueUnavailable.
    """
    holder = _new_holder()
    before = database.transact(partial(records.begin_undoing, import_id=import_id, holder=holder))
    _enqueue(database, queue, import_id, holder, state=before)
    queue.announce_import(import_id)


def stop(database: Database, queue: JobQueue, import_id: int, reason: str) -> None:
    """End it because its job is ended, whatever it does; what is over stays as it is.

    One that was being undone has failed, and can be undone again. Raises ImportNotFound.
    """

    def end(session: Session) -> None:
        row = records.locked(session, import_id)
        if row.state in ACTIVE:
            undoing = row.state is ImportState.UNDOING
            row.state = ImportState.FAILED if undoing else ImportState.CANCELLED
            row.error, row.finished_at = reason, utc_now()
            session.add(row)

    database.transact(end)
    queue.announce_import(import_id)


def try_again(database: Database, queue: JobQueue, import_id: int) -> str:
    """Go on with one that failed, where it was; the id of the job that does so.

    Raises ImportNotFound, InvalidInput where it did not fail or its file is gone,
    QueueUnavailable.
    """

    def begin(session: Session) -> ImportState:
        row = records.locked(session, import_id)
        before = row.state
        if before not in {*UNDONE_FROM, ImportState.UNDOING} - {ImportState.FINISHED}:
            raise wrong_state("jobId", f"its import is {before.value}", before)
        if before is not ImportState.UNDOING:
            if not Path(row.path).exists():
                raise wrong_state("jobId", "its import's file is gone: send it again", before)
            row.state = ImportState.QUEUED
        records.claim_anew(row, holder)
        row.attempts, row.error, row.finished_at = 0, None, None
        session.add(row)
        return before

    holder = _new_holder()
    before = database.transact(begin)
    _enqueue(database, queue, import_id, holder, state=before)
    queue.announce_import(import_id)
    return holder


def visible(session: Session, import_id: int, user_id: int | None) -> DataImport:
    """The import, if it is that user's; None sees all. Raises ImportNotFound."""
    row = records.record(session, import_id)
    if user_id is not None and row.user_id != user_id:
        raise ImportNotFound(import_id)
    return row


def imports(
    session: Session, user_id: int | None, first: int, before_id: int | None = None
) -> list[DataImport]:
    """A listener's own ones, or everybody's for None; the newest first."""
    statement = select(DataImport).order_by(col(DataImport.id).desc()).limit(first)
    if user_id is not None:
        statement = statement.where(DataImport.user_id == user_id)
    if before_id is not None:
        statement = statement.where(col(DataImport.id) < before_id)
    return list(session.exec(statement))


def count_imports(session: Session, user_id: int | None) -> int:
    statement = select(func.count()).select_from(DataImport)
    if user_id is not None:
        statement = statement.where(DataImport.user_id == user_id)
    return session.exec(statement).one()


def paths_needed(session: Session) -> set[str]:
    """Files of imports that are not over."""
    return set(session.exec(select(DataImport.path).where(col(DataImport.state).in_(ACTIVE))))


def go_on_with_abandoned(database: Database, queue: JobQueue, silent: timedelta) -> list[int]:
    """Enqueue anew what a dead worker left behind; the numbers. Raises QueueUnavailable.

    Should the worker live after all, it finds that its claim is void, and nothing is done twice.
    """
    latest = utc_now() - silent
    with database.read() as session:
        active = session.exec(select(DataImport).where(col(DataImport.state).in_(ACTIVE))).all()
    quiet = [row for row in active if records.is_silent(row, latest)]
    lost = [row for row in quiet if not _waits(queue, row)]
    for row in lost:
        number, holder = id_of(row), _new_holder()
        if database.transact(_taking_over(row, holder)):
            _enqueue(database, queue, number, holder, state=row.state)
        queue.announce_import(number)
    return [id_of(row) for row in lost]


def _waits(queue: JobQueue, row: DataImport) -> bool:
    """Whether its job stands in the queue still, behind others."""
    never_begun = row.attempts == 0 and row.job_id is not None
    is_command = (row.job_id or "").startswith(COMMAND)
    return never_begun and not is_command and queue.is_alive(str(row.job_id))


def _taking_over(row: DataImport, holder: str) -> Callable[[Session], bool]:
    """Claim it, or give it up where that makes no sense; whether it is claimed."""

    def take(session: Session) -> bool:
        now = records.locked(session, id_of(row))
        if now.job_id != row.job_id or now.state not in ACTIVE:
            return False
        session.add(now)
        if (now.job_id or "").startswith(COMMAND):
            problem = "The command was ended. Start it again: nothing is loaded twice."
        elif now.attempts >= _ATTEMPTS:
            problem = f"Its worker died {_ATTEMPTS} times."
        else:
            records.claim_anew(now, holder)
            return True
        now.state, now.error, now.finished_at = ImportState.FAILED, problem, utc_now()
        return False

    return take


def _refuse_second(session: Session, wanted: Wanted) -> None:
    same = (
        col(DataImport.source) == wanted.source
        if wanted.user_id is None
        else col(DataImport.user_id) == wanted.user_id
    )
    statement = select(DataImport.id).where(same, col(DataImport.state).in_(ACTIVE))
    underway = session.exec(statement).first()
    if underway is not None:
        raise ImportUnderway(import_id=underway)


def _enqueue(
    database: Database,
    queue: JobQueue,
    number: int,
    holder: str,
    state: ImportState = ImportState.FAILED,
) -> None:
    """Where the queue does not answer, the row is left in `state`."""
    timeout = queue.settings.import_timeout_seconds
    try:
        queue.enqueue(JobName.IMPORT_DATA, number, holder, timeout=timeout, job_id=holder)
    except QueueUnavailable as error:
        reason = str(error)
        database.transact(lambda session: _put_back(session, number, state, reason))
        raise


def _put_back(session: Session, number: int, state: ImportState, reason: str) -> None:
    row = records.locked(session, number)
    row.state, row.error = state, reason
    session.add(row)


def _new_holder() -> str:
    return f"import-{secrets.token_hex(12)}"
