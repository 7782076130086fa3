"""The import job: begun, cancelled, taken back, and taken over from a dead worker."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from app.db import Database
from app.errors import InvalidInput, QueueUnavailable
from app.importing import abandoned, asking, records, uploads
from app.importing.errors import ImportUnderway
from app.importing.formats import ImportFormat
from app.importing.records import Claim, Wanted
from app.importing.uploads import Upload
from app.models import DataImport, Event, ImportState
from app.models.columns import utc_now
from app.queue import JobName, JobQueue, JsonJob
from app.settings import Settings
from jobs import import_data
from jobs.runtime import Runtime
from tests import making
from tests.importing.packing import packed, stream

LONG_AGO = timedelta(minutes=5)


@pytest.fixture
def rt(settings: Settings, database: Database) -> Iterator[Runtime]:
    queue = JobQueue(settings)
    yield Runtime(settings, database, queue)
    queue.close()


@pytest.fixture
def ann(database: Database) -> int:
    return database.transact(making.user)


def _sent_in(rt: Runtime, tmp_path: Path, user: int, *streams: Any) -> Path:
    content = packed(tmp_path / "made.zip", {"endsong_0.json": streams}).read_bytes()
    with Upload(rt.settings, user, "mine.zip") as upload:
        upload.write(content)
        upload.finish()
    return upload.path


def _launch(rt: Runtime, tmp_path: Path, user: int, *streams: Any) -> int:
    path = _sent_in(rt, tmp_path, user, *(streams or (stream(1), stream(2))))
    wanted = Wanted.of(ImportFormat.SPOTIFY, path, user_id=user, requested_by="ann")
    return asking.launch(rt.database, rt.queue, wanted)


def _run(rt: Runtime) -> None:
    """The next job of the queue, as a worker would."""
    (job_id,) = rt.queue.waiting_ids()
    job = JsonJob.fetch(job_id, connection=rt.queue.redis)
    assert job.func_name == JobName.IMPORT_DATA.value
    rt.queue.remove(job_id)
    import_data._import_data(rt, Claim(*job.args))


def _row(rt: Runtime, number: int) -> DataImport:
    with rt.database.read() as session:
        return records.record(session, number)


def _events(rt: Runtime) -> int:
    with rt.database.read() as session:
        return len(session.exec(select(Event)).all())


def test_an_upload_goes_in_and_is_cleared_away(rt: Runtime, ann: int, tmp_path: Path) -> None:
    number = _launch(rt, tmp_path, ann)
    assert _row(rt, number).state is ImportState.QUEUED
    _run(rt)
    row = _row(rt, number)
    assert (row.state, row.rows_loaded, row.user_id) == (ImportState.FINISHED, 2, ann)
    assert list(rt.settings.uploads.rglob("*.zip")) == []


def test_one_at_a_time_for_each_listener(rt: Runtime, ann: int, tmp_path: Path) -> None:
    number = _launch(rt, tmp_path, ann)
    with pytest.raises(ImportUnderway, match=f"Import {number} is under way"):
        _launch(rt, tmp_path, ann)
    _launch(rt, tmp_path, rt.database.transact(lambda session: making.user(session, "bob")))


def test_what_was_cancelled_before_it_began_does_nothing(
    rt: Runtime, ann: int, tmp_path: Path
) -> None:
    number = _launch(rt, tmp_path, ann)
    asking.cancel(rt.database, rt.queue, number)
    _run(rt)
    row = _row(rt, number)
    assert (row.state, row.rows_read, _events(rt)) == (ImportState.CANCELLED, 0, 0)
    with pytest.raises(InvalidInput, match="is cancelled"):
        asking.cancel(rt.database, rt.queue, number)


def test_an_import_is_taken_back_once(rt: Runtime, ann: int, tmp_path: Path) -> None:
    number = _launch(rt, tmp_path, ann)
    with pytest.raises(InvalidInput, match="only what is over"):
        asking.take_back(rt.database, rt.queue, number)
    _run(rt)
    asking.take_back(rt.database, rt.queue, number)
    assert _row(rt, number).state is ImportState.UNDOING
    _run(rt)
    assert (_row(rt, number).state, _events(rt)) == (ImportState.UNDONE, 0)
    with pytest.raises(InvalidInput, match="is undone"):
        asking.take_back(rt.database, rt.queue, number)


def test_a_refused_file_fails_with_its_reason(rt: Runtime, ann: int, tmp_path: Path) -> None:
    with Upload(rt.settings, ann, "x.zip") as upload:
        upload.write(b"PK no zip")
        upload.finish()
    wanted = Wanted.of(ImportFormat.SPOTIFY, upload.path, user_id=ann)
    number = asking.launch(rt.database, rt.queue, wanted)
    _run(rt)
    row = _row(rt, number)
    assert row.state is ImportState.FAILED
    assert "no JSON list" in str(row.error)
    assert not upload.path.exists()


def _silence(rt: Runtime, number: int, attempts: int, **changed: Any) -> None:
    """As a worker leaves it that was killed five minutes ago."""

    def write(session: Session) -> None:
        row = records.locked(session, number)
        row.state, row.attempts = ImportState.RUNNING, attempts
        row.heartbeat_at = utc_now() - LONG_AGO
        row.sqlmodel_update(changed)
        session.add(row)

    rt.database.transact(write)


def test_what_a_dead_worker_left_is_gone_on_with(rt: Runtime, ann: int, tmp_path: Path) -> None:
    number = _launch(rt, tmp_path, ann)
    (job_id,) = rt.queue.waiting_ids()
    rt.queue.remove(job_id)
    _silence(rt, number, attempts=1)
    assert abandoned.go_on_with_abandoned(rt.database, rt.queue, LONG_AGO / 2) == [number]
    assert abandoned.go_on_with_abandoned(rt.database, rt.queue, LONG_AGO / 2) == []
    import_data._import_data(rt, Claim(number, job_id))  # it was not dead after all
    assert _events(rt) == 0
    _run(rt)
    row = _row(rt, number)
    assert (row.state, row.attempts, _events(rt)) == (ImportState.FINISHED, 2, 2)


@pytest.mark.parametrize(
    ("attempts", "holder", "words"),
    [(3, "import-x", "Its worker died 3 times."), (0, "command:x", "The command was ended.")],
)
def test_what_cannot_be_gone_on_with_fails(
    rt: Runtime, ann: int, tmp_path: Path, attempts: int, holder: str, words: str
) -> None:
    number = _launch(rt, tmp_path, ann)
    _silence(rt, number, attempts, job_id=holder)
    abandoned.go_on_with_abandoned(rt.database, rt.queue, LONG_AGO / 2)
    row = _row(rt, number)
    assert row.state is ImportState.FAILED
    assert str(row.error).startswith(words)


def test_what_waits_in_the_queue_is_left_there(rt: Runtime, ann: int, tmp_path: Path) -> None:
    number = _launch(rt, tmp_path, ann)
    _silence(rt, number, attempts=0, state=ImportState.QUEUED)
    assert abandoned.go_on_with_abandoned(rt.database, rt.queue, LONG_AGO / 2) == []


def test_without_a_queue_nothing_is_under_way(rt: Runtime, ann: int, tmp_path: Path) -> None:
    deaf = JobQueue(rt.settings.model_copy(update={"redis_url": f"unix://{tmp_path}/none"}))
    path = _sent_in(rt, tmp_path, ann, stream(1))
    wanted = Wanted.of(ImportFormat.SPOTIFY, path, user_id=ann)
    with pytest.raises(QueueUnavailable):
        asking.launch(rt.database, deaf, wanted)
    asking.launch(rt.database, rt.queue, wanted)
    deaf.close()


def test_uploads_that_nobody_imported_are_cleared_away(
    rt: Runtime, ann: int, tmp_path: Path
) -> None:
    needed, idle = (_sent_in(rt, tmp_path, ann, stream(n)) for n in (1, 2))
    assert uploads.remove_old(rt.settings, 1, {str(needed)}) == 0
    assert uploads.remove_old(rt.settings, 0, {str(needed)}) == 1
    assert (needed.exists(), idle.exists()) == (True, False)
