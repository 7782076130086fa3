"""Who may go on with an import: one at a time, whatever dies, times out or does not answer."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rq.timeouts import JobTimeoutException
from sqlmodel import Session, select

from app.errors import QueueUnavailable
from app.importing import abandoned, asking, claiming, records
from app.importing.errors import ImportUnderway
from app.importing.formats import ImportFormat
from app.importing.loader import AT_ONCE, Loader
from app.importing.records import Claim, Wanted
from app.importing.rows import Holds
from app.importing.run import import_now
from app.models import DataImport, ImportState
from app.models.columns import utc_now
from app.queue import JobQueue, JsonJob
from app.queue_names import QueueName
from jobs import import_data
from jobs.runtime import Runtime
from tests import making
from tests.importing.packing import packed, stream

LONG_AGO = timedelta(minutes=5)
_NOTICE_SECONDS = 0.3
"""Long enough for a request that need not wait to be through."""


@pytest.fixture
def ann(rt: Runtime) -> int:
    return rt.database.transact(making.user)


@pytest.fixture
def deaf(rt: Runtime, tmp_path: Path) -> Iterator[JobQueue]:
    """A queue that does not answer."""
    queue = JobQueue(rt.settings.model_copy(update={"redis_url": f"unix://{tmp_path}/none"}))
    yield queue
    queue.close()


def _wanted(tmp_path: Path, ann: int, count: int = 2) -> Wanted:
    streams = [stream(n) for n in range(1, count + 1)]
    path = packed(tmp_path / "made.zip", {"endsong_0.json": streams})
    return Wanted.of(ImportFormat.SPOTIFY, path, user_id=ann)


def _row(rt: Runtime, number: int) -> DataImport:
    with rt.database.read() as session:
        return records.record(session, number)


def _run(rt: Runtime) -> None:
    (job_id,) = rt.queue.waiting_ids()
    job = JsonJob.fetch(job_id, connection=rt.queue.redis)
    rt.queue.remove(job_id)
    import_data._import_data(rt, Claim(*job.args))


def _lose(rt: Runtime) -> None:
    """The job, as with a worker that dies."""
    (job_id,) = rt.queue.waiting_ids()
    rt.queue.remove(job_id)


def _silence(rt: Runtime, number: int) -> None:
    """As a worker leaves it that was killed five minutes ago."""

    def write(session: Session) -> None:
        row = records.locked(session, number)
        row.state, row.attempts = ImportState.RUNNING, max(row.attempts, 1)
        row.heartbeat_at = utc_now() - LONG_AGO
        session.add(row)

    rt.database.transact(write)


def _look(rt: Runtime, queue: JobQueue) -> list[int]:
    return abandoned.go_on_with_abandoned(rt.database, queue, LONG_AGO / 2)


def test_a_job_that_goes_on_with_it_waits_its_turn(rt: Runtime, ann: int, tmp_path: Path) -> None:
    number = asking.launch(rt.database, rt.queue, _wanted(tmp_path, ann))
    _lose(rt)
    for begun_anew in ([number], [], []):
        _silence(rt, number)
        assert _look(rt, rt.queue) == begun_anew
    assert len(rt.queue.waiting_ids()) == 1


def test_one_that_a_worker_has_just_taken_is_not_begun_anew(
    rt: Runtime, ann: int, tmp_path: Path
) -> None:
    """It waited longer than a living job is silent, and its process says nothing until it runs."""
    number = asking.launch(rt.database, rt.queue, _wanted(tmp_path, ann))
    queue = rt.queue.queues[QueueName.IMPORTS]
    (job_id,) = queue.get_job_ids()
    _silence(rt, number)
    rt.queue.redis.lmove(queue.key, queue.intermediate_queue_key)
    assert _look(rt, rt.queue) == []
    job = JsonJob.fetch(job_id, connection=rt.queue.redis)
    for started_at, begun_anew in ((utc_now(), []), (utc_now() - LONG_AGO, [number])):
        job.started_at = started_at
        job.save()
        rt.queue.redis.delete(queue.intermediate_queue_key)
        assert _look(rt, rt.queue) == begun_anew


def test_without_a_queue_no_import_is_begun(
    rt: Runtime, ann: int, deaf: JobQueue, tmp_path: Path
) -> None:
    with pytest.raises(QueueUnavailable):
        asking.launch(rt.database, deaf, _wanted(tmp_path, ann))
    with rt.database.read() as session:
        assert session.exec(select(DataImport)).all() == []


def test_without_a_queue_what_should_be_undone_is_as_it_was(
    rt: Runtime, ann: int, deaf: JobQueue, tmp_path: Path
) -> None:
    done = import_now(rt.database, _wanted(tmp_path, ann), tmp_path, lambda *_: None)
    before = _row(rt, done.import_id)
    with pytest.raises(QueueUnavailable):
        asking.take_back(rt.database, deaf, done.import_id)
    assert _row(rt, done.import_id) == before


def _cancelled(rt: Runtime, number: int) -> Callable[..., str]:
    def enqueue(*_: Any, **__: Any) -> str:
        asking.cancel(rt.database, rt.queue, number)
        raise QueueUnavailable(address="nowhere")

    return enqueue


def test_what_is_cancelled_while_the_queue_is_away_stays_so(
    rt: Runtime, ann: int, deaf: JobQueue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = asking.launch(rt.database, rt.queue, _wanted(tmp_path, ann))
    _lose(rt)
    _silence(rt, number)
    monkeypatch.setattr(rt.queue, "enqueue", _cancelled(rt, number))
    with pytest.raises(QueueUnavailable):
        _look(rt, rt.queue)
    assert _row(rt, number).state is ImportState.CANCELLED


def test_what_cannot_be_enqueued_is_tried_at_the_next_look(
    rt: Runtime, ann: int, deaf: JobQueue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = asking.launch(rt.database, rt.queue, _wanted(tmp_path, ann))
    _lose(rt)
    _silence(rt, number)
    with monkeypatch.context() as patch:
        patch.setattr(rt.queue, "enqueue", deaf.enqueue)
        with pytest.raises(QueueUnavailable):
            _look(rt, rt.queue)
    assert _look(rt, rt.queue) == [number]
    _run(rt)
    assert _row(rt, number).state is ImportState.FINISHED


def test_a_second_one_waits_for_the_first_to_be_written_down(
    rt: Runtime, ann: int, tmp_path: Path
) -> None:
    wanted = _wanted(tmp_path, ann)
    with ThreadPoolExecutor(1) as pool:
        with rt.database.write() as session:
            claiming.refuse_second(session, wanted.source, ann)
            records.write_down(session, wanted, ImportState.QUEUED, "job-1")
            second = pool.submit(asking.launch, rt.database, rt.queue, wanted)
            assert not wait([second], _NOTICE_SECONDS).done
        with pytest.raises(ImportUnderway):
            second.result()


def test_nothing_is_undone_while_another_goes_on(rt: Runtime, ann: int, tmp_path: Path) -> None:
    wanted = _wanted(tmp_path, ann)
    done = import_now(rt.database, wanted, tmp_path, lambda *_: None)
    number = asking.launch(rt.database, rt.queue, wanted)
    with pytest.raises(ImportUnderway, match=f"Import {number} is under way"):
        asking.take_back(rt.database, rt.queue, done.import_id)


def test_one_that_runs_out_of_time_is_gone_on_with(
    rt: Runtime, ann: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(AT_ONCE, Holds.PLAYS, 4)
    number = asking.launch(rt.database, rt.queue, _wanted(tmp_path, ann, 10))
    load = Loader.load

    def late(self: Loader, *arguments: Any) -> Iterator[int]:
        for number, size in enumerate(load(self, *arguments)):
            yield size
            if number == 1:
                raise JobTimeoutException

    with monkeypatch.context() as patch:
        patch.setattr(Loader, "load", late)
        with pytest.raises(JobTimeoutException):
            _run(rt)
    row = _row(rt, number)
    assert (row.state, row.rows_loaded, row.error) == (ImportState.RUNNING, 8, None)
    _silence(rt, number)
    assert _look(rt, rt.queue) == [number]
    _run(rt)
    row = _row(rt, number)
    assert (row.state, row.attempts, row.rows_read) == (ImportState.FINISHED, 2, 10)
