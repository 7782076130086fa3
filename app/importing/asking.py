"""Use-cases of whoever wants an import: begin, cancel, take back, try again, look at."""

from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.db import Database
from app.errors.invalid import wrong_state
from app.importing import claiming, records
from app.importing.claiming import Claimed
from app.importing.errors import ImportNotFound
from app.importing.records import ACTIVE, UNDONE_FROM, Wanted
from app.models import DataImport, ImportState
from app.models.columns import utc_now
from app.queue import JobQueue


def launch(database: Database, queue: JobQueue, wanted: Wanted) -> int:
    """Write an import down and enqueue its job; its number.

    One at a time for each listener, and for each source of catalogues. Raises ImportUnderway,
    or QueueUnavailable, after which nothing is under way.
    """

    def write(session: Session) -> Claimed:
        claiming.refuse_second(session, wanted.source, wanted.user_id)
        holder = claiming.new_holder()
        return claiming.begun(records.write_down(session, wanted, ImportState.QUEUED, holder))

    claimed = database.transact(write)
    claiming.enqueue(database, queue, claimed)
    return claimed.number


def cancel(database: Database, queue: JobQueue, import_id: int) -> None:
    """End it where it is; what has been loaded stays, and can be taken back.

    The job finds out at its next block. Raises ImportNotFound, or InvalidInput where it is over.
    """

    def end(session: Session) -> None:
        row = records.locked(session, import_id)
        if row.state not in {ImportState.QUEUED, ImportState.RUNNING}:
            problem = f"is {row.state}: only what goes on is cancelled"
            raise wrong_state("importId", problem, row.state)
        row.state, row.finished_at = ImportState.CANCELLED, utc_now()
        session.add(row)

    database.transact(end)
    queue.announce_import(import_id)


def take_back(database: Database, queue: JobQueue, import_id: int) -> None:
    """Have it undone as a whole by a job.

    Raises ImportNotFound, InvalidInput where it goes on or is undone, ImportUnderway where another
    of the same listener or source does, QueueUnavailable, after which everything is as it was.
    """
    holder = claiming.new_holder()
    begin = partial(claiming.begin_undoing, import_id=import_id, holder=holder)
    claiming.enqueue(database, queue, database.transact(begin))
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

    Raises ImportNotFound, InvalidInput where it did not fail or its file is gone, ImportUnderway,
    QueueUnavailable, after which everything is as it was.
    """

    def begin(session: Session) -> Claimed:
        row = claiming.locked_alone(session, import_id)
        before = row.state
        if before not in {*UNDONE_FROM, ImportState.UNDOING} - {ImportState.FINISHED}:
            raise wrong_state("jobId", f"its import is {before}", before)
        state = before
        if before is not ImportState.UNDOING:
            if not Path(row.path).exists():
                raise wrong_state("jobId", "its import's file is gone: send it again", before)
            state = ImportState.QUEUED
        anew = {"state": state, "attempts": 0, "error": None, "finished_at": None}
        return claiming.claim(session, row, claiming.new_holder(), **anew)

    claimed = database.transact(begin)
    claiming.enqueue(database, queue, claimed)
    queue.announce_import(import_id)
    return claimed.holder


def visible(session: Session, import_id: int, user_id: int | None) -> DataImport:
    """The import, if it is that user's; None sees all. Raises ImportNotFound."""
    row = records.record(session, import_id)
    if user_id is not None and row.user_id != user_id:
        raise ImportNotFound(import_id)
    return row


def may_read(row: DataImport, user_id: int, *, is_administrator: bool) -> bool:
    """Whether what its file holds is for that user: nobody reads another's own history."""
    return row.user_id == user_id or (row.user_id is None and is_administrator)


def imports(
    session: Session, user_id: int | None, first: int, before_id: int | None = None
) -> list[DataImport]:
    """A listener's own ones, or everybody's for None; the newest first."""
    mine = () if user_id is None else (col(DataImport.user_id) == user_id,)
    return _newest(session, mine, first, before_id)


def own_and_catalogues(
    session: Session, user_id: int, first: int, before_id: int | None = None
) -> list[DataImport]:
    """What an administrator may read, the newest first."""
    owner = col(DataImport.user_id)
    return _newest(session, ((owner == user_id) | owner.is_(None),), first, before_id)


def histories_of_others(
    session: Session, user_id: int, first: int, before_id: int | None = None
) -> list[DataImport]:
    """What an administrator may stop, and not read; the newest first."""
    return _newest(session, (col(DataImport.user_id) != user_id,), first, before_id)


def _newest(
    session: Session, whose: tuple[Any, ...], first: int, before_id: int | None
) -> list[DataImport]:
    statement = select(DataImport).where(*whose).order_by(col(DataImport.id).desc())
    if before_id is not None:
        statement = statement.where(col(DataImport.id) < before_id)
    return list(session.exec(statement.limit(first)))


def count_imports(session: Session, user_id: int | None) -> int:
    statement = select(func.count()).select_from(DataImport)
    if user_id is not None:
        statement = statement.where(DataImport.user_id == user_id)
    return session.exec(statement).one()


def paths_needed(session: Session) -> set[str]:
    """Files of imports that are not over."""
    return set(session.exec(select(DataImport.path).where(col(DataImport.state).in_(ACTIVE))))
