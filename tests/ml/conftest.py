"""Small worlds of taste: two groups of listeners, each with its own tracks."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from app.ml.interactions import Interactions, concatenate
from app.ml.recommender import History


@pytest.fixture(scope="session")
def matrix() -> csr_matrix:
    """Signed strengths, 40 listeners × 30 tracks; a few are evidence against."""
    generator = np.random.default_rng(7)
    listeners, tracks = np.indices((40, 30))
    chance = np.where((listeners < 20) == (tracks < 15), 0.5, 0.05)
    heard = generator.random((40, 30)) < chance
    values = heard * generator.integers(1, 6, (40, 30)).astype(np.float32)
    against = generator.random((40, 30)) < 0.08
    values = np.where(against, -0.2 * values, values)
    return csr_matrix(values, dtype=np.float32)


@pytest.fixture(scope="session")
def history(matrix: csr_matrix) -> History:
    """The third listener's row; it holds evidence for and against."""
    row = matrix[2]
    assert row.data.min() < 0 < row.data.max()
    return History(row.indices.astype(np.intp), row.data)


@pytest.fixture(scope="session")
def tastes() -> Interactions:
    """Plays of 40 listeners and 30 tracks; the even listeners hear the even tracks."""
    generator = np.random.default_rng(3)
    who, what = np.indices((40, 30))
    heard = generator.random((40, 30)) < np.where(who % 2 == what % 2, 0.5, 0.05)
    rows = np.zeros((int(heard.sum()), 5))
    rows[:, 0], rows[:, 1] = who[heard], what[heard]
    rows[:, 2] = generator.integers(1, 9, len(rows))
    return concatenate([rows])
