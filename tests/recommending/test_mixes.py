"""A mix for each taste, and tracks by artists not yet met."""

from app import recommending
from app.models import Feedback, ListKind
from app.recommending import Mix
from tests.recommending.conftest import COUNT, EACH, World


def _mixes(world: World) -> list[Mix]:
    with world.database.read() as session:
        return recommending.mixes(session, world.model, world.ann)


def test_each_taste_makes_a_mix_of_its_own(world: World) -> None:
    first, second = world.tracks[: COUNT // 2], world.tracks[COUNT // 2 :]
    world.listen(*first[:4], *second[:3])
    mixes = _mixes(world)
    assert [{seed.id for seed in mix.seeds} for mix in mixes] == [set(first[:4]), set(second[:3])]
    for mix, taste in zip(mixes, (first, second), strict=True):
        top = [item.track.id for item in mix.served.items[:6]]
        assert set(top) <= set(taste)
        assert set(top) - set(first[:4]) - set(second[:3])
        assert mix.served.kind is ListKind.MIX


def test_what_is_disliked_is_in_no_mix(world: World) -> None:
    world.listen(*world.tracks[:4])
    world.rate(world.tracks[4], Feedback.DISLIKED)
    (mix,) = _mixes(world)
    assert world.tracks[4] not in [item.track.id for item in mix.served.items]


def test_a_song_or_two_are_no_taste_and_no_model_knows_none(world: World) -> None:
    world.listen(*world.tracks[:2])
    assert _mixes(world) == []
    with world.database.read() as session:
        assert recommending.mixes(session, None, world.ann) == []


def test_unmet_artists_come_once_each_without_those_played(world: World) -> None:
    world.listen(world.artist(0)[0])
    world.rate(world.artist(1)[0], Feedback.DISLIKED)
    with world.database.read() as session:
        found = recommending.by_unmet_artists(
            session, world.model, world.ann, 5, exclude=world.artist(2)[:1]
        )
    assert found is not None
    ids = [item.track.id for item in found.items]
    assert ids[:2] == [world.artist(1)[1], world.artist(2)[1]]
    assert len({world.tracks.index(track_id) // EACH for track_id in ids}) == len(ids) == 5


def test_nobody_is_new_to_a_newcomer(world: World) -> None:
    with world.database.read() as session:
        assert recommending.by_unmet_artists(session, world.model, world.ann, 5) is None
        assert recommending.by_unmet_artists(session, None, world.ann, 5) is None
