"""Measuring a training again, run as the worker runs it but in this process."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from app import evaluating, evaluations, jobs, promotion, training, tuning
from app.cli import evaluating as command
from app.cli.progress import follow_evaluation
from app.errors import NoListens
from app.evaluating import EvaluationFailed, EvaluationOver
from app.listening import EVENTS, USER_ITEMS
from app.ml.recipe import Recipe
from app.ml.weighting import Weighting
from app.models import Evaluation, EvaluationRun, EventKind, Promotion, TrainingState, UserItem
from app.models.columns import id_of, utc_now
from app.queue import EVALUATION_CHANNEL, JsonQueue
from app.queue_names import QueueName
from jobs import contest, evaluate
from jobs.runtime import Runtime
from tests.announced import await_subscribed, next_told
from tests.jobs.conftest import RECIPE, requested, run_training
from tests.jobs_at_work import worker
from tests.models_made import finished

ENDLESS = Recipe("als", Weighting.LOG, {"factors": 256, "iterations": 1000})
POOR = Recipe("als", Weighting.LOG, {"factors": 1, "iterations": 1, "regularization": 1e5})


@pytest.fixture
def recorded(rt: Runtime, tracks: list[int]) -> None:
    """The plays as events, by which it is known what a champion knew."""

    def record(session: Session) -> None:
        sums = session.exec(select(UserItem)).all()
        undated = {"occurred_at": None, "recorded_at": utc_now(), "source": "test"}
        listen = {"kind": EventKind.LISTEN, "plays": 1, **undated}
        rows = [{"user_id": one.user_id, "track_id": one.track_id, **listen} for one in sums]
        session.connection().execute(EVENTS.insert(), rows)

    rt.database.transact(record)


@pytest.fixture
def champion(rt: Runtime, tracks: list[int]) -> int:
    number = finished(rt.database, rt.settings, tracks, recipe=RECIPE)
    rt.database.transact(lambda session: training.promote(session, number, "gate", "better"))
    return number


@pytest.fixture
def beaten(rt: Runtime, champion: int, tracks: list[int]) -> int:
    """A training of a worse recipe, with the evaluation that it was judged by."""
    number = finished(rt.database, rt.settings, tracks, recipe=POOR)
    own = Evaluation(training_id=number, champion_id=champion, promote=False, reason="It lost.")
    rt.database.transact(lambda session: session.add(own))
    return number


def _measured(rt: Runtime, training_id: int | None) -> tuple[EvaluationRun, Evaluation]:
    """Asked for by eve, and done."""
    number = evaluating.launch(rt.database, rt.queue, "eve", training_id)
    evaluate._evaluate(rt, number)
    with rt.database.read() as session:
        row = evaluating.run(session, number)
        return row, session.get_one(Evaluation, row.evaluation_id)


def _everything_else(rt: Runtime) -> Any:
    """What a promotion, a training or a clean-up would have changed."""
    with rt.database.read() as session:
        rows = training.trainings(session, 10)
        own = evaluations.evaluations_of(session, [id_of(row) for row in rows])
        return (
            [row.model_dump() for row in session.exec(select(Promotion))],
            [row.model_dump() for row in rows],
            [[one.id for one in each] for each in own],
            promotion.line(session),
            tuning.best_known(session),
            sorted(rt.settings.artifacts.iterdir()),
        )


def test_another_recipe_meets_the_champions_and_nothing_is_promoted(
    rt: Runtime, champion: int, beaten: int
) -> None:
    before = _everything_else(rt)
    row, found = _measured(rt, beaten)
    assert _everything_else(rt) == before
    assert (row.state, row.requested_by) == (TrainingState.FINISHED, "eve")
    assert (found.training_id, found.champion_id, found.promote) == (beaten, champion, False)
    assert found.reason.startswith("Trained again, it would not be promoted, over 60 listeners: ")
    assert found.metrics["reason"] == found.reason
    assert found.metrics["challenger"]["recipe"] == POOR.complete().as_json()
    assert found.metrics["champion"]["recipe"] == RECIPE.complete().as_json()
    _, again = _measured(rt, beaten)
    compared = [one.metrics["verdict"]["over_champion"] for one in (found, again)]
    assert compared[0] == compared[1], "the same data and recipes, the same figures"


def test_the_champion_without_newer_listens_is_told_against_popularity(
    rt: Runtime, recorded: None
) -> None:
    champion = requested(rt)
    run_training(rt, champion)
    before = _everything_else(rt)
    _, found = _measured(rt, None)
    assert _everything_else(rt) == before
    assert found.reason.startswith(
        "Trained again, it would be promoted as a refresh of the champion, over 60 listeners:"
        " NDCG@20 is "
    )
    assert " of popularity (+" in found.reason
    assert (found.champion_id, found.promote, found.metrics["promote"]) == (champion, False, True)


def test_a_recipe_whose_files_are_gone_is_measured_all_the_same(rt: Runtime, beaten: int) -> None:
    with rt.database.write() as session:
        training.training(session, beaten).finished_at = utc_now() - timedelta(days=3650)
    assert promotion.remove_old_models(rt.database, rt.settings) == [beaten]
    assert _measured(rt, beaten)[0].state is TrainingState.FINISHED


def test_one_cancelled_meanwhile_stops_and_writes_nothing(
    rt: Runtime, beaten: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where its worker was not told to stop it: it hears so by its own pulse."""
    number = evaluating.launch(rt.database, rt.queue, "eve", beaten)
    compete, reached = contest.compete, []

    def cancelled(*given: Any) -> Any:
        report = given[-1]
        rt.database.transact(lambda session: evaluating.fail(session, number, "Cancelled by eve."))
        with pytest.raises(EvaluationOver):
            report.__self__.beat()
        compete(*given)
        reached.append("the end")

    monkeypatch.setattr(contest, "compete", cancelled)
    with pytest.raises(EvaluationOver):
        evaluate._evaluate(rt, number)
    assert reached == []
    with rt.database.read() as session:
        assert [len(own) for own in evaluations.evaluations_of(session, [beaten])] == [1]
        assert len(session.exec(select(Evaluation)).all()) == 1
        assert evaluating.run(session, number).error == "Cancelled by eve."


