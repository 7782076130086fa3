"""A catalogue, a champion and a listener, made of seeded random numbers."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from sqlmodel import Session

from app import accounts, catalog, listening, training
from app.db import open_database
from app.listening import Listen
from app.migrations import migrate
from app.ml.als import Als, AlsSettings, gram_of
from app.ml.model_slot import LoadedModel
from app.ml.recipe import Recipe
from app.ml.vocabulary import Vocabulary
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting
from app.models import Artist, Role, Track, TrainingState
from app.models.columns import id_of, utc_now
from app.settings import Settings

TRACKS, TRACKS_EACH, FACTORS, HEARD = 20_000, 10, 64, 200
_SEED = 7


@dataclass(frozen=True, slots=True)
class World:
    """The data folder, and a listener's id and token."""

    settings: Settings
    user_id: int
    token: str


def make(folder: Path, redis_url: str) -> World:
    settings = Settings(data_dir=folder, redis_url=redis_url)
    database = open_database(settings)
    migrate(database)
    with database.write() as session:
        _add_catalogue(session)
    with database.write() as session:
        user = accounts.create_user(session, "ann", "correct horse battery", Role.LISTENER)
        _listen(session, id_of(user))
        token = accounts.open_session(session, user, timedelta(hours=1), "benchmark").token
        _crown(session, settings)
    database.dispose()
    return World(settings, id_of(user), token)


def _add_catalogue(session: Session) -> None:
    for number in range(TRACKS // TRACKS_EACH):
        name = f"Artist {number}"
        artist = Artist(name=name, name_key=name.casefold())
        session.add(artist)
        session.flush()
        for place in range(TRACKS_EACH):
            title = f"Song {number * TRACKS_EACH + place}"
            key = catalog.search_key(title, name)
            session.add(Track(title=title, artist_id=id_of(artist), search_key=key))
    session.flush()


def _listen(session: Session, user_id: int) -> None:
    heard = np.random.default_rng(_SEED).choice(TRACKS, HEARD, replace=False)
    for hours, position in enumerate(heard.tolist(), start=1):
        moment = utc_now() - timedelta(hours=hours)
        listening.record_listen(session, user_id, Listen(1 + position, moment))


def _crown(session: Session, settings: Settings) -> None:
    generator = np.random.default_rng(_SEED)
    factors = generator.standard_normal((TRACKS, FACTORS), dtype=np.float32) * np.float32(0.1)
    recipe = Recipe("als", Weighting.LOG, {"factors": FACTORS})
    row = training.request(session, "benchmark", recipe, seed=_SEED)
    model = LoadedModel(
        version=id_of(row),
        recommender=Als(factors, gram_of(factors), AlsSettings(factors=FACTORS)),
        weigher=Weigher(Weighting.LOG),
        tracks=Vocabulary.of(1 + np.arange(TRACKS)),
        artist_ids=1 + np.arange(TRACKS) // TRACKS_EACH,
        popularity=generator.random(TRACKS, dtype=np.float32),
    )
    row.artifact = f"model-{model.version}"
    row.checksum = model.save(settings.artifacts / row.artifact)
    row.state = TrainingState.FINISHED
    session.add(row)
    training.promote(session, model.version, "benchmark", "it is the only one")
