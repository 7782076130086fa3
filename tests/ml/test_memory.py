"""Estimates of memory against what fits really take, as numpy's allocations are traced."""

import tracemalloc
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from app.ml.algorithms import ALGORITHMS
from app.ml.interactions import concatenate
from app.ml.recipe import Recipe
from app.ml.recommender import Extent
from app.ml.vocabulary import Vocabulary

SETTINGS: dict[str, dict[str, Any]] = {
    "als": {"iterations": 1, "factors": 64},
    "ials": {"iterations": 1, "factors": 64},
    "ease": {"core": 700},
    "blend": {"members": [{"algorithm": name, "weight": 1.0} for name in ("als", "rp3beta")]},
}
TOO_MUCH = 8
"""An estimate may be so many times the peak: what meets how often is not known beforehand."""


def crowd(listeners: int, items: int, pairs: int) -> csr_matrix:
    """Pairs at random, some items far better known than others."""
    generator = np.random.default_rng(0)
    fame = 1 / np.arange(1, items + 1) ** 0.7
    who = generator.integers(0, listeners, pairs)
    what = generator.choice(items, pairs, p=fame / fame.sum())
    return csr_matrix((np.ones(pairs, np.float32), (who, what)), shape=(listeners, items))


def peak_of_a_fit(algorithm: str, matrix: csr_matrix) -> int:
    """Bytes."""
    recipe = Recipe(algorithm, settings=SETTINGS.get(algorithm, {}))
    recipe.fit(matrix[:5], seed=0)  # what is imported at the first fit is not the fit's
    tracemalloc.start()
    try:
        recipe.fit(matrix, seed=0)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [(600, 2000, 15_000), (2500, 900, 30_000)])
@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_an_estimate_is_no_less_than_the_peak_and_not_far_more(
    algorithm: str, size: tuple[int, int, int]
) -> None:
    matrix = crowd(*size)
    recipe = Recipe(algorithm, settings=SETTINGS.get(algorithm, {}))
    estimate = recipe.peak_mib(Extent.of(matrix)) * 2**20
    peak = peak_of_a_fit(algorithm, matrix)
    assert peak <= estimate <= TOO_MUCH * peak


def test_the_extent_of_pairs_is_that_of_their_matrix() -> None:
    matrix = crowd(50, 80, 400).tocoo()
    matrix.sum_duplicates()
    nothing = np.zeros(matrix.nnz)
    table = np.column_stack([matrix.row, matrix.col, nothing + 1, nothing, nothing])
    pairs = concatenate([table])
    made = Recipe().matrix(pairs, Vocabulary.of(pairs.track_ids))
    assert pairs.extent() == Extent.of(made)
