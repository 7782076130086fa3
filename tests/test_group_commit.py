"""Writers of one process on SQLite: what waits together is committed together, then told."""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from datetime import UTC, datetime, timedelta
from threading import Semaphore
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from app import listening
from app.db import Database, open_for_requests
from app.errors import PyTuneError, TrackNotFound
from app.group_commit import GroupCommit, Work
from app.listening import EVENTS, Listen, Outcome
from app.settings import Settings
from tests import making

MOMENT = datetime(2026, 3, 1, 18, 22, 5, tzinfo=UTC)
ASKS: ContextVar[int] = ContextVar("asks")
"""Which of the requests at once it is."""
Outcomes = list[Outcome | PyTuneError]


@pytest.fixture
def requests(sqlite_settings: Settings) -> Iterator[Database]:
    """A web process' database, with a listener and two tracks."""
    settings = sqlite_settings.model_copy(update={"database_busy_seconds": 0.05})
    database = open_for_requests(settings)
    with database.write() as session:
        making.tracks(session, 2)
        making.user(session)
    yield database
    database.dispose()


class _Line(deque[Any]):
    """Whoever gets into it is noticed."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived = Semaphore(0)

    def append(self, one: Any, /) -> None:
        super().append(one)
        self.arrived.release()


def _at_once(database: Database, works: Sequence[Work]) -> list[Future[Any]]:
    """Ask for them in this order while nobody has a turn; each outcome, once all are there."""
    group, line = database.group, _Line()
    assert isinstance(group, GroupCommit)
    group._waiting = line
    with ThreadPoolExecutor(len(works)) as pool:
        with group._turn:
            outcomes = []
            for number, work in enumerate(works):
                asking = copy_context()
                asking.run(ASKS.set, number)
                outcomes.append(pool.submit(asking.run, database.transact, work))
                line.arrived.acquire()
        return outcomes


def _commits(database: Database) -> list[int]:
    """Grows by one with each."""
    seen: list[int] = []
    event.listen(database.engine, "commit", lambda _: seen.append(1))
    return seen


def _listens(*tracks: int, key: str | None = None) -> Callable[[Session], Outcomes]:
    """A batch of the listener's, a second for each track."""
    batch = [
        Listen(track, MOMENT + timedelta(seconds=place), idempotency_key=key)
        for place, track in enumerate(tracks)
    ]
    return lambda session: listening.record_listens(session, 1, batch)


def _kept(database: Database) -> int:
    with database.read() as session:
        return session.connection().execute(select(func.count()).select_from(EVENTS)).scalar_one()


def test_what_waits_together_is_committed_together(requests: Database) -> None:
    commits = _commits(requests)
    outcomes = _at_once(requests, [_listens(1), _listens(2), _listens(1, 1)])
    assert [one.result() for one in outcomes] == [
        [Outcome.NEW],
        [Outcome.NEW],
        [Outcome.KNOWN, Outcome.NEW],
    ]
    assert (len(commits), _kept(requests)) == (1, 3)


def test_a_key_that_comes_twice_at_once_is_kept_once(requests: Database) -> None:
    outcomes = _at_once(requests, [_listens(1, key="x"), _listens(2, key="x")])
    assert [one.result() for one in outcomes] == [[Outcome.NEW], [Outcome.KNOWN]]
    assert _kept(requests) == 1


def test_who_fails_fails_alone(requests: Database) -> None:
    def fail(session: Session) -> None:
        listening.record_listen(session, 1, Listen(2, MOMENT))
        listening.record_listen(session, 1, Listen(77, MOMENT))

    commits = _commits(requests)
    before, failed, after = _at_once(requests, [_listens(1), fail, _listens(1)])
    assert (before.result(), after.result()) == ([Outcome.NEW], [Outcome.KNOWN])
    with pytest.raises(TrackNotFound):
        failed.result()
    assert (len(commits), _kept(requests)) == (2, 1), "each was tried alone, one after the other"


