"""Tracks like one, and why a track is recommended."""

import pytest
from sqlmodel import Session

from app import listening, recommending
from app.errors import InvalidInput, TrackNotFound
from app.listening import Listen
from app.models import Feedback, ListKind
from tests import making
from tests.recommending.conftest import COUNT, World


def test_similar_tracks_are_of_one_taste_and_not_the_track_itself(world: World) -> None:
    with world.database.read() as session:
        served = recommending.similar_tracks(session, world.model, world.ann, world.tracks[13], 5)
    ids = [item.track.id for item in served.items]
    assert served.kind is ListKind.SIMILAR
    assert set(ids) < set(world.tracks[COUNT // 2 :]) - {world.tracks[13]}
    assert len(ids) == 5


@pytest.mark.parametrize("bare", [False, True])
def test_similar_tracks_leave_out_the_disliked(world: World, *, bare: bool) -> None:
    first, second, third, fourth = world.artist(4)
    world.rate(second, Feedback.DISLIKED)
    model = None if bare else world.model
    with world.database.read() as session:
        served = recommending.similar_tracks(session, model, world.ann, first, 100)
    ids = {item.track.id for item in served.items}
    assert {third, fourth} <= ids
    assert second not in ids


def test_a_track_that_the_model_does_not_know_is_like_its_artists(world: World) -> None:
    with world.database.write() as session:
        newer = making.track(session, "Newer", "Artist 2")
        served = recommending.similar_tracks(session, world.model, world.ann, newer)
        with pytest.raises(TrackNotFound):
            recommending.similar_tracks(session, world.model, world.ann, newer + 1000)
        with pytest.raises(InvalidInput):
            recommending.similar_tracks(session, world.model, world.ann, newer, 101)
    assert [item.track.id for item in served.items] == world.artist(2)


def _reasons(session: Session, world: World, track: int) -> list[int]:
    found = recommending.reasons(session, world.model, world.ann, track)
    given = [reason.contribution for reason in found]
    assert given == sorted(given, reverse=True)
    assert all(contribution > 0 for contribution in given)
    return [reason.track.id for reason in found]


def test_reasons_are_the_tracks_that_gave_most(world: World) -> None:
    own, others = world.artist(4), world.artist(0)
    world.listen(own[0], times=9)
    world.listen(own[1], others[0])
    world.rate(own[3], Feedback.DISLIKED)
    with world.database.read() as session:
        assert _reasons(session, world, own[2]) == [own[0], own[1]]


def test_without_history_or_model_there_are_no_reasons(world: World) -> None:
    with world.database.write() as session:
        assert _reasons(session, world, world.tracks[0]) == []
        assert recommending.reasons(session, None, world.ann, world.tracks[0]) == []
        newer = making.track(session, "Newer")
        listening.record_listen(session, world.ann, Listen(world.tracks[0]))
        assert _reasons(session, world, newer) == []
