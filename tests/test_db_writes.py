"""Inserts and updates in the one form that both dialects take."""

from typing import Any

import pytest
from sqlalchemy import ColumnElement, Table, literal, select
from sqlalchemy.exc import DataError, IntegrityError

from app.db import Database, insert_missing, insert_once, open_database, upsert
from app.models import Artist, ExternalId
from app.models.columns import utc_now
from app.settings import Settings

ARTISTS: Table = Artist.__table__  # type: ignore[attr-defined]
EXTERNAL: Table = ExternalId.__table__  # type: ignore[attr-defined]


def _artist(name: str) -> dict[str, Any]:
    return {"name": name, "name_key": name, "created_at": utc_now()}


def _external(external_id: str, our_id: int = 1) -> dict[str, Any]:
    return {"source": "s", "kind": "track", "external_id": external_id, "our_id": our_id}


def test_a_row_goes_in_once(database: Database) -> None:
    with database.write() as session:
        assert insert_once(session, EXTERNAL, _external("1"))
        assert not insert_once(session, EXTERNAL, _external("1"))
        assert insert_once(session, EXTERNAL, _external("2"))
    with database.read() as session:
        assert len(session.connection().execute(select(EXTERNAL)).all()) == 2


def test_a_row_that_breaks_another_rule_is_no_duplicate(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        insert_once(session, EXTERNAL, _external("1") | {"our_id": None})


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
