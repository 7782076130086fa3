"""The life of a training row: asked for, run, finished or failed, and made champion."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from app import listening, lost_trainings, recipes, training
from app.db import Database
from app.errors import (
    InvalidInput,
    NoListens,
    QueueUnavailable,
    TrainingNotFound,
    TrainingOver,
    TrainingUnderway,
)
from app.listening import Listen
from app.ml.recipe import Recipe
from app.ml.weighting import Weighting
from app.models import Promotion, Training, TrainingStage, TrainingState
from app.models.columns import utc_now
from app.queue import JobName, JobQueue
from app.settings import Settings
from tests import making
from tests.jobs_at_work import waiting_jobs
from tests.models_made import finished

RECIPE = Recipe("als", Weighting.BINARY, {"factors": 8})


@pytest.fixture
def queue(settings: Settings) -> Iterator[JobQueue]:
    opened = JobQueue(settings)
    yield opened
    opened.close()


@pytest.fixture
def heard(database: Database) -> list[int]:
    """Tracks, of which the first was heard."""
    with database.write() as session:
        tracks = making.tracks(session, 3)
        listening.record_listen(session, making.user(session), Listen(tracks[0]))
    return tracks


def _row(database: Database, number: int) -> Training:
    with database.read() as session:
        return training.training(session, number)


def test_a_launch_is_a_row_and_a_job(database: Database, queue: JobQueue, heard: list[int]) -> None:
    number = training.launch(database, queue, "root", RECIPE, seed=7)
    row, (job,) = _row(database, number), waiting_jobs(queue)
    assert (job.func_name, job.args) == (JobName.TRAIN.value, [number])
    assert job.timeout == queue.settings.training_timeout_seconds
    assert (row.state, row.job_id, row.requested_by) == (TrainingState.QUEUED, job.id, "root")
    assert (row.seed, row.algorithm) == (7, "als")
    assert recipes.recipe_of(row) == RECIPE.complete()
    assert row.library_versions == {}, "the worker's count, which may be another machine's"
    with database.write() as session:
        row = training.start(session, number)
    assert set(row.library_versions) == {"implicit", "numpy", "scipy", "pytune"}


def test_without_listens_nothing_is_launched(database: Database, queue: JobQueue) -> None:
    with database.write() as session:
        listening.record_skip(
            session, making.user(session), Listen(making.track(session, "Skipped"))
        )
    with pytest.raises(NoListens):
        training.launch(database, queue, "root", RECIPE)
    assert len(queue.waiting_ids()) == 0
    with database.read() as session:
        assert training.trainings(session, 10) == []


def test_one_training_is_under_way_at_a_time(
    database: Database, queue: JobQueue, heard: list[int]
) -> None:
    first = training.launch(database, queue, "root", RECIPE)
    for begin in (lambda _: None, lambda session: training.start(session, first)):
        database.transact(begin)
        with pytest.raises(TrainingUnderway, match=f"Training {first} "):
            training.launch(database, queue, "schedule", RECIPE)
    database.transact(lambda session: training.fail(session, first, "enough"))
    assert training.launch(database, queue, "root", RECIPE) > first


def test_without_a_queue_the_row_has_failed_and_nothing_is_under_way(
    database: Database, settings: Settings, heard: list[int]
) -> None:
    away = JobQueue(settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}))
    with pytest.raises(QueueUnavailable):
        training.launch(database, away, "root", RECIPE)
    away.close()
    with database.read() as session:
        (row,) = training.trainings(session, 10)
        assert training.active_training(session) is None
    assert row.state is TrainingState.FAILED
    assert "does not answer" in str(row.error)


def test_a_training_runs_and_fails(database: Database, queue: JobQueue, heard: list[int]) -> None:
    number = training.launch(database, queue, "root", RECIPE)
    with database.write() as session:
        assert training.start(session, number).state is TrainingState.RUNNING
        assert training.progress(session, number, TrainingStage.FITTING, 0.5)
    row = _row(database, number)
    assert (row.stage, row.progress) == (TrainingStage.FITTING, 0.5)
    assert row.started_at is not None
    assert row.heartbeat_at is not None
    database.transact(lambda session: training.fail(session, number, "x" * 5000))
    row = _row(database, number)
    assert (row.state, row.error) == (TrainingState.FAILED, "x" * 5000)
    assert row.finished_at is not None


def test_what_is_over_stays_as_it_is(
    database: Database, settings: Settings, heard: list[int]
) -> None:
    number = finished(database, settings, heard)
    database.transact(lambda session: training.fail(session, number, "too late"))
    late = TrainingStage.PROMOTING
    assert not database.transact(lambda session: training.progress(session, number, late, 0.98))
    row = _row(database, number)
    assert row.stage is TrainingStage.PROMOTING
    assert (row.state, row.error, row.progress) == (TrainingState.FINISHED, None, 1.0)
    with pytest.raises(TrainingOver), database.write() as session:
        training.start(session, number)


def test_trainings_whose_worker_died_are_failed(
    database: Database, queue: JobQueue, heard: list[int]
) -> None:
    number = training.launch(database, queue, "root", RECIPE)
    database.transact(lambda session: training.start(session, number))
    silent = timedelta(seconds=30)
    assert lost_trainings.fail_abandoned(database, queue, silent) == []

    def age(session: Session) -> None:
        training.training(session, number).heartbeat_at = utc_now() - 2 * silent

    database.transact(age)
    assert lost_trainings.fail_abandoned(database, queue, silent) == [number]
    assert lost_trainings.fail_abandoned(database, queue, silent) == []
    assert "worker died" in str(_row(database, number).error)


def test_a_training_whose_job_is_lost_is_failed(
    database: Database, queue: JobQueue, heard: list[int]
) -> None:
    number = training.launch(database, queue, "root", RECIPE)
    silent = timedelta(days=1)
    assert lost_trainings.fail_abandoned(database, queue, silent) == []
    queue.redis.flushall()
    assert lost_trainings.fail_abandoned(database, queue, silent) == [number]


def test_the_newest_promotion_names_the_champion(
    database: Database, settings: Settings, heard: list[int]
) -> None:
    first, second = (finished(database, settings, heard) for _ in range(2))
    champions = []
    for number in (first, second, first):
        with database.write() as session:
            training.promote(session, number, "root", "because")
        with database.read() as session:
            champion = training.champion(session)
        assert champion is not None
        champions.append((champion.version, champion.promotion.previous_id))
    assert champions == [(first, None), (second, first), (first, second)]
    with database.read() as session:
        assert len(session.exec(select(Promotion)).all()) == 3


def test_only_a_model_can_be_promoted(
    database: Database, queue: JobQueue, heard: list[int]
) -> None:
    number = training.launch(database, queue, "root", RECIPE)
    with database.write() as session:
        with pytest.raises(InvalidInput, match="no model to promote"):
            training.promote(session, number, "root", "because")
        with pytest.raises(TrainingNotFound):
            training.promote(session, number + 1000, "root", "because")
        assert training.champion(session) is None


def test_trainings_are_listed_newest_first(
    database: Database, settings: Settings, heard: list[int]
) -> None:
    made = [finished(database, settings, heard) for _ in range(3)]
    with database.write() as session:
        failed = training.request(session, "root", RECIPE, seed=1)
        session.flush()
        training.fail(session, failed.id or 0, "enough")
        done = training.trainings(session, 2, state=TrainingState.FINISHED)
        assert [row.id for row in done] == made[:0:-1]
        older = training.trainings(session, 9, before_id=made[1])
        assert [row.id for row in older] == made[:1]
        assert training.count_trainings(session) == 4
        assert training.count_trainings(session, TrainingState.FAILED) == 1
