"""Every list that is served is written down, off the request's path, once."""

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from app import catalog, served_log
from app.db import Database
from app.models import ListKind, Prediction, User
from app.models.columns import utc_now
from app.recommending import ServedList, ServedTrack
from app.served_log import ServedLog
from tests import making

_PATIENCE_SECONDS = 60
MINUTE = timedelta(minutes=1)

Serve = Callable[..., ServedList]


@pytest.fixture
def serve(database: Database) -> Serve:
    """Makes a list as it is served to a listener."""
    with database.write() as session:
        ann = making.user(session)
        tracks = catalog.tracks_by_id(session, making.tracks(session, 3))
    items = [ServedTrack(n, 1 / n, track) for n, track in enumerate(tracks, 1) if track]

    def made(user_id: int = ann, version: int | None = 7, at: datetime | None = None) -> ServedList:
        kind = ListKind.RECOMMENDATIONS
        served_at = at or utc_now()
        return ServedList(str(uuid.uuid4()), kind, user_id, version, served_at, items, 0.3)

    return made


@pytest.fixture
def started(database: Database) -> Iterator[ServedLog]:
    log = ServedLog(database)
    log.start()
    yield log
    log.stop()


def _written(database: Database) -> list[Prediction]:
    with database.read() as session:
        return list(session.exec(select(Prediction).order_by(col(Prediction.id))))


def test_what_was_served_is_written_before_the_log_stops(
    database: Database, started: ServedLog, serve: Serve
) -> None:
    lists = [serve(), serve(version=None)]
    for one in lists:
        started.put(one)
    started.stop()
    written = _written(database)
    assert [row.list_id for row in written] == [one.id for one in lists]
    assert [row.model_version for row in written] == [7, None]
    assert written[0].served_at == lists[0].served_at
    assert written[0].kind is ListKind.RECOMMENDATIONS
    assert written[0].discovery == 0.3
    assert written[0].items == [[item.track.id, item.score] for item in lists[0].items]


def _log_at_once(database: Database, lists: list[ServedList]) -> None:
    """All of them wait when the log begins: they make one batch."""
    log = ServedLog(database)
    for one in lists:
        log.put(one)
    log.start()
    log.stop()


def test_many_lists_are_all_written(
    database: Database, started: ServedLog, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served_log, "_MOST_AT_ONCE", 7)
    lists = [serve() for _ in range(100)]
    for one in lists:
        started.put(one)
    started.stop()
    assert {row.list_id for row in _written(database)} == {one.id for one in lists}


def test_a_list_of_somebody_who_is_gone_costs_nobody_elses(
    database: Database, serve: Serve
) -> None:
    lists = [serve(), serve(user_id=12345), serve()]
    _log_at_once(database, lists)
    assert [row.list_id for row in _written(database)] == [lists[0].id, lists[2].id]


def test_a_list_that_cannot_be_written_is_named_and_costs_nobody_elses(
    database: Database, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    lists = [serve(), serve(version=2**80), serve()]
    _log_at_once(database, lists)
    assert [row.list_id for row in _written(database)] == [lists[0].id, lists[2].id]
    (said,) = (record for record in caplog.records if record.levelname == "ERROR")
    assert getattr(said, "list") == lists[1].id  # noqa: B009  no attribute that types know


@pytest.mark.parametrize("is_over", [True, False])
def test_a_list_is_judged_by_when_it_was_served(
    database: Database, serve: Serve, *, is_over: bool
) -> None:
    began, ended = utc_now() - timedelta(hours=2), utc_now() - timedelta(hours=1)
    served = [began - MINUTE, began, ended - MINUTE, ended, utc_now()]
    lists = [serve(at=at) for at in served]
    with database.write() as session:
        bob = making.user(session, "bob")
        lists.append(serve(user_id=bob, at=began + MINUTE))
        making.pause(session, bob, began - timedelta(days=1), began)
        if is_over:
            making.pause(session, lists[0].user_id, began, ended)
        else:
            session.get_one(User, lists[0].user_id).paused_at = began
    _log_at_once(database, lists)
    kept = [0, 3, 4, 5] if is_over else [0, 5]
    assert [row.list_id for row in _written(database)] == [lists[n].id for n in kept]


def test_a_batch_asks_for_the_pauses_of_all_its_listeners_at_once(
    database: Database, serve: Serve
) -> None:
    with database.write() as session:
        batch = [serve(user_id=making.user(session, f"user {n}")) for n in range(9)]
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with database.write() as session:
        served_log._insert(session, batch)
    assert len([one for one in asked if one.startswith("SELECT")]) == 2
    assert len(_written(database)) == 9


class _Away:
    """A database that is away until it is let back."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = threading.Semaphore(0)
        self.back = False
        self.done = threading.Event()
        self._transact = database.transact
        monkeypatch.setattr(database, "transact", self.transact)

    def transact(self, work: Any) -> Any:
        self.asked.release()
        if not self.back:
            raise OperationalError("INSERT", {}, Exception("away"))
        done = self._transact(work)
        self.done.set()
        return done


def test_lists_wait_for_a_database_that_is_away(
    database: Database, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served_log, "_RETRY_SECONDS", 0.01)
    away, log, one = _Away(database, monkeypatch), ServedLog(database), serve()
    log.start()
    log.put(one)
    for _ in range(2):
        assert away.asked.acquire(timeout=_PATIENCE_SECONDS)
    away.back = True
    assert away.done.wait(_PATIENCE_SECONDS)
    log.stop()
    assert [row.list_id for row in _written(database)] == [one.id]


def test_a_log_stops_though_the_database_stays_away(
    database: Database, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served_log, "_RETRY_SECONDS", 3600.0)
    away, log = _Away(database, monkeypatch), ServedLog(database)
    log.start()
    log.put(serve())
    assert away.asked.acquire(timeout=_PATIENCE_SECONDS)
    log.stop()
    assert not log._thread.is_alive()


def test_a_request_never_waits_for_the_log(
    database: Database, serve: Serve, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr(served_log, "_MOST_WAITING", 2)
    log = ServedLog(database)
    lists = [serve() for _ in range(3)]
    for one in lists:
        log.put(one)
    assert "too many wait" in caplog.text
    log.start()
    log.stop()
    assert [row.list_id for row in _written(database)] == [one.id for one in lists[:2]]


def test_a_log_that_never_began_can_be_stopped(database: Database) -> None:
    ServedLog(database).stop()
