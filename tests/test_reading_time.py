"""Reads whose time is over end in the database too."""

import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlmodel import Session

from app.db import Database
from app.errors import TookTooLong

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    " SELECT count(*) FROM n",
    "mysql": "SELECT count(*) FROM information_schema.columns a, information_schema.columns b,"
    " information_schema.columns c WHERE a.column_name LIKE CONCAT(b.column_name, c.column_name)",
}
UNDERWAY = text(
    "SELECT count(*) FROM information_schema.processlist WHERE info LIKE '%columns c WHERE%'"
    " AND id <> connection_id()"
)


def ask_without_end(session: Session) -> None:
    connection = session.connection()
    connection.exec_driver_sql(ENDLESS[connection.dialect.name])


def _one(session: Session) -> int:
    return int(session.connection().execute(text("SELECT 1")).scalar_one())


def test_a_statement_ends_with_the_time_of_its_session(database: Database) -> None:
    with pytest.raises(TookTooLong) as over, database.read(0.2) as session:
        ask_without_end(session)
    assert over.value.values == {"seconds": 0.2}
    with database.read(60) as session:
        assert _one(session) == 1
        if database.engine.dialect.name != "sqlite":
            assert session.connection().execute(UNDERWAY).scalar_one() == 0


def test_no_statement_begins_after_the_time_of_its_session(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monotonic = time.monotonic
    with database.read(60) as session:
        assert _one(session) == 1
        monkeypatch.setattr(time, "monotonic", lambda: monotonic() + 60)
        with pytest.raises(TookTooLong):
            _one(session)


def test_a_session_has_what_is_left_of_the_time(database: Database) -> None:
    began = time.monotonic() - 60
    with database.read(120, began) as session:
        assert _one(session) == 1
    with pytest.raises(TookTooLong), database.read(60, began) as session:
        _one(session)


def test_whoever_reads_without_a_limit_may_take_long(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monotonic = time.monotonic
    with database.read(60):
        """Its limit is none of the next one's."""
    with database.read() as session:
        monkeypatch.setattr(time, "monotonic", lambda: monotonic() + 3600)
        assert _one(session) == 1


def test_what_else_goes_wrong_is_not_put_down_to_the_time(database: Database) -> None:
    with pytest.raises((OperationalError, ProgrammingError)), database.read(60) as session:
        session.connection().execute(text("SELECT 1 FROM nowhere"))
