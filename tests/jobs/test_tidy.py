"""The nightly clearing away."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app import listening, training
from app.db import Database
from app.listening import Listen
from app.ml.recipe import Recipe
from app.models import DataImport, ImportState, Prediction
from app.models.columns import utc_now
from app.observing import PREDICTIONS
from app.queue import JobQueue
from app.settings import Settings
from jobs import tidy
from jobs.runtime import Runtime
from tests import making
from tests.histories import served
from tests.models_made import crowned, finished


def _tidy(settings: Settings, database: Database) -> None:
    queue = JobQueue(settings)
    tidy._tidy(Runtime(settings, database, queue))
    queue.close()


def test_old_candidates_and_half_written_models_go(settings: Settings, database: Database) -> None:
    with database.write() as session:
        tracks = making.tracks(session, 3)
        listening.record_listen(session, making.user(session), Listen(tracks[0]))
    champion = crowned(database, settings, tracks)
    finished(database, settings, tracks, utc_now() - timedelta(days=365))
    half = settings.artifacts / ".model-000009-x1y2"
    half.mkdir()
    _tidy(settings, database)
    left = {path.name for path in settings.artifacts.iterdir()}
    assert left == {training.artifact_name(champion)}


def test_what_a_training_is_writing_stays(settings: Settings, database: Database) -> None:
    with database.write() as session:
        listen = Listen(making.track(session, "Sinnerman"))
        listening.record_listen(session, making.user(session), listen)
        training.request(session, "root", Recipe(), seed=1)
    half = settings.artifacts / ".model-000001-x1y2"
    half.mkdir(parents=True)
    _tidy(settings, database)
    assert half.is_dir()


def test_lists_of_long_ago_go_and_those_that_drift_is_told_by_stay(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidy, "_AT_ONCE", 2)
    with database.write() as session:
        user, tracks = making.user(session), making.tracks(session, 2)
        ages = (100, 99, 98, 36, 34, 0)
        rows = [served(user, tracks, utc_now() - timedelta(days=age)) for age in ages]
        session.connection().execute(PREDICTIONS.insert(), rows)
    for keep, left in ((90, 3), (1, 2)):
        _tidy(settings.model_copy(update={"keep_lists": keep}), database)
        with database.read() as session:
            assert len(session.exec(select(Prediction)).all()) == left


def test_reports_of_long_ago_go(settings: Settings, database: Database) -> None:
    settings.reports.mkdir(parents=True)
    ages = {"old": timedelta(days=31), "new": timedelta(days=29)}
    with database.write() as session:
        for name, age in ages.items():
            path = settings.reports / f"{name}.csv"
            path.write_text("file,line\n")
            row = DataImport(
                source="demo",
                format="csv",
                path=name,
                state=ImportState.FINISHED,
                rejected_file=str(path),
                finished_at=utc_now() - age,
            )
            session.add(row)
    _tidy(settings, database)
    assert [path.name for path in settings.reports.iterdir()] == ["new.csv"]
    with database.read() as session:
        rows = session.exec(select(DataImport)).all()
    assert {row.path: row.rejected_file is None for row in rows} == {"old": True, "new": False}
