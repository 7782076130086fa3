"""The discovery dial: shares of new and familiar tracks, spread evenly, no artist too often."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.dial import blend

NEW, FAMILIAR = np.arange(0, 100), np.arange(100, 200)
NO_GROUPS = np.arange(200)


def _kinds(share: float, k: int = 10, new: int = 100, familiar: int = 100) -> str:
    found = blend(NEW[:new], FAMILIAR[:familiar], k, share, NO_GROUPS)
    return "".join("n" if position < 100 else "f" for position in found)


@pytest.mark.parametrize(
    ("share", "kinds"),
    [
        (0.0, "ffffffffff"),
        (0.1, "ffffnfffff"),
        (0.3, "fnffnfffnf"),
        (0.5, "nfnfnfnfnf"),
        (0.8, "nnfnnnnfnn"),
        (1.0, "nnnnnnnnnn"),
    ],
)
def test_the_share_is_spread_evenly(share: float, kinds: str) -> None:
    assert _kinds(share) == kinds


def test_either_fills_up_for_the_other() -> None:
    assert sorted(_kinds(1.0, new=3)) == sorted("nnnfffffff")
    assert sorted(_kinds(0.0, familiar=3)) == sorted("fffnnnnnnn")
    assert sorted(_kinds(0.5, new=2, familiar=3)) == sorted("nnfff")
    assert _kinds(0.5, new=0, familiar=0) == ""


def test_the_better_comes_first_within_its_kind() -> None:
    found = blend(np.array([7, 3, 5]), np.array([104, 101]), 5, 0.6, NO_GROUPS).tolist()
    assert [position for position in found if position < 100] == [7, 3, 5]
    assert [position for position in found if position >= 100] == [104, 101]


def test_a_group_has_one_limit_over_both_kinds() -> None:
    groups = np.zeros(200, dtype=np.int64)
    groups[[5, 105]] = [1, 2]
    found = blend(np.array([0, 1, 5]), np.array([100, 101, 105]), 4, 0.5, groups, 1)
    assert sorted(found.tolist()) in ([0, 5, 105], [5, 100, 105])


@given(
    st.integers(1, 30),
    st.floats(0, 1),
    st.lists(st.integers(0, 3), min_size=40, max_size=40),
    st.integers(1, 4),
    st.integers(0, 20),
    st.integers(0, 20),
)
def test_no_list_is_shorter_than_it_need_be(
    k: int, share: float, artists: list[int], limit: int, new: int, familiar: int
) -> None:
    """With all candidates at hand: k positions, or as many as the limits leave."""
    groups = np.array(artists)
    both = (np.arange(new), np.arange(20, 20 + familiar))
    found = blend(*both, k, share, groups, limit)
    counts = np.bincount(groups[found], minlength=4)
    there = np.bincount(groups[np.concatenate(both)], minlength=4)
    assert len(set(found.tolist())) == len(found)
    assert counts.max(initial=0) <= limit
    assert len(found) == min(k, int(np.minimum(there, limit).sum()))
