"""Recommendations: folded in at once, never what is disliked, as the dials say."""

import pytest

from app import listening, recommending
from app.errors import InvalidInput
from app.listening import Listen
from app.models import Feedback, Track, VideoState
from app.models.columns import utc_now
from app.recommending import Dials
from tests import making
from tests.recommending.conftest import COUNT, EACH, World


def test_a_listen_changes_the_very_next_list(world: World) -> None:
    first = world.ask(Dials(first=8))
    assert first == world.tracks[:8]
    world.listen(world.artist(4)[0])
    second = world.ask(Dials(first=8))
    assert set(second) <= set(world.tracks[COUNT // 2 :])


def test_what_was_heard_or_disliked_does_not_return(world: World) -> None:
    heard, loved, disliked = world.tracks[12:15]
    world.listen(heard)
    world.rate(loved, Feedback.LOVED)
    world.rate(disliked, Feedback.DISLIKED)
    everything = world.ask(Dials(first=100))
    assert set(world.tracks) - set(everything) == {heard, loved, disliked}


def test_what_was_only_skipped_may_return(world: World) -> None:
    world.listen(world.tracks[12])
    with world.database.write() as session:
        listening.record_skip(session, world.ann, Listen(world.tracks[13]))
    assert world.tracks[13] in world.ask(Dials(first=100))
    assert world.tracks[13] in world.ask(Dials(first=100), bare=True)


def test_a_dislike_that_is_cleared_lets_a_track_return(world: World) -> None:
    world.rate(world.tracks[0], Feedback.DISLIKED)
    assert world.tracks[0] not in world.ask()
    world.rate(world.tracks[0], None)
    assert world.tracks[0] in world.ask()
    assert world.tracks[0] in world.ask(bare=True)


@pytest.mark.parametrize(("share", "new"), [(0.0, 0), (0.25, 1), (0.5, 2), (1.0, 4)])
def test_the_dial_sets_the_share_of_what_is_new(world: World, share: float, new: int) -> None:
    heard = world.tracks[:6]
    world.listen(*heard, times=3)
    found = world.ask(Dials(first=4, discovery=share))
    assert len(found) == 4
    assert len(set(found) - set(heard)) == new


@pytest.mark.parametrize("share", [None, 0.0, 0.5, 1.0])
def test_the_disliked_returns_at_no_share(world: World, share: float | None) -> None:
    world.listen(*world.tracks[:6])
    world.rate(world.tracks[0], Feedback.DISLIKED)
    world.rate(world.tracks[7], Feedback.DISLIKED)
    found = world.ask(Dials(first=100, discovery=share))
    assert not {world.tracks[0], world.tracks[7]} & set(found)


@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.parametrize("share", [None, 0.5])
@pytest.mark.parametrize("cap", [1, 2])
def test_no_artist_comes_more_often_than_allowed(
    world: World, share: float | None, cap: int, *, bare: bool
) -> None:
    world.listen(*world.artist(0)[:2], *world.artist(1)[:2], *world.artist(4)[:1])
    found = world.ask(Dials(first=6, discovery=share, max_per_artist=cap), bare=bare)
    artists = [world.tracks.index(track) // EACH for track in found]
    assert len(found) == 6
    assert max(artists.count(artist) for artist in artists) == cap


def test_a_cap_is_held_however_well_known_an_artist_is(world: World) -> None:
    with world.database.write() as session:
        for number in range(60):
            making.track(session, f"Hit {number}", "Everywhere", listener_count=1000)
    found = world.ask(Dials(first=5, max_per_artist=1), bare=True)
    assert found[1:] == [world.artist(number)[0] for number in range(4)]


@pytest.mark.parametrize("bare", [False, True])
def test_what_is_excluded_is_left_out(world: World, *, bare: bool) -> None:
    excluded = [world.tracks[0], world.tracks[2], 2**31 - 1]
    found = world.ask(Dials(first=3, exclude=excluded), bare=bare)
    assert found == [world.tracks[1], *world.tracks[3:5]]


@pytest.mark.parametrize("bare", [False, True])
def test_artists_that_are_excluded_are_left_out_with_all_their_tracks(
    world: World, *, bare: bool
) -> None:
    first, _, third = world.artists[:3]
    found = world.ask(Dials(first=100, exclude_artists=[first, third, 2**31 - 1]), bare=bare)
    assert set(world.tracks) - set(found) == {*world.artist(0), *world.artist(2)}
    few = world.ask(Dials(first=2, exclude_artists=[first], discovery=0.5), bare=bare)
    assert few == world.artist(1)[:2]


@pytest.mark.parametrize("bare", [False, True])
def test_without_diversity_the_list_is_as_it_was(world: World, *, bare: bool) -> None:
    world.listen(world.tracks[0])
    assert world.ask(Dials(first=9, diversity=0), bare=bare) == world.ask(Dials(first=9), bare=bare)


@pytest.mark.parametrize("bare", [False, True])
def test_the_more_diverse_the_more_of_both_tastes(world: World, *, bare: bool) -> None:
    def others(diversity: float) -> int:
        found = world.ask(Dials(first=4, diversity=diversity), bare=bare)
        assert found[0] == world.tracks[0]
        assert len(set(found)) == 4
        return len({world.tracks.index(track) // EACH for track in found})

    assert others(0) == 1
    assert others(0) < others(0.5) <= others(1)


def test_a_diverse_list_holds_the_other_dials(world: World) -> None:
    heard = [*world.artist(0), *world.artist(3)]
    world.listen(*heard, times=3)
    dials = Dials(first=4, discovery=0.5, max_per_artist=1, diversity=0.8)
    found = world.ask(dials)
    assert len(set(found) & set(heard)) == 2
    assert len({world.tracks.index(track) // EACH for track in found}) == 4


@pytest.mark.parametrize("bare", [False, True])
def test_without_a_history_the_best_known_come_first(world: World, *, bare: bool) -> None:
    assert world.ask(Dials(first=5), bare=bare) == world.tracks[:5]


def test_without_a_model_what_was_heard_does_not_return(world: World) -> None:
    world.listen(world.tracks[0])
    world.rate(world.tracks[1], Feedback.DISLIKED)
    world.rate(world.tracks[2], Feedback.LOVED)
    assert world.ask(Dials(first=3), bare=True) == world.tracks[3:6]


def test_tracks_that_the_model_does_not_know_are_no_obstacle(world: World) -> None:
    with world.database.write() as session:
        newer = making.track(session, "Newer", "Somebody Else")
    world.listen(newer, world.tracks[0])
    world.rate(newer, Feedback.DISLIKED)
    assert world.ask(Dials(first=100, exclude=[newer])) == world.tracks[1:]


def test_lists_have_an_id_of_their_own_and_a_time(world: World) -> None:
    with world.database.read() as session:
        lists = [recommending.recommend(session, None, world.ann) for _ in range(2)]
    assert lists[0].id != lists[1].id
    assert lists[0].user_id == world.ann
    assert lists[0].served_at <= lists[1].served_at <= utc_now()


@pytest.mark.parametrize(
    ("field", "dials"),
    [
        ("first", Dials(first=0)),
        ("first", Dials(first=101)),
        ("discovery", Dials(discovery=-0.1)),
        ("discovery", Dials(discovery=1.1)),
        ("discovery", Dials(discovery=float("nan"))),
        ("maxPerArtist", Dials(max_per_artist=0)),
        ("diversity", Dials(diversity=1.5)),
        ("diversity", Dials(diversity=-0.1)),
    ],
)
def test_a_dial_out_of_its_range_is_refused(world: World, field: str, dials: Dials) -> None:
    with pytest.raises(InvalidInput, match=field):
        world.ask(dials)


def test_what_has_no_video_stands_last(world: World) -> None:
    with world.database.write() as session:
        session.get_one(Track, world.tracks[0]).video_state = VideoState.MISSING
    assert world.ask(Dials(first=4)) == [*world.tracks[1:4], world.tracks[0]]
