"""Recent listens weigh more where the model's recipe says so."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app import listening, recommending
from app.listening import Listen
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting
from app.models.columns import utc_now
from tests.recommending.conftest import World


def _heard(world: World, now: datetime) -> None:
    """The one taste long ago and often, the other yesterday and once."""
    with world.database.write() as session:
        for track, days in [*((track, 300) for track in world.tracks[:3]), (world.tracks[-1], 1)]:
            moment = now - timedelta(days=days)
            listening.record_listen(session, world.ann, Listen(track, moment))


def _list(world: World, half_life: float | None, as_of: datetime) -> list[int]:
    model = replace(world.model, weigher=Weigher(Weighting.BINARY, half_life))
    with world.database.read() as session:
        served = recommending.recommend(session, model, world.ann, as_of=as_of)
    return [item.track.id for item in served.items]


def test_a_list_follows_what_was_heard_lately_where_listens_fade(world: World) -> None:
    now = utc_now()
    _heard(world, now)
    half = len(world.tracks) // 2
    assert _list(world, None, now)[0] in world.tracks[:half]
    assert _list(world, 10, now)[0] in world.tracks[half:]


def test_the_moment_asked_for_counts_and_not_the_clock(world: World) -> None:
    now = utc_now()
    _heard(world, now)
    half = len(world.tracks) // 2
    long_after = now + timedelta(days=3650)  # by then both are as good as forgotten
    assert _list(world, 10, long_after)[0] in world.tracks[:half]


def test_reasons_weigh_as_the_list_does(world: World) -> None:
    now = utc_now()
    _heard(world, now)
    model = replace(world.model, weigher=Weigher(Weighting.BINARY, 10))
    track = world.tracks[len(world.tracks) // 2]
    position = int(model.tracks.positions([track])[0])
    with world.database.read() as session:
        (reason,) = recommending.reasons(session, model, world.ann, track)
        heard = listening.history_of(session, world.ann)
    scores = [
        model.recommender.scores(recommending.history_in(model, heard, moment))[position]
        for moment in (now, now + timedelta(days=10))
    ]
    assert reason.contribution == pytest.approx(scores[0], rel=1e-4)
    assert scores[0] > scores[1]
