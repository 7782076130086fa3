import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.ml.holdout import Holdout, Lists, in_time, of_the_gate, per_listener
from app.ml.interactions import Interactions, concatenate

Row = tuple[int, int, int, int, int]
"""Listener, track, plays, skips, feedback."""

BEFORE: list[Row] = [
    (1, 10, 3, 0, 0),
    (1, 20, 0, 2, 0),
    (1, 30, 1, 0, -1),
    (1, 40, 0, 0, 1),
    (2, 10, 1, 0, 0),
    (3, 50, 1, 0, 0),
]
SINCE: list[Row] = [
    (1, 10, 2, 0, 0),  # heard before: a repeat
    (1, 20, 1, 0, 0),  # only skipped before: a target
    (1, 30, 1, 0, 0),  # disliked before: never recommended
    (1, 40, 1, 0, 0),  # loved before, so known: a repeat
    (1, 50, 1, 0, 0),  # a target
    (1, 99, 1, 0, 0),  # a target that the training part does not know
    (2, 20, 0, 3, 0),  # only skipped since
    (2, 30, 1, 0, -1),  # disliked since
    (2, 50, 0, 0, 1),  # loved but not played since
    (3, 50, 9, 0, 0),  # nothing but a repeat
    (4, 10, 1, 0, 0),  # a newcomer
]


def pairs(rows: list[Row]) -> Interactions:
    return concatenate([np.array(rows, dtype=np.float64).reshape(-1, 5)])


@pytest.fixture
def holdout() -> Holdout:
    return in_time(pairs(BEFORE), pairs(SINCE))


def test_first_time_plays_are_the_targets(holdout: Holdout) -> None:
    assert holdout.listener_ids.tolist() == [1]
    assert holdout.targets[0].tolist() == [20, 50, 99]


def test_repeats_are_kept_apart(holdout: Holdout) -> None:
    assert holdout.repeats[0].tolist() == [10, 40]


def test_newcomers_and_unknown_targets_are_counted(holdout: Holdout) -> None:
    assert holdout.counts() == {
        "train": 6,
        "tracks": 5,
        "listeners": 1,
        "newcomers": 1,
        "targets": 3,
        "unknown_targets": 1,
        "repeats": 2,
    }


def test_the_catalogue_is_that_of_the_training_part(holdout: Holdout) -> None:
    assert holdout.tracks.ids.tolist() == [10, 20, 30, 40, 50]


def test_a_past_is_all_that_the_listener_did_before(holdout: Holdout) -> None:
    past = holdout.past(0)
    assert past.track_ids.tolist() == [10, 20, 30, 40]
    assert past.doings.plays.tolist() == [3, 0, 1, 0]
    assert past.doings.feedback.tolist() == [0, 0, -1, 1]


def test_the_order_of_the_rows_does_not_matter(holdout: Holdout) -> None:
    other = in_time(pairs(BEFORE[::-1]), pairs(SINCE[::-1]))
    assert other.train.fingerprint() == holdout.train.fingerprint()
    assert other.targets.ids.tolist() == holdout.targets.ids.tolist()


@pytest.mark.parametrize(
    ("before", "since"), [([], []), ([], SINCE), (BEFORE, []), (BEFORE, [(3, 50, 1, 0, 0)])]
)
def test_without_targets_nobody_is_tested(before: list[Row], since: list[Row]) -> None:
    holdout = in_time(pairs(before), pairs(since))
    assert len(holdout) == len(holdout.targets) == len(holdout.repeats) == 0
    assert holdout.counts()["targets"] == 0
    assert len(holdout.sample(5, seed=0)) == 0


def test_a_sample_keeps_each_listeners_lists() -> None:
    before = pairs([(listener, 1, 1, 0, 0) for listener in range(50)])
    since = pairs([(listener, 100 + listener, 1, 0, 0) for listener in range(50)])
    sample = in_time(before, since).sample(10, seed=4)
    assert len(sample) == len(set(sample.listener_ids.tolist())) == 10
    assert sample.listener_ids.tolist() == sorted(sample.listener_ids.tolist())
    assert [sample.targets[n].tolist() for n in range(10)] == [
        [100 + listener] for listener in sample.listener_ids
    ]
    assert len(sample.train) == 50


