from collections import Counter
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.ml.ranking import top_k
from app.ml.recommender import Floats

NAN, INF = float("nan"), float("inf")
some_scores = arrays(
    np.float32, st.integers(0, 40), elements=st.sampled_from([-INF, NAN, -1.5, 0, 0.5, 1, INF])
)
depths = st.integers(-2, 50)


def floats(*values: float) -> Floats:
    return np.array(values, dtype=np.float32)


def test_the_best_come_first() -> None:
    assert top_k(floats(1, 3, 2), 2).tolist() == [1, 2]


def test_ties_break_by_position_even_at_the_edge() -> None:
    assert top_k(floats(1, 2, 1, 1, 1), 3).tolist() == [1, 0, 2]


def test_excluded_positions_never_return() -> None:
    assert top_k(floats(1, 3, 2), 3, excluded=np.array([1])).tolist() == [2, 0]


def test_positions_of_unknown_ids_exclude_nothing() -> None:
    assert top_k(floats(1, 3, 2), 3, excluded=np.array([-1, 1])).tolist() == [2, 0]


def test_exclusion_leaves_the_scores_as_they_were() -> None:
    scores = floats(1, 3, 2)
    top_k(scores, 1, excluded=np.array([1]))
    assert scores.tolist() == [1, 3, 2]


@pytest.mark.parametrize("cap", [None, 5])
def test_a_list_longer_than_the_catalogue_holds_all_of_it(cap: int | None) -> None:
    groups = np.array([7, 7, 8])
    assert top_k(floats(1, 3, 2), 9, groups=groups, max_per_group=cap).tolist() == [1, 2, 0]


@pytest.mark.parametrize("k", [0, -1])
def test_a_list_of_none_is_empty(k: int) -> None:
    groups = np.array([7, 7, 8])
    assert top_k(floats(1, 3, 2), k).tolist() == []
    assert top_k(floats(1, 3, 2), k, groups=groups, max_per_group=1).tolist() == []


def test_a_group_gives_at_most_its_cap() -> None:
    groups = np.array([7, 7, 7, 8, 9])
    scores = floats(5, 4, 3, 2, 1)
    assert top_k(scores, 3, groups=groups, max_per_group=1).tolist() == [0, 3, 4]
    assert top_k(scores, 3, groups=groups, max_per_group=2).tolist() == [0, 1, 3]


def test_a_cap_is_held_however_deep_it_must_look() -> None:
    groups = np.array([1] * 99 + [2])
    scores = np.linspace(1, 0, 100, dtype=np.float32)
    assert top_k(scores, 2, groups=groups, max_per_group=1).tolist() == [0, 99]


def test_an_excluded_track_does_not_use_up_its_groups_cap() -> None:
    groups = np.array([7, 7, 8])
    kept = top_k(floats(3, 2, 1), 2, excluded=np.array([0]), groups=groups, max_per_group=1)
    assert kept.tolist() == [1, 2]


def test_what_has_no_number_is_left_out() -> None:
    assert top_k(floats(NAN, 1, NAN, 2), 2).tolist() == [3, 1]
    assert top_k(floats(NAN, NAN), 2).tolist() == []


@given(some_scores, depths, st.sets(st.integers(-1, 39)))
def test_a_list_is_the_head_of_the_sorted_catalogue(
    scores: Floats, k: int, excluded: set[int]
) -> None:
    inside = np.array([at for at in sorted(excluded) if at < len(scores)], dtype=np.intp)
    eligible = [at for at in range(len(scores)) if scores[at] > -INF and at not in excluded]
    expected = sorted(eligible, key=lambda at: (-float(scores[at]), at))[: max(k, 0)]
    assert top_k(scores, k, excluded=inside).tolist() == expected


@given(some_scores, depths, st.integers(1, 4), st.randoms(use_true_random=False))
def test_a_capped_list_is_what_taking_in_order_gives(
    scores: Floats, k: int, cap: int, random: Random
) -> None:
    groups = np.array([random.choice([1, 2, 3]) for _ in scores], dtype=np.int64)
    taken: Counter[int] = Counter()
    expected: list[int] = []
    for at in top_k(scores, len(scores)):
        if taken[int(groups[at])] < cap and len(expected) < k:
            taken[int(groups[at])] += 1
            expected.append(int(at))
    assert top_k(scores, k, groups=groups, max_per_group=cap).tolist() == expected


@pytest.mark.parametrize("positive", [0, 2, 3, 4])
def test_mostly_zeros_are_ranked_like_anything_else(positive: int) -> None:
    scores = np.zeros(50, dtype=np.float32)
    scores[[40, 7, 22, 9][:positive]] = [4, 3, 2, 1][:positive]
    scores[0] = -1
    expected = [*[40, 7, 22, 9][:positive], 1, 2, 3]
    assert top_k(scores, 3).tolist() == expected[:3]
