"""Groups of near items, worked by hand."""

import numpy as np

from app.ml.clusters import clusters
from app.ml.weighting import Floats


def _block(*sizes: int) -> Floats:
    """Items of a block are near one another and far from all others."""
    labels = np.repeat(np.arange(len(sizes)), sizes)
    near: Floats = (0.1 + 0.8 * (labels[:, None] == labels)).astype(np.float32)
    return near


def test_blocks_are_found_the_largest_first() -> None:
    found = clusters(_block(2, 3, 2), 3)
    assert [group.tolist() for group in found] == [[2, 3, 4], [0, 1], [5, 6]]


def test_no_more_groups_than_asked_for() -> None:
    near = _block(2, 3, 2)
    near[:2, 5:] = near[5:, :2] = 0.3
    assert [group.tolist() for group in clusters(near, 2)] == [[0, 1, 5, 6], [2, 3, 4]]
    assert [group.tolist() for group in clusters(_block(2, 3), 1)] == [[0, 1, 2, 3, 4]]


def test_what_is_near_one_way_only_counts_half() -> None:
    near = np.zeros((3, 3), dtype=np.float32)
    near[0, 1] = 1.0
    near[1, 2] = near[2, 1] = 0.9
    assert [group.tolist() for group in clusters(near, 2)] == [[1, 2], [0]]


def test_few_items() -> None:
    assert clusters(np.zeros((0, 0), dtype=np.float32), 3) == []
    assert [group.tolist() for group in clusters(_block(1), 3)] == [[0]]
