import numpy as np
import pytest
from scipy.sparse import csr_matrix

from app.ml.popularity import Popularity, listener_counts, popularity_of

MATRIX = csr_matrix([[1.0, 0, 5], [2, 0, -1], [1, 0, 0], [0, 0, 0]])


def test_listeners_are_counted_not_plays_and_only_evidence_for() -> None:
    assert listener_counts(MATRIX).tolist() == [3, 0, 1]


def test_a_score_is_the_share_of_listeners_and_who_is_against_is_taken_off() -> None:
    model = Popularity.fit(MATRIX, {}, seed=0, report=lambda _: None)
    assert model.shares.tolist() == pytest.approx([0.75, 0, 0])
    assert model.shares.dtype == np.float32


def test_a_listener_counts_once_at_most_and_less_where_plays_have_faded() -> None:
    faded = csr_matrix([[9.0, 0.25], [0, 0.5]])
    assert popularity_of(faded).tolist() == pytest.approx([0.5, 0.375])
