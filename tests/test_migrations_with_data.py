"""Upgrades and downgrades keep the rows that are there."""

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Inspector, inspect
from sqlmodel import Session, col, select

from app import accounts, alerts, evaluations, listening, training
from app.backup import tables
from app.db import Database
from app.importing.identity import Origin, remember
from app.listening import Listen
from app.migrations import ROOT, is_current, migrate
from app.ml.recipe import Recipe
from app.models import (
    AlertKind,
    DataImport,
    Evaluation,
    EvaluationRun,
    Event,
    EventKind,
    ExternalId,
    ExternalKind,
    Feedback,
    Role,
    TrainingStage,
    TrainingState,
)
from app.models.columns import id_of, utc_now
from tests import making
from tests.test_migrations import bare, bare_mariadb, bare_sqlite, bare_url

__all__ = ["bare", "bare_mariadb", "bare_sqlite", "bare_url"]

SCRIPTS = ROOT / "alembic"
RENAMED = ("training", "stage")
"""Older versions have other words for the same."""


@pytest.fixture
def filled(bare: Database) -> Database:
    """Somebody who listens, loves and signs in; a champion, and an alert about it."""
    migrate(bare)
    bare.transact(_fill)
    return bare


def _fill(session: Session) -> None:
    user = accounts.create_user(
        session, "Zoë 🎧", accounts.hashed("correct horse battery"), Role.ADMINISTRATOR
    )
    known = [making.track(session, title, "Кино") for title in ("Группа крови", "E'é\n\"")]
    for track_id in known:
        listening.record_listen(session, id_of(user), Listen(track_id, utc_now()))
    listening.set_feedback(session, id_of(user), known[0], Feedback.LOVED)
    row = training.request(session, "root", Recipe(), seed=1)
    row.state, row.stage = TrainingState.FINISHED, TrainingStage.PROMOTING
    row.artifact, row.checksum = "model-1", "0" * 64
    training.promote(session, id_of(row), "root", "the first")
    alerts.raise_alert(session, AlertKind.DRIFT, "Tastes moved.", {"ndcg": 0.5})


def test_each_step_down_and_up_again_keeps_what_both_sides_know(filled: Database) -> None:
    revisions = [script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()]
    steps = [*revisions[1:], *reversed(revisions[:-1])]
    assert len(steps) == 2 * (len(revisions) - 1) > 20
    kept = _columns(filled)
    assert {"user", "event", "user_item", "training", "promotion", "alert"} <= {
        table for table, _ in kept
    }
    for revision in steps:
        migrate(filled, revision)
        now = _columns(filled)
        # What an older version does not know is gone for good; what it knows is as it was.
        kept = {place: values for place, values in kept.items() if place in now}
        assert {place: now[place] for place in kept if place != RENAMED} == {
            place: values for place, values in kept.items() if place != RENAMED
        }, revision
        assert _revision(filled) == revision
    assert is_current(filled)
    assert now[RENAMED] == kept[RENAMED]
    assert ("event", "occurred_at") in kept


def test_a_version_before_meets_no_evaluation_that_was_asked_for(filled: Database) -> None:
    """It would take it for what the training was judged by."""

    def measure(session: Session) -> None:
        session.add(Evaluation(training_id=1, promote=True, reason="its own"))
        found = Evaluation(training_id=1, promote=False, reason="asked for")
        session.add(found)
        session.flush()
        for number in (found.id, None):
            session.add(EvaluationRun(training_id=1, evaluation_id=number, requested_by="root"))

    filled.transact(measure)
    migrate(filled, "0015")
    assert [reason for _, reason in _columns(filled)["evaluation", "reason"]] == ["its own"]
    migrate(filled)
    with filled.read() as session:
        assert [len(runs) for runs in evaluations.runs_of(session, [1])] == [0]


def _bring(session: Session) -> tuple[list[int], list[int]]:
    """Two tracks by three ids of a source, with listens that were imported and others."""
    known = [making.track(session, title) for title in ("One id", "Two ids")]
    brought = DataImport(source="shop", format="csv", path="x")
    session.add(brought)
    session.flush()
    origin = Origin("shop", id_of(brought))
    ids = remember(session, origin, ExternalKind.TRACK, {"1": known[0], "2": known[1]})
    remember(session, origin, ExternalKind.TRACK, {"3": known[1]}, matched=True)
    user = making.user(session, "new")
    for track in known:
        for import_id in (id_of(brought), None):
            event = Event(user_id=user, track_id=track, kind=EventKind.LISTEN, source="shop")
            event.import_id = import_id
            session.add(event)
    return known, list(ids.values())


def test_listens_of_imports_came_by_the_only_id_that_their_source_has(filled: Database) -> None:
    known, ids = filled.transact(_bring)
    migrate(filled, "0020")
    migrate(filled)
    with filled.read() as session:
        events = session.exec(select(Event).where(col(Event.track_id).in_(known)))
        came = [(event.track_id, event.import_id is None, event.came_by) for event in events]
        assert sorted(came) == [
            (known[0], False, ids[0]),
            (known[0], True, None),
            (known[1], False, None),
            (known[1], True, None),
        ]
        rows = session.exec(select(ExternalId).where(col(ExternalId.our_id).in_(known))).all()
        names = {row.external_id: (row.title, row.artist) for row in rows}
        assert names == {
            "1": ("One id", "Nina Simone"),
            "2": ("Two ids", "Nina Simone"),
            "3": (None, None),
        }


def _revision(database: Database) -> str | None:
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _columns(database: Database) -> dict[tuple[str, str], list[Any]]:
    """Each column's values in the order of the rows' keys, whatever the models say of them."""
    with tables.snapshot(database) as connection:
        reflected = inspect(connection)
        return {
            (table, column): values
            for table in tables.names(connection)
            for column, values in _columns_of(connection, reflected, table)
        }


def _columns_of(
    connection: Connection, reflected: Inspector, table: str
) -> Iterator[tuple[str, list[Any]]]:
    key = str(reflected.get_pk_constraint(table)["constrained_columns"][0])
    names = tables.columns(connection, table)
    rows = list(tables.rows(connection, table, [key, *names]))
    for place, name in enumerate(names, start=1):
        yield name, sorted(([row[0], row[place]] for row in rows), key=repr)