def test_what_is_not_committed_is_not_acknowledged(requests: Database) -> None:
    def full(_: Connection) -> None:
        raise OperationalError("COMMIT", {}, sqlite3.OperationalError("disk is full"))

    event.listen(requests.engine, "commit", full)
    outcomes = _at_once(requests, [_listens(1), _listens(2)])
    assert [type(one.exception()) for one in outcomes] == [OperationalError] * 2
    event.remove(requests.engine, "commit", full)
    assert _kept(requests) == 0
    assert requests.transact(_listens(1)) == [Outcome.NEW]


def test_another_process_is_waited_for_once(requests: Database) -> None:
    begun: list[str] = []
    event.listen(requests.engine, "before_cursor_execute", lambda *given: begun.append(given[2]))
    other = sqlite3.connect(str(requests.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    outcomes = _at_once(requests, [_listens(1), _listens(2), _listens(1)])
    assert ["locked" in str(one.exception()) for one in outcomes] == [True] * 3
    assert begun == ["BEGIN IMMEDIATE"]
    other.close()
    assert requests.transact(_listens(1)) == [Outcome.NEW]


def test_who_waits_behind_a_group_does_not_wait_again(
    requests: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.group_commit.MOST", 2)
    begun: list[str] = []
    event.listen(requests.engine, "before_cursor_execute", lambda *given: begun.append(given[2]))
    other = sqlite3.connect(str(requests.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    outcomes = _at_once(requests, [_listens(1)] * 5)
    other.close()
    assert ["locked" in str(one.exception()) for one in outcomes] == [True] * 5
    assert begun == ["BEGIN IMMEDIATE"]


def test_who_comes_during_a_wait_has_one_of_their_own(requests: Database) -> None:
    """The other process is done as soon as the first has given up."""
    other = sqlite3.connect(
        str(requests.url.database), isolation_level=None, check_same_thread=False
    )
    other.execute("BEGIN IMMEDIATE")
    group, line = requests.group, _Line()
    assert isinstance(group, GroupCommit)
    group._waiting = line
    with ThreadPoolExecutor(1) as pool:
        late: list[Future[Any]] = []

        def come(*given: Any) -> None:
            if not late and given[2] == "BEGIN IMMEDIATE":
                line.arrived.acquire()
                late.append(pool.submit(requests.transact, _listens(1)))
                line.arrived.acquire()

        event.listen(requests.engine, "before_cursor_execute", come)
        event.listen(requests.engine, "handle_error", lambda _: other.close())
        with pytest.raises(OperationalError, match="locked"):
            requests.transact(_listens(2))
        assert late[0].result() == [Outcome.NEW]


def test_work_runs_in_the_context_of_who_asked(requests: Database) -> None:
    """Whose request it is stands in log lines and spans, whoever does the work."""
    outcomes = _at_once(requests, [lambda _: ASKS.get()] * 3)
    assert [one.result() for one in outcomes] == [0, 1, 2]


@pytest.mark.parametrize("ending", [SystemExit, KeyboardInterrupt])
def test_whatever_ends_work_ends_that_alone(
    requests: Database, ending: type[BaseException]
) -> None:
    def end(_: Session) -> None:
        raise ending

    before, ended, after = _at_once(requests, [_listens(1), end, _listens(2)])
    assert (before.result(), after.result()) == ([Outcome.NEW], [Outcome.NEW])
    assert isinstance(ended.exception(), ending)
    assert _kept(requests) == 2


def test_a_transaction_within_another_is_refused_at_once(requests: Database) -> None:
    def nest(_: Session) -> object:
        return requests.transact(_listens(1))

    for works in ([nest], [nest, _listens(2)]):
        first, *_ = _at_once(requests, works)
        assert isinstance(first.exception(), RuntimeError)
    assert _kept(requests) == 1
    assert requests.transact(_listens(1)) == [Outcome.NEW]


def test_more_than_one_transaction_takes_has_its_turn(
    requests: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.group_commit.MOST", 2)
    commits = _commits(requests)
    outcomes = _at_once(requests, [_listens(1, 2)] * 5)
    new = [one.result()[0] for one in outcomes]
    assert (new, len(commits)) == ([Outcome.NEW] + [Outcome.KNOWN] * 4, 3)
