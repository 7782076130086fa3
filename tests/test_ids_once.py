"""No id is given twice: models, notes and files speak of rows that may be gone by their ids."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import inspect
from sqlmodel import Session, SQLModel, select

from app import erasing, listening
from app.db import Database, database_url
from app.listening import Listen
from app.migrations import _config, is_current, migrate
from app.models import Artist, DataImport, ExternalId, ExternalKind, Track, Training, User
from app.models.columns import utc_now
from app.settings import Settings
from tests import making

BEFORE, SINCE = "0014", "0015"
TABLES = {"artist", "data_import", "track", "training", "user"}


def _fill(session: Session) -> dict[str, int]:
    """A row of each table, and a listen; their ids."""
    ann, song = making.user(session), making.track(session, "Jóga", "Björk")
    listening.record_listen(session, ann, Listen(song, utc_now()))
    rows: list[SQLModel] = [
        Training(requested_by="root", algorithm="als", seed=1),
        DataImport(source="x", format="spotify", path="x", user_id=ann),
        session.get_one(User, ann),
        session.get_one(Track, song),
        session.exec(select(Artist)).one(),
    ]
    session.add_all(rows)
    session.flush()
    return {str(row.__tablename__): row.id for row in rows}  # type: ignore[attr-defined]


def _empty(session: Session) -> None:
    for table in ("user_item", "event", "track", "artist", "training", "data_import", "user"):
        name = session.connection().dialect.identifier_preparer.quote_identifier(table)
        session.connection().exec_driver_sql(f"DELETE FROM {name}")


def test_the_ids_of_rows_that_are_gone_are_not_given_again(database: Database) -> None:
    first = database.transact(_fill)
    database.transact(_empty)
    again = database.transact(_fill)
    assert first.keys() == again.keys() == TABLES
    assert all(again[table] > first[table] for table in TABLES)


def test_what_an_import_of_who_left_has_brought_is_of_no_import(database: Database) -> None:
    with database.write() as session:
        ids = _fill(session)
        known = ExternalId(
            source="spotify",
            kind=ExternalKind.TRACK,
            external_id="t",
            our_id=ids["track"],
            import_id=ids["data_import"],
        )
        session.add(known)
        session.flush()
        erasing.delete_account(session, ids["user"])
        session.refresh(known)
        assert known.import_id is None


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    database = Database(database_url(Settings(data_dir=tmp_path)))
    yield database
    database.dispose()


def _schema(database: Database) -> dict[str, Any]:
    """What a copy could lose: columns with defaults, keys and what they do, indexes."""
    look = inspect(database.engine)
    return {
        name: (
            [{**each, "type": str(each["type"])} for each in look.get_columns(name)],
            look.get_pk_constraint(name),
            sorted(look.get_foreign_keys(name), key=repr),
            sorted(look.get_unique_constraints(name), key=repr),
            sorted(look.get_indexes(name), key=repr),
        )
        for name in look.get_table_names()
    }


def _said(database: Database, statement: str) -> list[Any]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(statement)]


def test_the_copies_are_as_the_tables_were(sqlite: Database) -> None:
    once = "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
    migrate(sqlite, BEFORE)
    before = _schema(sqlite)
    assert not TABLES & {name for (name,) in _said(sqlite, once)}
    migrate(sqlite, SINCE)
    assert _schema(sqlite) == before
    assert {name for (name,) in _said(sqlite, once)} >= TABLES
    migrate(sqlite, "-1")
    assert _schema(sqlite) == before


def test_an_upgrade_keeps_what_refers_to_the_copied_rows(sqlite: Database) -> None:
    migrate(sqlite)
    ids = sqlite.transact(_fill)
    with sqlite.write() as session:
        gone = [
            ExternalId(source="x", kind=kind, external_id="x", our_id=70, import_id=80)
            for kind in (ExternalKind.TRACK, ExternalKind.ARTIST)
        ]
        session.add_all(gone)
    migrate(sqlite, BEFORE)
    migrate(sqlite)
    assert is_current(sqlite)
    for table in (*TABLES, "event", "user_item"):
        assert _said(sqlite, f'SELECT count(*) FROM "{table}"') == [(1,)], table
    assert _said(sqlite, "PRAGMA foreign_key_check") == []
    with sqlite.write() as session:
        assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        _empty(session)
        again = _fill(session)
    assert (again["track"], again["artist"], again["data_import"]) == (71, 71, 81)
    assert (again["user"], again["training"]) == (ids["user"] + 1, ids["training"] + 1)


def test_alembics_own_command_keeps_it_too(
    sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTUNE_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("PYTUNE_DATABASE_URL", raising=False)
    migrate(sqlite)
    sqlite.transact(_fill)
    command.downgrade(_config(), BEFORE)
    command.upgrade(_config(), "head")
    assert is_current(sqlite)
    assert _said(sqlite, "SELECT count(*) FROM event") == [(1,)]