def test_without_listens_it_fails_and_says_why(
    rt: Runtime, beaten: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = evaluating.launch(rt.database, rt.queue, "eve", beaten)

    def empty(session: Session) -> None:
        session.connection().execute(EVENTS.delete())
        session.connection().execute(USER_ITEMS.delete())

    rt.database.transact(empty)
    with pytest.raises(NoListens):
        evaluate._evaluate(rt, number)
    with rt.database.write() as session:
        evaluating.fail(session, number, "no listens")
    with pytest.raises(EvaluationFailed, match="no listens"):
        follow_evaluation(rt.database, number)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_worker_does_it_and_stops_what_is_cancelled(
    rt: Runtime, beaten: int, tracks: list[int]
) -> None:
    endless = finished(rt.database, rt.settings, tracks, recipe=ENDLESS)
    stopped = evaluating.launch(rt.database, rt.queue, "eve", endless)
    with worker(rt.settings):
        moment = threading.Event()
        while _run(rt, stopped).progress <= 0.05:
            assert _run(rt, stopped).state is not TrainingState.FAILED
            moment.wait(0.05)
        jobs.cancel(rt.database, rt.queue, evaluating.job_id(stopped), "eve")
        done = evaluating.launch(rt.database, rt.queue, "eve", beaten)
        assert follow_evaluation(rt.database, done).state is TrainingState.FINISHED
    assert _run(rt, stopped).error == "Cancelled by eve."
    with rt.database.read() as session:
        found = {row.training_id for row in session.exec(select(Evaluation))}
    assert found == {beaten}


def _run(rt: Runtime, number: int) -> EvaluationRun:
    with rt.database.read() as session:
        return evaluating.run(session, number)


def test_whoever_follows_is_told_of_it(rt: Runtime, beaten: int) -> None:
    with rt.queue.redis.pubsub() as told:  # type: ignore[no-untyped-call]
        told.subscribe(EVALUATION_CHANNEL)
        await_subscribed(told)
        number = evaluating.launch(rt.database, rt.queue, "eve", beaten)
        assert next_told(told) == str(number).encode()


def test_the_command_shows_it_until_it_is_over(
    rt: Runtime,
    beaten: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "Settings", lambda: rt.settings)
    monkeypatch.setattr(command, "ready", lambda _: rt.database)
    with ThreadPoolExecutor() as pool:
        waits = pool.submit(command.evaluate, beaten, wait=True)
        found = JsonQueue.dequeue_any(
            [rt.queue.queues[QueueName.MODELS]], 30, connection=rt.queue.redis
        )
        assert found is not None
        (number,) = found[0].args
        evaluate._evaluate(rt, number)
        waits.result(timeout=30)
    said = capsys.readouterr().out
    assert f"Training {beaten} was measured. Trained again, it would not be promoted" in said
