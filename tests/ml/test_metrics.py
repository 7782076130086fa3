from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from math import isnan, log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.ml.metrics import (
    artist_diversity,
    auc,
    average_precision_at_k,
    coverage,
    intra_list_diversity,
    mean_popularity,
    ndcg_at_k,
    novelty,
    popularity_lift,
    precision_at_k,
    recall_at_k,
    reciprocal_rank,
)

OfList = Callable[[Iterable[int], AbstractSet[int], int], float]

NOTHING = np.zeros(0, dtype=np.intp)
OF_LISTS: list[OfList] = [
    ndcg_at_k,
    precision_at_k,
    recall_at_k,
    average_precision_at_k,
    reciprocal_rank,
]

rankings = st.permutations(range(8)).map(list)
some_targets = st.frozensets(st.integers(0, 11), min_size=1)
depths = st.integers(1, 10)


def at(*positions: int) -> NDArray[np.intp]:
    return np.array(positions, dtype=np.intp)


def floats(*values: float) -> NDArray[np.float32]:
    return np.array(values, dtype=np.float32)


def test_ndcg_second_place_is_discounted() -> None:
    assert ndcg_at_k([9, 1], {1}, k=2) == pytest.approx(1 / log2(3))


def test_ndcg_of_first_and_third_of_two_targets() -> None:
    assert ndcg_at_k([1, 9, 2], {1, 2}, k=3) == pytest.approx((1 + 1 / 2) / (1 + 1 / log2(3)))


def test_ndcg_ideal_is_cut_at_k() -> None:
    assert ndcg_at_k([1, 2], {1, 2, 3, 4}, k=2) == pytest.approx(1)
    assert ndcg_at_k([1], {1, 2, 3, 4}, k=2) == pytest.approx(1 / (1 + 1 / log2(3)))


def test_precision_divides_by_k_even_for_a_short_list() -> None:
    assert precision_at_k([1, 9, 2, 8], {1, 2}, k=4) == 0.5
    assert precision_at_k([1], {1}, k=4) == 0.25


def test_recall_divides_by_all_targets() -> None:
    assert recall_at_k([1, 9, 2, 8], {1, 2, 3, 4, 5}, k=4) == pytest.approx(2 / 5)


def test_average_precision_of_first_and_third() -> None:
    assert average_precision_at_k([1, 9, 2], {1, 2}, k=3) == pytest.approx((1 / 1 + 2 / 3) / 2)


def test_average_precision_divides_by_no_more_than_k() -> None:
    assert average_precision_at_k([1, 9], {1, 2, 3, 4}, k=2) == pytest.approx(1 / 2)


def test_reciprocal_rank_looks_at_the_first_hit_only() -> None:
    assert reciprocal_rank([9, 8, 1, 2], {1, 2}, k=4) == pytest.approx(1 / 3)
    assert reciprocal_rank([9, 8, 1, 2], {1, 2}, k=2) == 0


@pytest.mark.parametrize("metric", OF_LISTS)
def test_hits_behind_k_do_not_count(metric: OfList) -> None:
    assert metric([9, 8, 1], {1}, 2) == 0
    assert metric([], {1}, 2) == 0


@pytest.mark.parametrize("metric", OF_LISTS)
def test_without_targets_or_depth_nothing_can_be_measured(metric: OfList) -> None:
    with pytest.raises(ValueError, match="needs a target"):
        metric([1], set(), 2)
    with pytest.raises(ValueError, match="needs a target"):
        metric([1], {1}, 0)


@given(rankings, some_targets, depths)
def test_metrics_of_lists_lie_between_0_and_1(
    ranked: list[int], targets: frozenset[int], k: int
) -> None:
    assert all(0 <= metric(ranked, targets, k) <= 1 + 1e-12 for metric in OF_LISTS)


@given(rankings, some_targets, depths, st.integers(0, 6))
def test_moving_a_hit_up_never_does_harm(
    ranked: list[int], targets: frozenset[int], k: int, place: int
) -> None:
    if ranked[place] in targets or ranked[place + 1] not in targets:
        return
    better = [*ranked[:place], ranked[place + 1], ranked[place], *ranked[place + 2 :]]
    assert all(metric(better, targets, k) >= metric(ranked, targets, k) for metric in OF_LISTS)


