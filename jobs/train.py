"""Train: evaluate the recipe, fit it on everything, save the artifact, promote what deserves it.

No transaction is open while anything is fitted, and the champion changes in one.
"""

import logging

from sqlmodel import Session

from app import recipes, training
from app.errors import NoListens, PyTuneError, TrainingOver
from app.importing.loader import refresh_listener_counts
from app.ml.contest import ContestResult
from app.ml.interactions import fallback_of
from app.ml.model_slot import LoadedModel
from app.ml.recipe import Recipe
from app.ml.vocabulary import Vocabulary
from app.models import Evaluation, Training
from app.models.columns import id_of
from app.promotion import MAX_REASON
from app.training import Fitted
from app.turns import take_turn
from jobs.evaluate import evaluate
from jobs.heartbeat import Heartbeat
from jobs.runtime import Runtime, runtime
from jobs.training_data import TrainingData, artists_of, read_training_data

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
            reason = str(error) if isinstance(error, PyTuneError) else repr(error)
            rt.database.transact(lambda session: training.fail(session, training_id, reason))
            rt.queue.announce_progress(training_id)
            raise


def _train(rt: Runtime, training_id: int, heartbeat: Heartbeat) -> None:
    row = rt.database.transact(lambda session: training.start(session, training_id))
    heartbeat.say("reading listens", 0.02)
    with rt.database.read() as session:
        data, champion = read_training_data(session), training.champion(session)
    if not len(data.interactions):
        raise NoListens
    recipe = recipes.recipe_of(row)
    report = heartbeat.part("evaluating", 0.05, 0.6)
    result = evaluate(rt, recipe, champion, data, row.seed, report)
    fitted = _fit(rt, row, recipe, data, heartbeat)
    heartbeat.say("finishing", 0.98)
    rival = champion.version if champion else None
    if rt.database.transact(lambda session: _end(session, training_id, fitted, result, rival)):
        rt.queue.announce_champion(training_id)


def _fit(
    rt: Runtime, row: Training, recipe: Recipe, data: TrainingData, heartbeat: Heartbeat
) -> Fitted:
    """Fit on everything and write the artifact."""
    pairs, tracks = data.interactions, Vocabulary.of(data.interactions.track_ids)
    matrix, weigher = recipe.matrix(pairs, tracks), recipe.weigher(pairs, tracks)
    report = heartbeat.part("fitting", 0.6, 0.95)
    recommender = recipe.fit(matrix, seed=row.seed, report=report)
    heartbeat.say("saving", 0.95)
    with rt.database.read() as session:
        artists = artists_of(session, tracks)
    model = LoadedModel(
        version=id_of(row),
        recommender=recommender,
        weigher=weigher,
        tracks=tracks,
        artist_ids=artists,
        popularity=fallback_of(pairs, tracks, recipe.half_life_days, as_of=pairs.latest()),
    )
    name = training.artifact_name(model.version)
    return Fitted(
        artifact=name,
        checksum=model.save(rt.settings.artifacts / name),
        listeners=matrix.shape[0],
        tracks=len(tracks),
        interactions=int(matrix.nnz),
        data_from=data.data_from,
        data_until=data.data_until,
        last_event_id=data.last_event_id,
        fingerprint=data.interactions.fingerprint(),
    )


def _end(
    session: Session, training_id: int, fitted: Fitted, result: ContestResult, rival: int | None
) -> bool:
    """The model, what was measured, and, if it won, the promotion: all or nothing.

    Whether it was promoted: not where it won against a champion that is none any more.
    """
    take_turn(session)
    training.finish(session, training_id, fitted)
    current = training.champion(session)
    stale = (current.version if current else None) != rival
    reason = result.verdict.reason
    evaluation = Evaluation(
        training_id=training_id,
        champion_id=rival,
        metrics=result.as_json(),
        promote=result.verdict.promote and not stale,
        reason=f"{_STALE} {reason}"[:MAX_REASON] if stale else reason,
    )
    session.add(evaluation)
    session.flush()
    if evaluation.promote:
        training.promote(session, training_id, "gate", reason, evaluation)
    refresh_listener_counts(session)
    return evaluation.promote
