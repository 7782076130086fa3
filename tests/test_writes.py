"""Inserts and updates in the one form that both dialects take."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Table, literal, select
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from app.db import Database, open_database
from app.models import Artist, ExternalId, ListKind, Prediction
from app.models.columns import utc_now
from app.settings import Settings
from app.writes import (
    ROWS_AT_ONCE,
    insert_all,
    insert_missing,
    insert_numbered,
    insert_once,
    run,
    upsert,
)
from tests import making

ARTISTS: Table = Artist.__table__  # type: ignore[attr-defined]
EXTERNAL: Table = ExternalId.__table__  # type: ignore[attr-defined]
EXTERNAL_ID = EXTERNAL.insert()
PREDICTIONS: Table = Prediction.__table__  # type: ignore[attr-defined]
MOMENT = datetime(2026, 3, 1, 18, 22, 5, tzinfo=UTC)


def _artist(name: str) -> dict[str, Any]:
    return {"name": name, "name_key": name, "created_at": utc_now()}


def _external(external_id: str, our_id: int = 1) -> dict[str, Any]:
    return {"source": "s", "kind": "track", "external_id": external_id, "our_id": our_id}


def _add_user(database: Database) -> int:
    with database.write() as session:
        return making.user(session)


def test_a_row_goes_in_once(database: Database) -> None:
    with database.write() as session:
        assert insert_once(session, EXTERNAL_ID, _external("1"))
        assert not insert_once(session, EXTERNAL_ID, _external("1"))
        assert insert_once(session, EXTERNAL_ID, _external("2"))
    with database.read() as session:
        assert len(session.connection().execute(select(EXTERNAL)).all()) == 2


def test_a_row_that_breaks_another_rule_is_no_duplicate(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        insert_once(session, EXTERNAL_ID, _external("1") | {"our_id": None})


def test_missing_rows_go_in_and_the_others_stay(database: Database) -> None:
    with database.write() as session:
        insert_missing(session, EXTERNAL, [_external("1", 10), _external("2", 20)])
        insert_missing(session, EXTERNAL, [_external("2", 21), _external("3", 30)])
        insert_missing(session, EXTERNAL, [])
    with database.read() as session:
        kept = session.connection().execute(select(EXTERNAL.c.external_id, EXTERNAL.c.our_id))
        assert dict(sorted(tuple(row) for row in kept)) == {"1": 10, "2": 20, "3": 30}


@pytest.mark.mariadb
def test_an_over_long_value_is_not_cut(mariadb_settings: Settings) -> None:
    database = open_database(mariadb_settings)
    with pytest.raises(DataError, match="1406"), database.write() as session:
        insert_missing(session, EXTERNAL, [_external("x" * 256)])
    database.dispose()


def test_an_upsert_inserts_then_updates(database: Database) -> None:
    with database.write() as session:
        for our_id in (10, 5):
            upsert(session, EXTERNAL, {"id": 7, **_external("1", our_id)}, _added)
    with database.read() as session:
        assert session.connection().execute(select(EXTERNAL.c.our_id)).scalars().all() == [15]


def test_more_rows_than_one_statement_takes_go_in(database: Database) -> None:
    rows = [{"id": n, **_external(str(n), n)} for n in range(1, 2 * ROWS_AT_ONCE + 2)]
    with database.write() as session:
        run(session, EXTERNAL_ID, rows[:-1])
        upsert(session, EXTERNAL, rows, _added)
    with database.read() as session:
        kept = session.connection().execute(select(EXTERNAL.c.our_id).order_by(EXTERNAL.c.id))
        assert list(kept.scalars()) == [2 * n for n in range(1, len(rows))] + [len(rows)]


def test_rows_go_in_together_or_not_at_all(database: Database) -> None:
    with database.write() as session:
        assert insert_all(session, EXTERNAL_ID, [_external("1"), _external("2")])
        assert not insert_all(session, EXTERNAL_ID, [_external("3"), _external("2")])
        assert not insert_all(session, EXTERNAL_ID, [_external("4"), _external("4")])
        assert insert_all(session, EXTERNAL_ID, [_external("5")])
    with database.read() as session:
        kept = session.connection().execute(select(EXTERNAL.c.external_id))
        assert sorted(kept.scalars()) == ["1", "2", "5"]


def test_an_upsert_takes_the_rows_of_a_query(database: Database) -> None:
    values: dict[str, ColumnElement[Any]]
    values = {name: literal(value) for name, value in _external("").items()}
    values |= {"id": ARTISTS.c.id, "external_id": ARTISTS.c.name}
    rows = select(*(value.label(name) for name, value in values.items()))
    with database.write() as session:
        session.connection().execute(ARTISTS.insert(), [_artist("a"), _artist("b")])
        upsert(session, EXTERNAL, rows.where(ARTISTS.c.name == "b"), _added)
        upsert(session, EXTERNAL, rows.where(ARTISTS.c.name >= "a"), _added)
    with database.read() as session:
        kept = session.connection().execute(select(EXTERNAL.c.external_id, EXTERNAL.c.our_id))
        assert dict(sorted(tuple(row) for row in kept)) == {"a": 1, "b": 2}


def _added(old: Any, new: Any) -> dict[str, Any]:
    return {"our_id": old.our_id + new.our_id}


def test_rows_are_numbered_in_their_order(database: Database) -> None:
    with database.write() as session:
        assert insert_numbered(session, ARTISTS, []) == []
        insert_numbered(session, ARTISTS, [_artist("first")])
        numbers = insert_numbered(session, ARTISTS, [_artist(str(n)) for n in range(2500)])
    with database.read() as session:
        kept = session.connection().execute(select(ARTISTS.c.id, ARTISTS.c.name))
        names = {row.id: row.name for row in kept}
    assert [names[number] for number in numbers] == [str(n) for n in range(2500)]


def _leave_out(session: Session, step: int) -> None:
    """SQLite leaves nothing out."""
    if session.get_bind().dialect.name != "sqlite":
        session.connection().exec_driver_sql(f"SET SESSION auto_increment_increment = {step}")


def test_rows_are_numbered_where_servers_leave_numbers_out_between(database: Database) -> None:
    """As those do that replicate each other."""
    with database.write() as session:
        _leave_out(session, 3)
        numbers = insert_numbered(session, ARTISTS, [_artist(str(n)) for n in range(1500)])
        kept = session.connection().execute(select(ARTISTS.c.id, ARTISTS.c.name))
        names = {row.id: row.name for row in kept}
        _leave_out(session, 1)
    assert [names[number] for number in numbers] == [str(n) for n in range(1500)]


def test_every_type_goes_in_as_it_comes_out(database: Database) -> None:
    """What goes straight to the driver is what a session would write."""
    rows = [
        {
            "list_id": str(n),
            "user_id": user_id,
            "kind": ListKind.SIMILAR,
            "model_version": None,
            "discovery": None,
            "served_at": MOMENT + timedelta(microseconds=n),
            "items": [[1, 0.5], [n, None]],
        }
        for user_id in [_add_user(database)]
        for n in range(2)
    ]
    with database.write() as session:
        insert_missing(session, PREDICTIONS, rows)
    with database.read() as session:
        kept = session.exec(select_rows(Prediction).order_by(col(Prediction.id))).all()
    assert [row.model_dump(exclude={"id"}) for row in kept] == rows
