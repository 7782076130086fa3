"""Artists to start with: offered, picked, folded in at once, and taken back."""

from dataclasses import replace

import numpy as np
import pytest

from app import catalog, recommending
from app.errors import ArtistNotFound, InvalidInput
from app.models import Feedback
from app.recommending import Dials
from app.recommending.starting import MAX_PICKS
from tests.recommending.conftest import COUNT, World


def _artist(world: World, number: int) -> int:
    return int(world.model.artist_ids[4 * number])


def _pick(world: World, *numbers: int) -> None:
    ids = [_artist(world, number) for number in numbers]
    with world.database.write() as session:
        recommending.start_with(session, world.ann, ids)


def _offered(world: World, first: int = 6, picked: tuple[int, ...] = ()) -> list[int]:
    telling = np.array([_artist(world, number) for number in (3, 0, 1)], dtype=np.int64)
    model = replace(world.model, starters=telling)
    with world.database.read() as session:
        found = recommending.artists_to_start_with(session, model, first, picked)
    return [artist.id for artist in found]


def test_a_pick_makes_the_very_next_list_and_can_be_taken_back(world: World) -> None:
    popular = world.ask(Dials(first=6))
    _pick(world, 4)
    picked = world.ask(Dials(first=6))
    assert set(picked) <= set(world.tracks[COUNT // 2 :])
    assert set(picked) & set(world.artist(4)), "the artist's own tracks are no secret"
    _pick(world)
    assert world.ask(Dials(first=6)) == popular


def test_the_catalogue_is_not_summed_while_the_model_offers_enough(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(_offered(world, 6)) == 6
    monkeypatch.delattr(catalog, "search_artists")
    assert _offered(world, 3) == [_artist(world, number) for number in (3, 0, 1)]
    assert len(_offered(world, 5, (_artist(world, 4),))) == 5


def test_picks_replace_those_before(world: World) -> None:
    _pick(world, 1, 2)
    _pick(world, 4, 4)
    with world.database.read() as session:
        found = recommending.picked_artists(session, world.ann)
    assert [artist.id for artist in found] == [_artist(world, 4)]


def test_a_pick_is_the_reason_until_plays_say_more(world: World) -> None:
    _pick(world, 4)
    target = world.artist(5)[0]
    with world.database.read() as session:
        (reason, *_) = recommending.reasons(session, world.model, world.ann, target)
    assert reason.is_pick
    assert reason.track.id in world.artist(4)
    world.listen(world.artist(3)[0])
    with world.database.read() as session:
        found = recommending.reasons(session, world.model, world.ann, target)
    assert {reason.is_pick for reason in found} == {True, False}


def test_what_a_listener_did_with_a_track_outweighs_the_pick_of_its_artist(world: World) -> None:
    _pick(world, 4)
    world.rate(world.artist(4)[0], Feedback.DISLIKED)
    assert world.artist(4)[0] not in world.ask(Dials(first=100))


def test_telling_artists_come_first_and_known_ones_fill_up(world: World) -> None:
    offered = _offered(world)
    assert offered[:3] == [_artist(world, number) for number in (3, 0, 1)]
    assert len(set(offered)) == 6
    assert _offered(world, 2) == offered[:2]


def test_picks_move_the_wall_towards_their_neighbours(world: World) -> None:
    picked = (_artist(world, 5),)
    offered = _offered(world, 3, picked)
    assert offered[0] == picked[0]
    assert offered[1] in {_artist(world, number) for number in (3, 4)}


def test_without_a_model_the_best_known_are_offered(world: World) -> None:
    with world.database.read() as session:
        found = recommending.artists_to_start_with(session, None, 6)
    assert found[0].id == _artist(world, 0)
    assert [one.listener_count for one in found] == sorted(
        (one.listener_count for one in found), reverse=True
    )


def test_what_cannot_be_picked_changes_nothing(world: World) -> None:
    _pick(world, 4)
    with world.database.write() as session, pytest.raises(ArtistNotFound):
        recommending.start_with(session, world.ann, [_artist(world, 0), 2**30])
    with world.database.write() as session, pytest.raises(InvalidInput, match="artistIds"):
        recommending.start_with(session, world.ann, list(range(1, MAX_PICKS + 2)))
    with world.database.read() as session:
        assert recommending.picks_of(session, world.ann) == [_artist(world, 4)]
