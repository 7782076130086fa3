"""A small world of two tastes, and one listener in it."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pytest

from app import listening, recommending
from app.db import Database
from app.listening import Listen
from app.ml.als import Als, AlsSettings
from app.ml.model_slot import LoadedModel
from app.ml.vocabulary import Vocabulary
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting
from app.models import Feedback, ListKind, Track
from app.models.columns import utc_now
from app.recommending import Dials
from tests import making

ARTISTS, EACH = 6, 4
COUNT = ARTISTS * EACH
_USUAL = Dials()


@dataclass(frozen=True)
class World:
    """Six artists of four tracks; the first three artists are one taste, the others another."""

    database: Database
    ann: int
    tracks: list[int]
    """By artist; the earlier the better known."""
    artists: list[int]
    """Ids of the artists, the best known first."""
    model: LoadedModel

    def artist(self, number: int) -> list[int]:
        return self.tracks[number * EACH : (number + 1) * EACH]

    def listen(self, *tracks: int, times: int = 1) -> None:
        with self.database.write() as session:
            for track in tracks:
                for n in range(times):
                    moment = utc_now() - timedelta(hours=n + 1)
                    listening.record_listen(session, self.ann, Listen(track, moment))

    def rate(self, track: int, feedback: Feedback | None) -> None:
        with self.database.write() as session:
            listening.set_feedback(session, self.ann, track, feedback)

    def ask(self, dials: Dials = _USUAL, *, bare: bool = False) -> list[int]:
        """Ids of the listener's list; `bare` without a model."""
        with self.database.read() as session:
            served = recommending.recommend(session, None if bare else self.model, self.ann, dials)
        assert served.kind is ListKind.RECOMMENDATIONS
        assert served.discovery == dials.discovery
        assert served.model_version == (None if bare else self.model.version)
        assert [item.position for item in served.items] == list(range(1, len(served.items) + 1))
        return [item.track.id for item in served.items]


@pytest.fixture
def world(database: Database) -> World:
    with database.write() as session:
        ann = making.user(session)
        tracks = [
            making.track(session, f"Song {n}", f"Artist {n // EACH}", listener_count=COUNT - n)
            for n in range(COUNT)
        ]
        artists = [session.get_one(Track, track).artist_id for track in tracks]
    return World(database, ann, tracks, artists[::EACH], _model(tracks, artists))


def _model(tracks: list[int], artists: list[int]) -> LoadedModel:
    number = np.arange(COUNT)
    tastes = np.stack([number < COUNT // 2, number >= COUNT // 2], axis=1)
    factors = (tastes * (1 - number / 100)[:, None]).astype(np.float32)
    gram = (factors.T @ factors).astype(np.float64)
    return LoadedModel(
        version=7,
        recommender=Als(factors, gram, AlsSettings(factors=2)),
        weigher=Weigher(Weighting.LOG),
        tracks=Vocabulary.of(tracks),
        artist_ids=np.array(artists),
        popularity=(1 - number / 100).astype(np.float32),
    )
