"""Trainings that are over, with small models on disk, as the training job would leave them."""

from datetime import datetime

import numpy as np
from sqlmodel import Session

from app import training
from app.db import Database
from app.ml.als import Als, AlsSettings
from app.ml.model_slot import LoadedModel
from app.ml.recipe import Recipe
from app.ml.vocabulary import Vocabulary
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting
from app.models.columns import id_of
from app.settings import Settings
from app.training import Fitted


def model(version: int, track_ids: list[int]) -> LoadedModel:
    """Every version ranks in its own way."""
    rng = np.random.default_rng(version)
    factors = rng.random((len(track_ids), 3), dtype=np.float32)
    return LoadedModel(
        version=version,
        recommender=Als(factors, (factors.T @ factors).astype(np.float64), AlsSettings(factors=3)),
        weigher=Weigher(Weighting.LOG),
        tracks=Vocabulary.of(track_ids),
        artist_ids=np.arange(len(track_ids)),
        popularity=rng.random(len(track_ids), dtype=np.float32),
    )


def finished(
    database: Database,
    settings: Settings,
    track_ids: list[int],
    at: datetime | None = None,
    recipe: Recipe | None = None,
) -> int:
    """A finished training whose model can be promoted; its number."""

    def write(session: Session) -> int:
        row = training.request(session, "root", recipe or Recipe(), seed=1)
        number = id_of(row)
        training.start(session, number)
        name = training.artifact_name(number)
        checksum = model(number, track_ids).save(settings.artifacts / name)
        fitted = Fitted(name, checksum, 1, len(track_ids), 1, None, None, 1, "f" * 64)
        row = training.finish(session, number, fitted)
        row.finished_at = at or row.finished_at
        return number

    return database.transact(write)


def crowned(database: Database, settings: Settings, track_ids: list[int]) -> int:
    """A finished training whose model is champion; its number."""
    number = finished(database, settings, track_ids)
    database.transact(lambda session: training.promote(session, number, "gate", "better"))
    return number
