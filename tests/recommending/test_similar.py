"""Tracks like one, by the model's tastes."""

import pytest

from app import recommending
from app.errors import InvalidInput, TrackNotFound
from app.models import ListKind
from tests import making
from tests.recommending.conftest import COUNT, World


def test_similar_tracks_are_of_one_taste_and_not_the_track_itself(world: World) -> None:
    with world.database.read() as session:
        served = recommending.similar_tracks(session, world.model, world.ann, world.tracks[13], 5)
    ids = [item.track.id for item in served.items]
    assert served.kind is ListKind.SIMILAR
    assert set(ids) < set(world.tracks[COUNT // 2 :]) - {world.tracks[13]}
    assert len(ids) == 5


def test_a_track_that_the_model_does_not_know_is_like_its_artists(world: World) -> None:
    with world.database.write() as session:
        newer = making.track(session, "Newer", "Artist 2")
        served = recommending.similar_tracks(session, world.model, world.ann, newer)
        with pytest.raises(TrackNotFound):
            recommending.similar_tracks(session, world.model, world.ann, newer + 1000)
        with pytest.raises(InvalidInput):
            recommending.similar_tracks(session, world.model, world.ann, newer, 101)
    assert [item.track.id for item in served.items] == world.artist(2)
