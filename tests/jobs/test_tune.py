"""The tuning job: searches, remembers, can be stopped, and goes on after its worker died."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from app import pulse, recipes, training, tuning
from app.cli import tuning as command
from app.cli.progress import follow_tuning
from app.errors import InvalidInput, NoListens
from app.ml import tuning as searching
from app.ml.search import Trial
from app.models import Event, EventKind, TrainingState, UserItem
from app.queue import TUNING_CHANNEL, JobName, JsonQueue
from app.queue_names import QueueName
from app.tuning.errors import TuningFailed, TuningNotFound, TuningOver, TuningUnderway
from jobs import contest, tune
from jobs.retrain import _retrain
from jobs.retune import _retune
from jobs.runtime import Runtime
from jobs.training_data import read_training_data
from tests.announced import await_subscribed, next_told
from tests.jobs.conftest import RECIPE
from tests.jobs_at_work import waiting_jobs

SECONDS = 10


@pytest.fixture
def tracks(rt: Runtime, tracks: list[int]) -> list[int]:
    """What the sums tell of is on record too: a search reads the record."""
    with rt.database.write() as session:
        for pair in session.exec(select(UserItem)).all():
            who, what = pair.user_id, pair.track_id
            session.add(Event(user_id=who, track_id=what, kind=EventKind.LISTEN, source="test"))
    return tracks


@pytest.fixture
def launched(rt: Runtime, tracks: list[int]) -> int:
    return tuning.launch(rt.database, rt.queue, "root", SECONDS, seed=1)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that ticks a second each time it is looked at: ten seconds are soon over."""
    now = [0.0]

    def tick() -> float:
        now[0] += 1
        return now[0]

    monkeypatch.setattr(searching, "monotonic", tick)


def _row(rt: Runtime, number: int) -> tuple[TrainingState, str | None]:
    with rt.database.read() as session:
        row = tuning.tuning(session, number)
        return row.state, row.error


def _trials(rt: Runtime, number: int) -> list[Trial]:
    with rt.database.read() as session:
        return tuning.trials(session, number)


@pytest.mark.usefixtures("hurried")
def test_it_searches_and_the_next_training_takes_what_it_chose(rt: Runtime, launched: int) -> None:
    (job,) = waiting_jobs(rt.queue)
    assert (job.func_name, job.args) == (JobName.TUNE.value, [launched])
    tune._tune(rt, launched)
    with rt.database.read() as session:
        row, chosen = tuning.tuning(session, launched), tuning.best_recipe(session)
        assert (row.state, row.progress) == (TrainingState.FINISHED, 1.0)
        assert row.ndcg is not None
        assert 0 < row.ndcg <= 1
        assert tuning.untried_recipe(session) == chosen
    assert chosen is not None
    assert _trials(rt, launched)
    _retrain(rt)
    with rt.database.read() as session:
        (begun,) = training.trainings(session, 2)
        assert recipes.recipe_of(begun) == chosen
        assert tuning.untried_recipe(session) is None, "it was tried: the gate has the word"


