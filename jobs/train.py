"""Train: evaluate the recipe, fit it on everything, save the artifact, promote what deserves it.

No transaction is open while anything is fitted, and the champion changes in one.
"""

import logging
from typing import Any

from sqlmodel import Session

from app import alerts, recipes, training, unattended
from app.db import worded
from app.errors import TrainingOver
from app.listening import recount_listeners
from app.ml import sanity
from app.ml.cold_start import telling_artists
from app.ml.contest import ContestResult
from app.ml.interactions import fallback_of
from app.ml.model_slot import LoadedModel
from app.ml.vocabulary import Vocabulary
from app.models import Evaluation, Training, TrainingStage
from app.models.columns import id_of
from app.promotion import MAX_REASON
from app.training import Fitted
from app.turns import take_turn
from jobs import contest, telling
from jobs.heartbeat import Heartbeat
from jobs.runtime import Runtime, runtime
from jobs.training_data import TrainingData, artists_of

log = logging.getLogger(__name__)

_STALE = "Not promoted: another model became champion meanwhile."


def train(training_id: int) -> None:
    """The job of a training row. Whatever goes wrong, the row says so and the champion stays."""
    with runtime() as rt:
        try:
            with Heartbeat(rt.database, rt.queue, training_id) as heartbeat:
                _train(rt, training_id, heartbeat)
        except TrainingOver as over:
            log.info("a training was cancelled or given up", extra={"reason": str(over)})
        except Exception as error:
            reason = worded(error)
            rt.transact(lambda session: training.fail(session, training_id, reason))
            rt.queue.announce_progress(training_id)
            alerts.announce(rt.queue)
            raise


def _train(rt: Runtime, training_id: int, heartbeat: Heartbeat) -> None:
    row = rt.transact(lambda session: training.start(session, training_id))
    heartbeat.say(TrainingStage.READING, 0.02)
    data, champion = rt.read(contest.read)
    heartbeat.note(telling.of_data(data))
    report = heartbeat.part(TrainingStage.EVALUATING, 0.05, 0.6)
    recipe = recipes.recipe_of(row)
    result, holdout = contest.compete(rt, recipe, champion, data, row.seed, report)
    heartbeat.note(telling.of_contest(result))
    model = _fit(rt, row, data, heartbeat)
    heartbeat.say(TrainingStage.CHECKING, 0.93)
    sound = sanity.check(model, result, holdout)
    heartbeat.note(telling.of_refit(model, sound))
    heartbeat.say(TrainingStage.SAVING, 0.95)
    fitted = _save(rt, model, data)
    recount_listeners(rt.database)
    heartbeat.say(TrainingStage.PROMOTING, 0.98)
    metrics = result.as_json() | {"refit": sound.as_json() if sound else None}
    rival = champion.version if champion else None
    ended = rt.transact(lambda session: _end(session, training_id, fitted, result, metrics, rival))
    heartbeat.note(ended.reason)
    if ended.promote:
        rt.queue.announce_champion(training_id)


def _fit(rt: Runtime, row: Training, data: TrainingData, heartbeat: Heartbeat) -> LoadedModel:
    """On everything."""
    recipe, pairs = recipes.recipe_of(row), data.interactions
    report = heartbeat.part(TrainingStage.FITTING, 0.6, 0.93)
    tracks = Vocabulary.of(pairs.track_ids)
    matrix, memory = recipe.matrix(pairs, tracks), rt.settings.memory_for_fits
    artists = rt.read(lambda session: artists_of(session, tracks))
    return LoadedModel(
        version=id_of(row),
        recommender=recipe.fit(matrix, seed=row.seed, report=report, memory_mib=memory),
        weigher=recipe.weigher(pairs, tracks),
        tracks=tracks,
        artist_ids=artists,
        popularity=fallback_of(pairs, tracks, recipe.half_life_days, as_of=pairs.latest()),
        starters=telling_artists(matrix, artists, seed=row.seed),
    )


def _save(rt: Runtime, model: LoadedModel, data: TrainingData) -> Fitted:
    """Write the artifact."""
    name, pairs = training.artifact_name(model.version), data.interactions
    return Fitted(
        artifact=name,
        checksum=model.save(rt.settings.artifacts / name),
        listeners=len(Vocabulary.of(pairs.listener_ids)),
        tracks=len(model.tracks),
        interactions=len(pairs),
        data_from=data.data_from,
        data_until=data.data_until,
        last_event_id=data.last_event_id,
        fingerprint=pairs.fingerprint(),
    )


def _end(
    session: Session,
    training_id: int,
    fitted: Fitted,
    result: ContestResult,
    metrics: dict[str, Any],
    rival: int | None,
) -> Evaluation:
    """The model, what was measured, and, if it won, the promotion: all or nothing.

    It is not promoted where it won against a champion that is none any more.
    """
    take_turn(session)
    row = training.finish(session, training_id, fitted)
    current = training.champion(session)
    stale = (current.version if current else None) != rival
    metrics = {**metrics, "stale": stale}
    reason = result.verdict.reason
    evaluation = Evaluation(
        training_id=training_id,
        champion_id=rival,
        metrics=metrics,
        promote=result.verdict.promote and not stale,
        reason=f"{_STALE} {reason}"[:MAX_REASON] if stale else reason,
    )
    session.add(evaluation)
    session.flush()
    unattended.judged(session, row, evaluation)
    if evaluation.promote:
        training.promote(session, training_id, "gate", reason, evaluation)
    return evaluation
