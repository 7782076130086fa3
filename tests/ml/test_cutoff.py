import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.ml.cutoff import choose_cutoff, listeners_on_both_sides

times_and_listeners = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 6)), min_size=1, max_size=60
)


def test_the_last_tenth_lies_since_the_cutoff() -> None:
    times = np.arange(100) * 60
    assert choose_cutoff(times, np.tile([1, 2], 50), min_listeners=2) == 90 * 60


def test_the_order_of_the_listens_does_not_matter() -> None:
    times, listeners = np.arange(100), np.tile([1, 2], 50)
    order = np.random.default_rng(0).permutation(100)
    assert choose_cutoff(times[order], listeners[order], min_listeners=2) == 90


def test_it_moves_back_until_enough_listeners_are_on_both_sides() -> None:
    listeners = np.array([1, 2, 3, 1, 2, 3, 2, 1, 1, 1])
    times = np.arange(10)
    assert choose_cutoff(times, listeners, min_listeners=1) == 9
    assert choose_cutoff(times, listeners, min_listeners=2) == 6
    assert choose_cutoff(times, listeners, min_listeners=3) == 5


def test_it_moves_back_no_further_than_half_of_the_listens() -> None:
    listeners = np.array([1, 2, 2, 1, 1, 1, 1, 1, 1, 1])
    assert choose_cutoff(np.arange(10), listeners, min_listeners=2) is None
    assert choose_cutoff(np.arange(10), listeners, min_listeners=2, max_share=0.8) == 2


def test_a_listener_without_a_past_does_not_count() -> None:
    listeners = np.array([1, 1, 1, 1, 1, 1, 1, 1, 2, 3])
    assert choose_cutoff(np.arange(10), listeners, min_listeners=2) is None


def test_listens_of_one_second_stay_on_one_side() -> None:
    times = np.array([0, 0, 1, 2, 3, 4, 5, 6, 7, 7])
    listeners = np.tile([1, 2], 5)
    assert choose_cutoff(times, listeners, min_listeners=2) == 7


@pytest.mark.parametrize("times", [[], [5], [5, 5, 5, 5]])
def test_without_a_before_there_is_no_cutoff(times: list[int]) -> None:
    listeners = np.arange(len(times)) % 2
    assert choose_cutoff(np.array(times, dtype=int), listeners, min_listeners=1) is None


@pytest.mark.parametrize("share", [0.0, -0.1, 0.6, 1.0])
def test_a_share_out_of_its_range_is_refused(share: float) -> None:
    with pytest.raises(InvalidInput, match="share"):
        choose_cutoff(np.arange(3), np.arange(3), share=share)


@given(times_and_listeners, st.integers(1, 4))
def test_a_cutoff_keeps_what_it_promises(listens: list[tuple[int, int]], wanted: int) -> None:
    times, listeners = np.array(listens).T
    cutoff = choose_cutoff(times, listeners, min_listeners=wanted)
    if cutoff is None:
        return
    past, since = set(listeners[times < cutoff]), set(listeners[times >= cutoff])
    assert len(past & since) >= wanted
    assert (times >= cutoff).sum() >= len(times) * 0.1 - 0.5


@given(times_and_listeners)
def test_both_sides_are_counted_as_sets_are(listens: list[tuple[int, int]]) -> None:
    times, listeners = np.array(listens).T
    cutoffs = np.arange(0, 52, 5)
    counted = listeners_on_both_sides(times, listeners, cutoffs)
    for cutoff, count in zip(cutoffs, counted, strict=True):
        assert count == len(set(listeners[times < cutoff]) & set(listeners[times >= cutoff]))
