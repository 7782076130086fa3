"""The training job, run as the worker runs it but in this process."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from sqlmodel import select

from app import training
from app.db import Database
from app.errors import TrainingOver
from app.ml.recipe import Recipe
from app.ml.weighting import Weighting
from app.models import Evaluation, TrainingState, UserItem
from app.models.columns import id_of
from app.queue import JobQueue
from app.settings import Settings
from jobs import train
from jobs.heartbeat import Heartbeat
from jobs.runtime import Runtime
from tests import making
from tests.models_made import crowned

RECIPE = Recipe("als", Weighting.LOG, {"factors": 4, "iterations": 5})


@pytest.fixture
def rt(settings: Settings, database: Database) -> Iterator[Runtime]:
    queue = JobQueue(settings)
    yield Runtime(settings, database, queue)
    queue.close()


@pytest.fixture
def tracks(database: Database) -> list[int]:
    """Forty; each of sixty listeners played some of the quarter that is to their taste."""
    rng = np.random.default_rng(1)
    with database.write() as session:
        numbers = making.tracks(session, 40)
        for listener in range(60):
            user = making.user(session, f"listener {listener}")
            for track in rng.choice(numbers[listener % 4 :: 4], 7, replace=False):
                session.add(UserItem(user_id=user, track_id=int(track), plays=1))
    return numbers


def _train(rt: Runtime, number: int) -> None:
    with Heartbeat(rt.database, rt.queue, number) as heartbeat:
        train._train(rt, number, heartbeat)


def _requested(rt: Runtime) -> int:
    return rt.database.transact(
        lambda session: id_of(training.request(session, "root", RECIPE, seed=7))
    )


def _evaluation(rt: Runtime) -> Evaluation:
    with rt.database.read() as session:
        return session.exec(select(Evaluation)).one()


def _while(report: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Something happens once the contest is over and before its training ends."""
    fit = train._fit

    def fitted(*arguments: Any) -> Any:
        report()
        return fit(*arguments)

    monkeypatch.setattr(train, "_fit", fitted)


def test_the_winner_is_promoted_with_its_evaluation(rt: Runtime, tracks: list[int]) -> None:
    number = _requested(rt)
    with rt.queue.champion_news() as news:
        news.get_message(timeout=1)
        _train(rt, number)
        announced = news.get_message(ignore_subscribe_messages=True, timeout=5)
    assert announced is not None
    assert int(announced["data"]) == number
    with rt.database.read() as session:
        champion = training.champion(session)
    evaluation = _evaluation(rt)
    assert champion is not None
    assert champion.version == number
    assert champion.promotion.evaluation_id == evaluation.id
    assert champion.promotion.promoted_by == "gate"
    assert (evaluation.champion_id, evaluation.promote) == (None, True)


def test_who_won_against_a_champion_of_before_is_not_promoted(
    rt: Runtime, tracks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = _requested(rt)
    other: list[int] = []

    def crown() -> None:
        with rt.database.write() as session:
            row = training.training(session, number)
            row.state = TrainingState.FAILED
        other.append(crowned(rt.database, rt.settings, tracks))
        with rt.database.write() as session:
            training.training(session, number).state = TrainingState.RUNNING

    _while(crown, monkeypatch)
    _train(rt, number)
    with rt.database.read() as session:
        champion = training.champion(session)
        assert training.training(session, number).state is TrainingState.FINISHED
    assert champion is not None
    assert champion.version == other[0]
    evaluation = _evaluation(rt)
    assert not evaluation.promote
    assert evaluation.reason.startswith("Not promoted: another model became champion meanwhile. P")


def test_a_training_cancelled_while_it_runs_makes_no_model(
    rt: Runtime, tracks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = _requested(rt)

    def cancel() -> None:
        rt.database.transact(lambda session: training.fail(session, number, "Cancelled by root."))

    _while(cancel, monkeypatch)
    with pytest.raises(TrainingOver):
        _train(rt, number)
    with rt.database.read() as session:
        row = training.training(session, number)
        assert training.champion(session) is None
        assert session.exec(select(Evaluation)).first() is None
    assert (row.state, row.error, row.artifact) == (
        TrainingState.FAILED,
        "Cancelled by root.",
        None,
    )