def test_ndcg_and_map_are_those_of_implicit() -> None:
    from implicit.evaluation import ranking_metrics_at_k

    generator = np.random.default_rng(5)
    lists = np.array([generator.permutation(12)[:5] for _ in range(40)], dtype=np.int32)
    chosen = generator.random((40, 12)) < 0.3
    chosen[:, 0] |= ~chosen.any(axis=1)
    theirs = ranking_metrics_at_k(
        GivenLists(lists),
        csr_matrix((40, 12), dtype=np.float32),
        csr_matrix(chosen, dtype=np.float32),
        K=5,
        show_progress=False,
    )
    targets = [set(np.flatnonzero(row).tolist()) for row in chosen]
    for name, metric in (("ndcg", ndcg_at_k), ("map", average_precision_at_k)):
        ours = np.mean(
            [metric(ranked, wanted, 5) for ranked, wanted in zip(lists, targets, strict=True)]
        )
        assert ours == pytest.approx(theirs[name], rel=1e-9)


class GivenLists:
    """Stands in for a model of implicit: each user's list is given."""

    def __init__(self, lists: NDArray[np.int32]) -> None:
        self.lists = lists

    def recommend(
        self, users: NDArray[np.int32], _rows: csr_matrix, **_: int
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        lists = self.lists[np.asarray(users)]
        return lists, np.zeros(lists.shape, dtype=np.float32)


def test_auc_counts_the_pairs_that_stand_right() -> None:
    # Targets score 4 and 1; of the others, 3, 2 and 0, they beat three and one.
    assert auc(floats(4, 3, 2, 1, 0), at(0, 3), NOTHING) == pytest.approx(4 / 6)


def test_auc_ties_count_half() -> None:
    assert auc(floats(1, 1, 0), at(0), NOTHING) == pytest.approx((0.5 + 1) / 2)
    assert auc(np.ones(9, dtype=np.float32), at(2, 4), NOTHING) == 0.5


def test_auc_leaves_out_what_cannot_be_recommended() -> None:
    assert auc(floats(5, 3, 2, 1), at(1), at(0)) == 1


def test_auc_without_targets_or_others_is_unknown() -> None:
    assert isnan(auc(floats(1, 2), NOTHING, NOTHING))
    assert isnan(auc(floats(1, 2), at(0), at(1)))


@given(st.lists(st.integers(0, 5), min_size=3, max_size=12), st.integers(1, 2), st.integers(0, 1))
def test_auc_is_the_share_of_pairs(values: list[int], n_targets: int, n_excluded: int) -> None:
    scores = np.array(values, dtype=np.float32)
    targets, excluded = np.arange(n_targets), np.arange(n_targets, n_targets + n_excluded)
    others = scores[n_targets + n_excluded :]
    if not len(others):
        return
    wins = [np.sign(one - other) / 2 + 0.5 for one in scores[targets] for other in others]
    assert auc(scores, targets, excluded) == pytest.approx(np.mean(wins))


def test_coverage_is_the_share_that_was_ever_listed() -> None:
    assert coverage(np.array([3, 0, 1, 0])) == 0.5
    assert isnan(coverage(np.zeros(0, dtype=np.int64)))


def test_novelty_is_the_mean_surprise_in_bits() -> None:
    # Heard by one of 8: 3 bits; by two: 2 bits; by all: none.
    assert novelty(np.array([1, 2, 8]), 8) == pytest.approx((3 + 2 + 0) / 3)
    assert novelty(np.array([0]), 8) == 3
    assert isnan(novelty(NOTHING, 8))


def test_mean_popularity_is_the_mean_share() -> None:
    assert mean_popularity(floats(0.5, 0.25)) == 0.375
    assert isnan(mean_popularity(floats()))


def test_popularity_lift_is_relative_to_what_was_heard() -> None:
    assert popularity_lift(listed=0.3, heard=0.2) == pytest.approx(0.5)
    assert popularity_lift(listed=0.1, heard=0.2) == pytest.approx(-0.5)
    assert isnan(popularity_lift(listed=0.1, heard=0.0))


def test_tracks_with_the_same_listeners_are_not_diverse() -> None:
    half = 1 / np.sqrt(2)
    same, apart = csr_matrix([[half, half], [half, half]]), csr_matrix([[1.0, 0], [0, 1]])
    assert intra_list_diversity(same) == pytest.approx(0)
    assert intra_list_diversity(apart) == pytest.approx(1)


def test_diversity_is_the_mean_over_pairs() -> None:
    # The cosines of the three pairs are 1/√2, 0 and 0; the third track has no listeners.
    half = 1 / np.sqrt(2)
    listened = csr_matrix([[1, 0], [half, half], [0, 0]])
    assert intra_list_diversity(listened) == pytest.approx(1 - half / 3)


def test_artist_diversity_is_the_share_of_pairs_by_two_artists() -> None:
    assert artist_diversity([7, 7, 8]) == pytest.approx(2 / 3)
    assert artist_diversity([7, 7, 7]) == 0
    assert artist_diversity([7, 8, 9]) == 1


def test_one_track_has_no_diversity() -> None:
    assert isnan(artist_diversity([7]))
    assert isnan(intra_list_diversity(csr_matrix([[1.0]])))
