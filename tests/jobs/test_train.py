"""The training job, run as the worker runs it but in this process."""

import json
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sqlmodel import select

from app import alerts, pulse, recipes, training, training_log
from app.errors import TrainingOver, UnsoundModel
from app.ml.als import Als
from app.ml.model_slot import LoadedModel
from app.models import AlertKind, Evaluation, TrainingStage, TrainingState
from app.models.columns import id_of
from jobs import train
from jobs.heartbeat import Heartbeat
from jobs.runtime import Runtime
from tests.announced import await_subscribed, next_told
from tests.jobs.conftest import RECIPE, requested, run_training
from tests.models_made import crowned


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
    number = requested(rt)
    with rt.queue.champion_news() as news:
        await_subscribed(news)
        run_training(rt, number)
        assert int(next_told(news)) == number
    with rt.database.read() as session:
        champion = training.champion(session)
    evaluation = _evaluation(rt)
    assert champion is not None
    assert champion.version == number
    assert champion.promotion.evaluation_id == evaluation.id
    assert champion.promotion.promoted_by == "gate"
    folder = rt.settings.artifacts / training.artifact_name(number)
    assert len(LoadedModel.load(folder, champion.training.checksum, number).starters)
    assert (evaluation.champion_id, evaluation.promote) == (None, True)


def test_who_won_against_a_champion_of_before_is_not_promoted(
    rt: Runtime, tracks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = requested(rt)
    other: list[int] = []

    def crown() -> None:
        with rt.database.write() as session:
            row = training.training(session, number)
            row.state = TrainingState.FAILED
        other.append(crowned(rt.database, rt.settings, tracks))
        with rt.database.write() as session:
            training.training(session, number).state = TrainingState.RUNNING

    _while(crown, monkeypatch)
    run_training(rt, number)
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
    number = requested(rt)

    def cancel() -> None:
        rt.database.transact(lambda session: training.fail(session, number, "Cancelled by root."))

    _while(cancel, monkeypatch)
    with pytest.raises(TrainingOver):
        run_training(rt, number)
    with rt.database.read() as session:
        row = training.training(session, number)
        assert training.champion(session) is None
        assert session.exec(select(Evaluation)).first() is None
    assert (row.state, row.error, row.artifact) == (
        TrainingState.FAILED,
        "Cancelled by root.",
        None,
    )


def test_a_fit_that_nobody_wants_any_more_ends(
    rt: Runtime, tracks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    number, cancelled, tell, fit = requested(rt), threading.Event(), Heartbeat._tell, Als.fit

    def beat(heartbeat: Heartbeat) -> None:
        if heartbeat._stage is TrainingStage.EVALUATING:
            rt.transact(lambda session: training.fail(session, number, "Its worker died."))
            tell(heartbeat)
            cancelled.set()

    def slow(matrix: Any, settings: Any, *, seed: int, report: Callable[[float], None]) -> Als:
        def patient(share: float) -> None:
            assert cancelled.wait(60)
            report(share)

        fit(matrix, settings, seed=seed, report=patient)
        pytest.fail("it went on to the end")

    monkeypatch.setattr(Heartbeat, "_tell", beat)
    monkeypatch.setattr(pulse, "_BEAT_SECONDS", 0.01)
    monkeypatch.setattr(Als, "fit", slow)
    with pytest.raises(TrainingOver, match=f"Training {number} cannot go on: it is failed"):
        run_training(rt, number)


def test_a_champion_that_cannot_be_measured_any_more_is_told_of(
    rt: Runtime, tracks: list[int]
) -> None:
    first = requested(rt)
    run_training(rt, first)
    with rt.database.write() as session:
        training.training(session, first).interactions = 10**6  # most of which is gone by now
        by_itself = id_of(training.request(session, "schedule", RECIPE, seed=7))
    run_training(rt, by_itself)
    with rt.database.read() as session:
        (row,) = alerts.alerts(session, 5)
    assert (row.kind, row.details["training"]) == (AlertKind.TRAINING_UNDECIDED, by_itself)
    assert row.details["why"] == "forgotten"


def _files(rt: Runtime, number: int) -> dict[str, str]:
    """Checksum of each file of a model."""
    manifest = rt.settings.artifacts / training.artifact_name(number) / "manifest.json"
    files: dict[str, str] = json.loads(manifest.read_text())["files"]
    return files


def test_the_same_data_seed_and_recipe_give_the_same_model_bit_for_bit(
    rt: Runtime, tracks: list[int]
) -> None:
    numbers = [requested(rt)]
    run_training(rt, numbers[0])
    with rt.database.read() as session:
        kept = recipes.recipe_of(training.training(session, numbers[0]))
    assert kept == RECIPE.complete()
    assert set(kept.settings) == {"factors", "regularization", "alpha", "iterations"}
    numbers.append(requested(rt, kept))
    run_training(rt, numbers[1])
    one, same = (_files(rt, number) for number in numbers)
    assert one == same
    with rt.database.read() as session:
        rows = [training.training(session, number) for number in numbers]
    assert rows[0].fingerprint == rows[1].fingerprint


def test_a_training_tells_what_it_did(rt: Runtime, tracks: list[int]) -> None:
    number = requested(rt)
    run_training(rt, number)
    with rt.database.read() as session:
        (lines,) = training_log.lines_of(session, [number])
        assert training.training(session, number).stage is TrainingStage.PROMOTING
    read, tested, fitted, verdict = (line.text for line in lines)
    assert read.startswith("Read 420 pairs of listener and track, up to event 0, fingerprint ")
    assert "tested 60 listeners" in tested
    assert fitted.startswith("Fitted on everything: 40 tracks. Of 60 listeners' lists ")
    assert verdict == _evaluation(rt).reason
    assert [line.at for line in lines] == sorted(line.at for line in lines)


def test_a_refit_that_is_not_sound_is_thrown_away(
    rt: Runtime, tracks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    number, fit = requested(rt), Als.fit

    def broken_at_last(matrix: Any, settings: Any, **more: Any) -> Als:
        made = fit(matrix, settings, **more)
        everything = matrix.nnz == 420
        return (
            Als(np.full_like(made.item_factors, np.nan), made.gram, made.chosen)
            if everything
            else made
        )

    monkeypatch.setattr(Als, "fit", broken_at_last)
    with pytest.raises(UnsoundModel, match="item_factors holds what is no number"):
        run_training(rt, number)
    with rt.database.read() as session:
        assert training.champion(session) is None
        assert session.exec(select(Evaluation)).first() is None
    assert not rt.settings.artifacts.exists()


def test_the_evaluation_keeps_how_the_refit_compares(rt: Runtime, tracks: list[int]) -> None:
    run_training(rt, requested(rt))
    refit = _evaluation(rt).metrics["refit"]
    assert refit["listeners"] == 60
    assert 0.5 < refit["overlap"] <= 1
    assert refit["ndcg"] > refit["popularity_ndcg"]
