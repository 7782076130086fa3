"""Train: read the listens, fit, save the artifact, promote. No transaction is open meanwhile."""

from sqlmodel import Session

from app import training
from app.errors import NoListens, PyTuneError
from app.importing.loader import refresh_listener_counts
from app.ml.interactions import InteractionMatrix, matrix_of
from app.ml.model_slot import LoadedModel
from app.ml.popularity import Popularity
from app.ml.recipe import Recipe
from app.ml.recommender import Floats
from app.models import Training
from app.training import Fitted
from jobs.heartbeat import Heartbeat
from jobs.runtime import Runtime, runtime
from jobs.training_data import TrainingData, artists_of, read_training_data


def train(training_id: int) -> None:
    """Fit the training's recipe on all listens and, if it deserves it, make it champion."""
    with runtime() as rt:
        try:
            with Heartbeat(rt.database, training_id) as heartbeat:
                _train(rt, training_id, heartbeat)
        except Exception as error:
            reason = str(error) if isinstance(error, PyTuneError) else repr(error)
            rt.database.transact(lambda session: training.fail(session, training_id, reason))
            raise


def _train(rt: Runtime, training_id: int, heartbeat: Heartbeat) -> None:
    row = rt.database.transact(lambda session: training.start(session, training_id))
    heartbeat.say("reading listens", 0.02)
    with rt.database.read() as session:
        data = read_training_data(session)
    if not len(data.interactions):
        raise NoListens
    recipe = training.recipe_of(row)
    fitted = _fit(rt, row, recipe, data, heartbeat)
    heartbeat.say("promoting", 0.99)
    rt.database.transact(lambda session: _end(session, training_id, fitted))
    rt.queue.announce_champion(training_id)


def _fit(
    rt: Runtime, row: Training, recipe: Recipe, data: TrainingData, heartbeat: Heartbeat
) -> Fitted:
    """Fit on everything and write the artifact."""
    matrix = matrix_of(data.interactions, recipe.weighting)
    recommender = recipe.fit(
        matrix.matrix, seed=row.seed, report=lambda share: heartbeat.say("fitting", share)
    )
    heartbeat.say("saving", 0.95)
    with rt.database.read() as session:
        artists = artists_of(session, matrix.tracks)
    version = int(row.id or 0)
    model = LoadedModel(
        version=version,
        recommender=recommender,
        weighting=recipe.weighting,
        tracks=matrix.tracks,
        artist_ids=artists,
        popularity=_popularity(matrix),
    )
    name = f"model-{version:06d}"
    checksum = model.save(rt.settings.artifacts / name)
    return Fitted(
        artifact=name,
        checksum=checksum,
        listeners=len(matrix.listeners),
        tracks=len(matrix.tracks),
        interactions=int(matrix.matrix.nnz),
        data_from=data.data_from,
        data_until=data.data_until,
        last_event_id=data.last_event_id,
        fingerprint=data.interactions.fingerprint(),
    )


def _end(session: Session, training_id: int, fitted: Fitted) -> None:
    training.finish(session, training_id, fitted)
    training.promote(session, training_id, "training", "The first straight path promotes.")
    refresh_listener_counts(session)


def _popularity(matrix: InteractionMatrix) -> Floats:
    return Popularity.fit(matrix.matrix, {}, seed=0, report=lambda _: None).shares
