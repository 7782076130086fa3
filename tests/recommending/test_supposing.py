"""What forgetting would change is what it does change."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from sqlmodel import Session

from app import listening, recommending
from app.errors import InvalidInput
from app.listening import Listen
from app.ml.model_slot import LoadedModel
from app.models import Feedback
from app.models.columns import utc_now
from app.recommending import Dials, ServedList, Supposed
from tests import making
from tests.recommending.conftest import World

DIALS = Dials(first=8, discovery=0.5)


def _suppose(
    world: World, tracks: list[int], listens: list[int], model: LoadedModel | None
) -> Supposed:
    with world.database.read() as session:
        return recommending.suppose_forgotten(session, model, world.ann, DIALS, tracks, listens)


def _ranked(served: ServedList) -> list[int]:
    return [item.track.id for item in served.items]


def _scores(served: ServedList) -> list[float]:
    return [item.score for item in served.items]


def _listens(session: Session, world: World) -> list[listening.PastListen]:
    return listening.history(session, world.ann, 100)


def _history(world: World) -> None:
    """Listens to tracks of both tastes, some several times; a skip, a love and a dislike."""
    world.listen(*world.tracks[:3], times=2)
    world.listen(world.tracks[13])
    world.rate(world.tracks[1], Feedback.LOVED)
    world.rate(world.tracks[14], Feedback.DISLIKED)
    world.rate(world.tracks[15], Feedback.LOVED)
    with world.database.write() as session:
        skip = Listen(world.tracks[0], utc_now() - timedelta(days=1))
        listening.record_skip(session, world.ann, skip)
        recommending.start_with(session, world.ann, [world.artists[0]])


def _model(world: World) -> LoadedModel:
    """By which listens fade, so that the time of the last one counts."""
    return replace(world.model, weigher=replace(world.model.weigher, half_life_days=0.05))


@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.parametrize("forgotten", [(0,), (1, 2), (13, 14), (15,), (23,), (0, 1, 2, 13, 15)])
def test_after_a_track_is_forgotten_the_list_is_the_promised_one(
    world: World, forgotten: tuple[int, ...], *, bare: bool
) -> None:
    _history(world)
    tracks = [world.tracks[number] for number in forgotten]
    promised = _suppose(world, tracks, [], None if bare else world.model)
    with world.database.write() as session:
        for track in tracks:
            listening.forget_track(session, world.ann, track)
        real = recommending.recommend(session, None if bare else world.model, world.ann, DIALS)
    assert _ranked(promised.then) == _ranked(real)
    assert _scores(promised.then) == pytest.approx(_scores(real))


@pytest.mark.parametrize("number", range(7))
def test_after_a_listen_is_forgotten_the_list_is_the_promised_one(
    world: World, number: int
) -> None:
    _history(world)
    model = _model(world)
    with world.database.read() as session:
        past = _listens(session, world)
    assert len(past) == 7
    chosen = [past[number].id, past[-1].id]
    promised = _suppose(world, [], chosen, model)
    with world.database.write() as session:
        moment = promised.then.served_at
        listening.forget_listens(session, world.ann, chosen)
        real = listening.history_of(session, world.ann)
        again = recommending.recommend(session, model, world.ann, DIALS, moment)
    order, left = np.argsort(real.track_ids), promised.heard
    supposed = np.argsort(left.track_ids)
    for name in ("track_ids", "plays", "skips", "feedback", "listened_at"):
        assert np.array_equal(
            getattr(left, name)[supposed], getattr(real, name)[order], equal_nan=True
        )
    assert _ranked(promised.then) == _ranked(again)


def test_the_difference_is_that_of_the_lists(world: World) -> None:
    world.listen(world.tracks[0], world.tracks[13])
    found = _suppose(world, [world.tracks[0]], [], world.model)
    now, then = ({item.track.id for item in one.items} for one in (found.now, found.then))
    assert {item.track.id for item in found.leaving} == now - then
    assert {item.track.id for item in found.entering} == then - now
    assert now != then
    assert [item.track.id for item in found.now.items] == world.ask(DIALS)


def test_asking_forgets_nothing(world: World) -> None:
    world.listen(*world.tracks[:3])
    before = world.ask()
    with world.database.read() as session:
        ids = [one.id for one in _listens(session, world)]
    _suppose(world, world.tracks[:2], ids, world.model)
    assert world.ask() == before
    with world.database.read() as session:
        assert [one.id for one in _listens(session, world)] == ids


def test_what_was_never_met_and_what_is_anothers_changes_nothing(world: World) -> None:
    world.listen(*world.tracks[:3])
    with world.database.write() as session:
        bob = making.user(session, "bob")
        listening.record_listen(session, bob, Listen(world.tracks[0]))
        (theirs,) = listening.history(session, bob, 10)
    found = _suppose(world, [world.tracks[20], 2**31 - 1], [theirs.id], world.model)
    assert _ranked(found.now) == _ranked(found.then)
    assert _scores(found.now) == _scores(found.then)
    assert (found.entering, found.leaving) == ([], [])


def test_a_dial_out_of_its_range_is_refused(world: World) -> None:
    with world.database.read() as session, pytest.raises(InvalidInput, match="first"):
        recommending.suppose_forgotten(session, None, world.ann, Dials(first=0), [1])
