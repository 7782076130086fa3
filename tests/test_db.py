"""Sessions, turns of writers, and transactions that are repeated."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier
from typing import Any

import pymysql
import pytest
from sqlalchemy import Table, func, select, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlmodel import Session

from app.db import Database, open_database, worded
from app.errors import NoListens
from app.models import Artist
from app.models.columns import utc_now
from app.settings import Settings
from app.state import State

ARTISTS: Table = Artist.__table__  # type: ignore[attr-defined]
WRITERS = 8


def _artist(name: str) -> dict[str, Any]:
    return {"name": name, "name_key": name, "created_at": utc_now()}


def _names(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.connection().execute(select(ARTISTS.c.name)).scalars())


def test_what_is_written_is_kept(database: Database) -> None:
    with database.write() as session:
        session.add(Artist(name="a", name_key="a"))
    assert _names(database) == ["a"]


def test_a_row_is_told_nothing_of_a_statement_that_failed(database: Database) -> None:
    with pytest.raises((ProgrammingError, OperationalError)) as failed, database.read() as session:
        session.connection().execute(text("SELECT :secret FROM nowhere"), {"secret": "my secret"})
    assert "my secret" not in str(failed.value)
    assert worded(failed.value) == (
        f"The database could not do what it was asked ({failed.type.__name__}): see the log."
    )
    assert worded(NoListens()) == str(NoListens())
    assert worded(ValueError("a bug")) == "ValueError: a bug"


def test_nothing_is_kept_of_a_write_that_failed(database: Database) -> None:
    def work(session: Session) -> float:
        session.connection().execute(ARTISTS.insert(), _artist("a"))
        return 1 / 0

    with pytest.raises(ZeroDivisionError):
        database.transact(work)
    assert _names(database) == []


def test_nothing_done_in_a_reading_session_is_kept(database: Database) -> None:
    with database.read() as session:
        session.add(Artist(name="a", name_key="a"))
        session.flush()
    assert _names(database) == []


def test_writers_at_once_all_get_their_turn(database: Database) -> None:
    """Each reads before it writes, which is what fails where a write begins as a read."""
    with database.write() as session:
        session.add(Artist(name="0", name_key="count"))

    def count_up(session: Session) -> None:
        row = session.connection().execute(select(ARTISTS).with_for_update()).one()
        session.connection().execute(ARTISTS.update().values(name=str(int(row.name) + 1)))

    def write_often(_: int) -> None:
        for _ in range(5):
            database.transact(count_up)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write_often, range(WRITERS)))
    assert _names(database) == [str(5 * WRITERS)]


def test_readers_are_not_held_up_by_a_writer(database: Database) -> None:
    with database.write() as session:
        session.add(Artist(name="a", name_key="a"))
        session.flush()
        assert _names(database) == []


@pytest.mark.mariadb
def test_the_web_process_caches_little_for_each_of_its_connections(
    sqlite_settings: Settings,
) -> None:
    """Forty of them would each fill a job's, slowly: it looked like a leak."""
    state = State.open(sqlite_settings)
    with state.database.read() as session:
        pages = session.connection().exec_driver_sql("PRAGMA cache_size").scalar_one()
    state.close()
    assert pages == -4 * 1024


def test_few_connections_are_used_where_few_are_needed_at_once(sqlite_settings: Settings) -> None:
    """Each fills a cache and keeps every statement: in turn, all of the twenty would."""
    database = open_database(sqlite_settings)
    with ExitStack() as at_once:
        for session in [at_once.enter_context(database.read()) for _ in range(5)]:
            session.connection()
    used = set()
    for _ in range(5):
        with database.read() as session:
            used.add(id(session.connection().connection.driver_connection))
    database.dispose()
    assert len(used) == 1


def test_a_transaction_that_lost_a_deadlock_is_repeated(mariadb_settings: Settings) -> None:
    database = open_database(mariadb_settings)
    with database.write() as session:
        session.connection().execute(ARTISTS.insert(), [_artist("a"), _artist("b")])
    both_hold_one, attempts = Barrier(2), []

    def take(first: str, second: str) -> None:
        def work(session: Session) -> None:
            attempts.append(first)
            _mark(session, first)
            if len(attempts) <= 2:
                both_hold_one.wait()
            _mark(session, second)

        database.transact(work)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(take, "ab", "ba"))
    assert len(attempts) == 3
    assert _names(database) == ["a++", "b++"]
    database.dispose()


def _mark(session: Session, key: str) -> None:
    named = ARTISTS.update().where(ARTISTS.c.name_key == key)
    session.connection().execute(named.values(name=func.concat(ARTISTS.c.name, "+")))


def _failing(times: int, code: int) -> tuple[list[int], Callable[[Session], str]]:
    attempts: list[int] = []

    def work(_: Session) -> str:
        attempts.append(1)
        if len(attempts) <= times:
            raise OperationalError("UPDATE", {}, pymysql.err.OperationalError(code, "lost"))
        return "done"

    return attempts, work


@pytest.mark.parametrize("code", [1205, 1213])
def test_a_deadlock_is_tried_five_times(database: Database, code: int) -> None:
    _, work = _failing(4, code)
    assert database.transact(work) == "done"
    attempts, work = _failing(5, code)
    with pytest.raises(OperationalError, match="lost"):
        database.transact(work)
    assert len(attempts) == 5


def test_another_failure_is_not_repeated(database: Database) -> None:
    attempts, work = _failing(1, 2013)
    with pytest.raises(OperationalError, match="lost"):
        database.transact(work)
    assert len(attempts) == 1
