"""A job's end is its import's end too, and what failed is tried again where it was."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app import jobs
from app.db import Database
from app.errors import InvalidInput
from app.importing import abandoned, asking, records
from app.importing.formats import ImportFormat
from app.importing.records import Claim, Wanted
from app.jobs import JobState
from app.models import ImportState
from app.queue import JobQueue
from app.settings import Settings
from tests.jobs_at_work import fail


@pytest.fixture
def queue(settings: Settings) -> Iterator[JobQueue]:
    opened = JobQueue(settings)
    yield opened
    opened.close()


@pytest.fixture
def importing(database: Database, queue: JobQueue, tmp_path: Path) -> int:
    """An import whose job waits."""
    (tmp_path / "demo").mkdir()
    wanted = Wanted.of(ImportFormat.CSV, tmp_path / "demo")
    return asking.launch(database, queue, wanted)


def _import(database: Database, number: int) -> tuple[ImportState, str | None]:
    with database.read() as session:
        row = records.record(session, number)
    return row.state, row.error


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ImportState.QUEUED, ImportState.CANCELLED),
        (ImportState.RUNNING, ImportState.CANCELLED),
        (ImportState.UNDOING, ImportState.FAILED),
        (ImportState.FINISHED, ImportState.FINISHED),
    ],
)
def test_with_its_job_an_import_is_cancelled(
    database: Database, queue: JobQueue, importing: int, before: ImportState, after: ImportState
) -> None:
    with database.write() as session:
        records.record(session, importing).state = before
    (job,) = jobs.jobs(queue, 20)
    assert job.import_id == importing
    jobs.cancel(database, queue, job.id, "root")
    assert queue.waiting_ids() == []
    reason = None if after is ImportState.FINISHED else "Cancelled by root."
    assert _import(database, importing) == (after, reason)
    assert abandoned.go_on_with_abandoned(database, queue, timedelta(0)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ImportState.FAILED, ImportState.QUEUED),
        (ImportState.UNDOING, ImportState.UNDOING),
    ],
)
def test_an_import_whose_job_failed_is_tried_again(
    database: Database, queue: JobQueue, importing: int, before: ImportState, after: ImportState
) -> None:
    (job,) = jobs.jobs(queue, 20)
    fail(queue, job.id, "no")
    with database.write() as session:
        records.record(session, importing).state = before
    again = jobs.retry(database, queue, job.id, "root")
    assert (again.import_id, again.state) == (importing, JobState.QUEUED)
    assert _import(database, importing) == (after, None)
    row = database.transact(lambda session: records.take_up(session, Claim(importing, again.id)))
    assert row.attempts == 1


def test_an_import_with_nothing_to_try_is_refused(
    database: Database, queue: JobQueue, importing: int, tmp_path: Path
) -> None:
    (job,) = jobs.jobs(queue, 20)
    fail(queue, job.id, "no")
    with database.write() as session:
        records.record(session, importing).state = ImportState.FINISHED
    with pytest.raises(InvalidInput, match="finished"):
        jobs.retry(database, queue, job.id, "root")
    with database.write() as session:
        records.record(session, importing).state = ImportState.FAILED
    (tmp_path / "demo").rmdir()
    with pytest.raises(InvalidInput, match="send it again"):
        jobs.retry(database, queue, job.id, "root")