@pytest.mark.usefixtures("hurried")
def test_the_command_shows_a_search_until_it_is_over(
    rt: Runtime,
    tracks: list[int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "Settings", lambda: rt.settings)
    monkeypatch.setattr(command, "ready", lambda _: rt.database)
    with ThreadPoolExecutor() as pool:
        waits = pool.submit(command.tune, SECONDS, 1, wait=True)
        found = JsonQueue.dequeue_any(
            [rt.queue.queues[QueueName.MODELS]], 30, connection=rt.queue.redis
        )
        assert found is not None
        (number,) = found[0].args
        tune._tune(rt, number)
        waits.result(timeout=30)
    with rt.database.read() as session:
        row, tried = tuning.tuning(session, number), tuning.trials(session, number)
        assert row.requested_by == "command line"
        said = f"{row.algorithm} is best, NDCG@20 {row.ndcg:.4f}, of {len(tried)} trials"
    assert said in capsys.readouterr().out


def test_the_command_says_why_a_search_failed(rt: Runtime, launched: int) -> None:
    with rt.database.write() as session:
        tuning.fail(session, launched, "no disk")
    with pytest.raises(TuningFailed, match="no disk"):
        follow_tuning(rt.database, launched)


@pytest.mark.usefixtures("hurried")
def test_whoever_follows_is_told_of_it(rt: Runtime, launched: int) -> None:
    with rt.queue.redis.pubsub() as told:  # type: ignore[no-untyped-call]
        told.subscribe(TUNING_CHANNEL)
        await_subscribed(told)
        tune._tune(rt, launched)
        assert [next_told(told) for _ in range(2)] == 2 * [str(launched).encode()]


def test_of_undated_listens_it_sees_none_that_the_gate_tests_on(
    rt: Runtime, tracks: list[int]
) -> None:
    with rt.database.read() as session:
        data = read_training_data(session)
        train, split = tune._validation(session, data.last_event_id)
    assert split is None
    held = contest.compete(rt, RECIPE, None, data, 42, lambda _: None)[1]
    tested = {
        (listener, track)
        for n, listener in enumerate(held.listener_ids.tolist())
        for track in held.targets[n].tolist()
    }
    seen = set(zip(train.listener_ids.tolist(), train.track_ids.tolist(), strict=True))
    assert len(tested) >= len(held) > 0
    assert not tested & seen
    assert len(tested | seen) == len(data.interactions)


def test_one_that_lives_is_left_alone(rt: Runtime, launched: int) -> None:
    assert tuning.resume_lost(rt.database, rt.queue, timedelta(seconds=30)) == []
    with rt.database.write() as session:
        tuning.start(session, launched)
    assert tuning.resume_lost(rt.database, rt.queue, timedelta(seconds=30)) == []


def test_a_search_ends_as_soon_as_its_job_is_cancelled(rt: Runtime, launched: int) -> None:
    (job_id,) = rt.queue.waiting_ids()
    tuning.cancel_job(rt.database, rt.queue, job_id, "root")
    assert _row(rt, launched) == (TrainingState.FAILED, "Cancelled by root.")
    assert rt.queue.waiting_ids() == []


def test_a_cancelled_job_is_not_taken_up_again(rt: Runtime, launched: int) -> None:
    (job,) = waiting_jobs(rt.queue)
    job.cancel()
    assert tuning.resume_lost(rt.database, rt.queue, timedelta(seconds=30)) == []
    assert _row(rt, launched) == (TrainingState.FAILED, "Its job was cancelled.")


def test_stopped_while_it_runs_it_ends_and_keeps_its_trials(
    rt: Runtime, launched: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = tune._Progress._tell

    def beat(progress: tune._Progress) -> None:
        if progress._ended:
            with rt.database.write() as session:
                if tuning.tuning(session, launched).state is TrainingState.RUNNING:
                    tuning.stop(session, launched, "root")
        add(progress)

    monkeypatch.setattr(tune._Progress, "_tell", beat)
    monkeypatch.setattr(pulse, "_BEAT_SECONDS", 0.01)
    with pytest.raises(TuningOver):
        tune._tune(rt, launched)
    assert _row(rt, launched) == (TrainingState.FAILED, "Stopped by root.")
    assert _trials(rt, launched)
    tuning.resume(rt.database, rt.queue, launched)
    assert _row(rt, launched) == (TrainingState.QUEUED, None)


def test_a_stopped_one_does_not_begin(rt: Runtime, launched: int) -> None:
    with rt.database.write() as session:
        tuning.stop(session, launched, "root")
    with pytest.raises(TuningOver):
        tune._tune(rt, launched)
    with rt.database.write() as session, pytest.raises(TuningOver):
        tuning.stop(session, launched, "root")


def test_one_search_at_a_time(rt: Runtime, launched: int) -> None:
    with pytest.raises(TuningUnderway):
        tuning.launch(rt.database, rt.queue, "root", SECONDS)
    _retune(rt)
    with rt.database.read() as session:
        assert tuning.count_tunings(session) == 1


def test_what_cannot_be_searched_is_refused(rt: Runtime) -> None:
    with pytest.raises(NoListens):
        tuning.launch(rt.database, rt.queue, "root", SECONDS)
    for seconds in (0, 10**6):
        with pytest.raises(InvalidInput, match="seconds"):
            tuning.launch(rt.database, rt.queue, "root", seconds)
    with pytest.raises(TuningNotFound):
        tuning.resume(rt.database, rt.queue, 99)


def test_the_schedule_begins_one(rt: Runtime, tracks: list[int]) -> None:
    _retune(rt)
    with rt.database.read() as session:
        (row,) = tuning.tunings(session, 2)
    assert (row.requested_by, row.seconds) == ("schedule", rt.settings.tune_seconds)


def test_without_a_search_trainings_choose_as_before(rt: Runtime, launched: int) -> None:
    with rt.database.read() as session:
        assert tuning.best_recipe(session) is None
        assert tuning.untried_recipe(session) is None