def test_a_sample_follows_its_seed() -> None:
    before = pairs([(listener, 1, 1, 0, 0) for listener in range(50)])
    since = pairs([(listener, 2, 1, 0, 0) for listener in range(50)])
    whole = in_time(before, since)
    one, same, other = (whole.sample(10, seed=seed).listener_ids.tolist() for seed in (1, 1, 2))
    assert one == same != other
    assert whole.sample(50, seed=1) is whole


def played(listeners: int, tracks: int) -> list[Row]:
    return [(n, t, 1 + t % 3, 0, 0) for n in range(listeners) for t in range(tracks)]


def test_a_fifth_of_each_listeners_tracks_is_held_out() -> None:
    holdout = per_listener(pairs(played(7, 10)), share=0.2, seed=0)
    assert len(holdout) == 7
    assert [len(holdout.targets[n]) for n in range(7)] == [2] * 7
    assert [len(holdout.past(n)) for n in range(7)] == [8] * 7
    assert len({tuple(holdout.targets[n]) for n in range(7)}) > 1


def test_a_listeners_last_track_is_never_held_out() -> None:
    holdout = per_listener(pairs(played(5, 1)), share=0.9, seed=0)
    assert len(holdout) == 0
    assert len(holdout.train) == 5


def test_what_was_not_played_or_is_disliked_stays_in_training() -> None:
    rows = [*played(1, 4), (0, 50, 0, 3, 0), (0, 51, 2, 0, -1), (0, 52, 0, 0, 1)]
    for seed in range(20):
        holdout = per_listener(pairs(rows), share=0.5, seed=seed)
        assert len(holdout.targets[0]) == 2
        assert set(holdout.targets[0].tolist()) < {0, 1, 2, 3}


def test_the_split_follows_its_seed_and_not_the_order_of_the_rows() -> None:
    rows = played(9, 10)
    one, same, other = (
        per_listener(pairs(part), seed=seed).targets.ids.tolist()
        for part, seed in ((rows, 1), (rows[::-1], 1), (rows, 2))
    )
    assert one == same != other


def _held(rows: list[Row]) -> set[tuple[int, int]]:
    split = of_the_gate(pairs(rows))
    return {
        (int(listener), int(track))
        for n, listener in enumerate(split.listener_ids)
        for track in split.targets[n]
    }


def test_the_gate_always_draws_the_same_fifth() -> None:
    rows = played(40, 20)
    drawn = _held(rows)
    assert len(drawn) == 40 * 4
    assert drawn == _held(rows[::-1])
    assert len({track for _, track in drawn}) == 20
    by_listener = {frozenset(t for at, t in drawn if at == n) for n in range(40)}
    assert len(by_listener) > 35


def test_later_listens_of_others_do_not_move_what_the_gate_draws() -> None:
    rows = played(40, 20)
    more = [*rows, *((-1 - n, t, 1, 0, 0) for n in range(9) for t in range(20)), (0, 20, 1, 0, 0)]
    moved = {pair for pair in _held(more) if pair[0] >= 0} - _held(rows)
    assert moved <= {(0, 20)}


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, 2.0])
def test_a_share_out_of_its_range_is_refused(share: float) -> None:
    with pytest.raises(InvalidInput, match="share"):
        per_listener(pairs(BEFORE), share=share, seed=0)


def test_lists_are_sorted_and_empty_where_nothing_is() -> None:
    lists = Lists.by_owner(np.array([2, 0, 2]), np.array([9, 5, 4]), 4)
    assert [lists[n].tolist() for n in range(len(lists))] == [[5], [], [4, 9], []]
    chosen = lists.at(np.array([2, 1]))
    assert [chosen[n].tolist() for n in range(len(chosen))] == [[4, 9], []]


row = st.tuples(
    st.integers(1, 4), st.integers(1, 6), st.integers(0, 2), st.integers(0, 2), st.integers(-1, 1)
)
rows_of_pairs = st.lists(row, max_size=20, unique_by=lambda one: one[:2])


@given(rows_of_pairs, rows_of_pairs)
def test_no_target_was_heard_or_disliked_before(before: list[Row], since: list[Row]) -> None:
    holdout = in_time(pairs(before), pairs(since))
    past = {listener for listener, *_ in before}
    known = {(at[0], at[1]) for at in before if at[2] > 0 or at[4] != 0}
    good = {(at[0], at[1]) for at in since if at[2] > 0 and at[4] >= 0 and at[0] in past}
    found = {
        (listener, track)
        for n, listener in enumerate(holdout.listener_ids.tolist())
        for track in holdout.targets[n].tolist()
    }
    assert found == good - known
