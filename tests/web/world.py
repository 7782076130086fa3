"""A small world for pages: two tastes, a listener of one of them, and a model that knows both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from sqlmodel import Session

from app import accounts, listening, training
from app.db import Database
from app.listening import Listen
from app.ml.als import Als, AlsSettings, gram_of
from app.ml.model_slot import LoadedModel
from app.ml.recipe import Recipe
from app.ml.vocabulary import Vocabulary
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting
from app.models import Role, Track, TrainingState
from app.models.columns import id_of, utc_now
from app.settings import Settings
from tests import making

PASSWORD = "correct horse battery"
SOUL = (("Sinnerman", "Nina Simone"), ("Feeling Good", "Nina Simone"), ("At Last", "Etta James"))
MORE_SOUL = (("Misty Blue", "Dorothy Moore"), ("Respect", "Otis Redding"), ("Tired", "Irma Thomas"))
DRIVE = (("Autobahn", "Kraftwerk"), ("Hallogallo", "Neu!"), ("Vitamin C", "Can"))
MORE_DRIVE = (("Isi", "Neu!"), ("Spoon", "Can"), ("Neonlicht", "Kraftwerk"))


@dataclass(frozen=True, slots=True)
class World:
    """Ids of users and, by title, of tracks."""

    root: int
    ann: int
    newcomer: int
    tracks: dict[str, int]


def make(session: Session) -> World:
    """Ann has played Sinnerman twice; the newcomer nothing."""
    root = accounts.create_user(session, "root", accounts.hashed(PASSWORD), Role.ADMINISTRATOR)
    ann = accounts.create_user(session, "ann", accounts.hashed(PASSWORD))
    tracks = {
        **_add(session, SOUL + MORE_SOUL, "soul", 100),
        **_add(session, DRIVE + MORE_DRIVE, "krautrock", 50),
    }
    for hours in (2, 1):
        moment = utc_now() - timedelta(hours=hours)
        listening.record_listen(session, id_of(ann), Listen(tracks["Sinnerman"], moment))
    return World(id_of(root), id_of(ann), making.user(session, "newcomer"), tracks)


def crown(database: Database, settings: Settings, world: World) -> int:
    """Finish a training with a model of two factors, one for each taste; its number."""
    with database.write() as session:
        row = training.request(session, "root", Recipe("als", Weighting.LOG), seed=1)
        ids = sorted(world.tracks.values())
        artists = [session.get_one(Track, track_id).artist_id for track_id in ids]
        model = _model(id_of(row), ids, artists)
        row.artifact = f"model-{model.version}"
        row.checksum = model.save(settings.artifacts / row.artifact)
        row.state, row.listeners, row.tracks = TrainingState.FINISHED, 1234, len(model.tracks)
        session.add(row)
        training.promote(session, model.version, "root", "the first")
    return model.version


def _add(
    session: Session, names: Sequence[tuple[str, str]], genre: str, known: int
) -> dict[str, int]:
    """Tracks, the first the best known."""
    return {
        title: making.track(
            session,
            title,
            artist,
            genre=genre,
            year=1965 + place,
            duration_seconds=200 + place,
            listener_count=known - place,
        )
        for place, (title, artist) in enumerate(names)
    }


def _model(version: int, ids: list[int], artists: list[int]) -> LoadedModel:
    number = np.arange(len(ids))
    first = number < len(ids) // 2
    factors = np.stack([first, ~first], axis=1).astype(np.float32)
    factors *= (1 - number / 100)[:, None].astype(np.float32)
    return LoadedModel(
        version=version,
        recommender=Als(factors, gram_of(factors), AlsSettings(factors=2)),
        weigher=Weigher(Weighting.LOG),
        tracks=Vocabulary.of(ids),
        artist_ids=np.array(artists, dtype=np.int64),
        popularity=(1 - number / 100).astype(np.float32),
    )


def give_video(session: Session, track_id: int, youtube_id: str) -> None:
    row = session.get_one(Track, track_id)
    row.youtube_id = youtube_id
    session.add(row)
