"""Similar tracks, with a model that knows the track and without."""

import pytest

from app import listening, recommending
from app.db import Database
from app.errors import TrackNotFound
from app.ml.model_slot import LoadedModel
from app.models import Feedback, ListKind
from tests import making, models_made


@pytest.fixture
def ann(database: Database) -> int:
    return database.transact(making.user)


@pytest.fixture
def tracks(database: Database) -> list[int]:
    return database.transact(lambda session: making.tracks(session, 6))


@pytest.fixture(params=[True, False], ids=["by the model", "without a model"])
def model(request: pytest.FixtureRequest, tracks: list[int]) -> LoadedModel | None:
    return models_made.model(3, tracks) if request.param else None


def test_the_track_itself_is_not_among_them(
    database: Database, model: LoadedModel | None, ann: int, tracks: list[int]
) -> None:
    with database.read() as session:
        served = recommending.similar_tracks(session, model, ann, tracks[0], 10)
    assert served.kind is ListKind.SIMILAR
    assert sorted(item.track.id for item in served.items) == tracks[1:]
    assert served.model_version == (3 if model else None)


def test_what_the_listener_dislikes_is_left_out_and_the_list_stays_full(
    database: Database, model: LoadedModel | None, ann: int, tracks: list[int]
) -> None:
    with database.read() as session:
        before = recommending.similar_tracks(session, model, ann, tracks[0], 3)
    disliked = before.items[0].track.id
    database.transact(
        lambda session: listening.set_feedback(session, ann, disliked, Feedback.DISLIKED)
    )
    with database.read() as session:
        after = recommending.similar_tracks(session, model, ann, tracks[0], 3)
    assert len(after.items) == 3
    assert disliked not in {item.track.id for item in after.items}


def test_a_track_that_does_not_exist_is_named(
    database: Database, model: LoadedModel | None, ann: int
) -> None:
    with database.read() as session, pytest.raises(TrackNotFound):
        recommending.similar_tracks(session, model, ann, 10**9)
