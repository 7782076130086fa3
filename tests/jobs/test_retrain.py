"""The scheduled training: the best known recipe, when there is something new to learn."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from app import listening, recipes, training
from app.db import Database
from app.errors import QueueUnavailable
from app.listening import Listen
from app.ml.recipe import Recipe
from app.ml.weighting import Weighting
from app.models import Evaluation, Training, TrainingState
from app.queue import JobName, JobQueue
from app.settings import Settings
from jobs.retrain import _retrain
from jobs.runtime import Runtime
from tests import making
from tests.jobs_at_work import waiting_jobs
from tests.models_made import finished


@pytest.fixture
def rt(settings: Settings, database: Database) -> Iterator[Runtime]:
    queue = JobQueue(settings)
    yield Runtime(settings, database, queue)
    queue.close()


@pytest.fixture
def tracks(database: Database) -> list[int]:
    """Of which the first was heard."""
    with database.write() as session:
        numbers = making.tracks(session, 3)
        listening.record_listen(session, making.user(session), Listen(numbers[0]))
    return numbers


def _trainings(rt: Runtime) -> list[Training]:
    with rt.database.read() as session:
        return training.trainings(session, 10)


def _finished(rt: Runtime, tracks: list[int], seen: int, **changed: object) -> int:
    """The number of a training on the events up to that number."""
    version = finished(rt.database, rt.settings, tracks)

    def write(session: Session) -> None:
        row = training.training(session, version)
        row.last_event_id = seen
        row.sqlmodel_update(changed)
        session.add(row)

    rt.database.transact(write)
    return version


def _champion(rt: Runtime, tracks: list[int], seen: int, **changed: object) -> None:
    version = _finished(rt, tracks, seen, **changed)
    rt.database.transact(lambda session: training.promote(session, version, "gate", "better"))


def _newest(rt: Runtime) -> int:
    with rt.database.read() as session:
        return listening.last_event_id(session)


def test_without_a_champion_the_usual_recipe_is_trained(rt: Runtime, tracks: list[int]) -> None:
    _retrain(rt)
    (row,), (job,) = _trainings(rt), waiting_jobs(rt.queue)
    assert (row.requested_by, row.state) == ("schedule", TrainingState.QUEUED)
    assert recipes.recipe_of(row) == Recipe().complete()
    assert (job.func_name, job.args) == (JobName.TRAIN.value, [row.id])


def test_the_champions_recipe_is_trained_on_newer_listens(rt: Runtime, tracks: list[int]) -> None:
    recipe = Recipe("als", Weighting.LINEAR, {"factors": 5}).complete()
    own = {"weighting": "linear", **recipe.settings}
    _champion(rt, tracks, seen=_newest(rt) - 1, settings=own)
    _retrain(rt)
    assert _trainings(rt)[0].settings == own
    assert len(rt.queue.waiting_ids()) == 1


def test_nothing_new_is_nothing_to_train(rt: Runtime, tracks: list[int]) -> None:
    _champion(rt, tracks, seen=_newest(rt))
    _retrain(rt)
    assert len(_trainings(rt)) == 1
    assert len(rt.queue.waiting_ids()) == 0


def test_what_was_not_promoted_is_not_made_again_of_the_same_listens(
    rt: Runtime, tracks: list[int]
) -> None:
    _finished(rt, tracks, seen=_newest(rt))
    _retrain(rt)
    assert len(rt.queue.waiting_ids()) == 0


def test_what_the_champion_changed_under_is_tried_again(rt: Runtime, tracks: list[int]) -> None:
    number = _finished(rt, tracks, seen=_newest(rt))
    with rt.database.write() as session:
        stale = Evaluation(training_id=number, metrics={"stale": True}, promote=False, reason="")
        session.add(stale)
    _retrain(rt)
    assert len(rt.queue.waiting_ids()) == 1


def test_listens_that_were_taken_back_are_a_reason_to_train(rt: Runtime, tracks: list[int]) -> None:
    with rt.database.write() as session:
        user = making.user(session, "bea")
        for track in tracks[:2]:
            listening.record_listen(session, user, Listen(track))
    _finished(rt, tracks, seen=_newest(rt), interactions=3)
    _retrain(rt)
    assert len(rt.queue.waiting_ids()) == 0
    with rt.database.write() as session:
        listening.forget_track(session, user, tracks[0])
    _retrain(rt)
    assert len(rt.queue.waiting_ids()) == 1


def test_without_listens_nothing_is_trained(rt: Runtime) -> None:
    _retrain(rt)
    assert _trainings(rt) == []


def test_fired_twice_it_trains_once(rt: Runtime, tracks: list[int]) -> None:
    _retrain(rt)
    _retrain(rt)
    assert len(_trainings(rt)) == 1
    assert len(rt.queue.waiting_ids()) == 1


def test_without_a_queue_the_job_fails_and_says_so(rt: Runtime, tracks: list[int]) -> None:
    away = JobQueue(rt.settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}))
    with pytest.raises(QueueUnavailable):
        _retrain(Runtime(rt.settings, rt.database, away))
    away.close()
    assert [row.state for row in _trainings(rt)] == [TrainingState.FAILED]
