"""Maximal marginal relevance, by hand and over listeners."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from app.ml.als import Als
from app.ml.diversity import diversified
from app.ml.metrics import intra_list_diversity
from app.ml.ranking import top_k
from app.ml.recommender import History

TWINS = np.array([[1, 0.8, 0], [0.8, 1, 0], [0, 0, 1]], np.float32)
"""The first two are alike, the third is like neither."""


def test_the_next_is_worth_its_relevance_less_its_likeness() -> None:
    relevance = np.array([3, 2, 1], np.float32)  # scaled: 1, 0.5, 0
    # The twin is worth (1 - d) / 2 - d, the stranger nothing: they change places at d = 1 / 3.
    assert diversified(relevance, TWINS, 3, 0.3).tolist() == [0, 1, 2]
    assert diversified(relevance, TWINS, 3, 0.4).tolist() == [0, 2, 1]


def test_likeness_counts_whichever_of_two_is_said_to_be_like_the_other() -> None:
    relevance = np.array([3, 2, 1], np.float32)
    oneway = np.array([[0, 0, 0], [0.8, 0, 0], [0, 0, 0]], np.float32)
    assert diversified(relevance, oneway, 2, 0.4).tolist() == [0, 2]


def test_likeness_to_the_nearest_of_those_before_counts() -> None:
    relevance = np.ones(4, np.float32)
    near = np.zeros((4, 4), np.float32)
    near[0, 1] = near[0, 2] = 0.5
    near[1, 2] = 1
    assert diversified(relevance, near, 3, 1.0).tolist() == [0, 3, 1]


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_candidates_are_all_taken(n: int) -> None:
    found = diversified(np.ones(n, np.float32), np.ones((n, n), np.float32), 5, 0.5)
    assert found.tolist() == list(range(n))


def test_nothing_alike_stays_in_the_order_of_relevance() -> None:
    relevance = np.array([5, 4, 3], np.float32)
    assert diversified(relevance, np.zeros((3, 3), np.float32), 3, 0.9).tolist() == [0, 1, 2]


def test_the_higher_the_dial_the_less_the_tracks_of_a_list_share_their_listeners() -> None:
    """Listeners of eight tastes who know two of them; lists of ten from the best fifty."""
    rng = np.random.default_rng(1)
    heard = np.zeros((300, 240), np.float32)
    for row in heard:
        for taste in rng.choice(8, 2, replace=False):
            row[30 * taste + rng.choice(30, 8, replace=False)] = 1
    matrix = csr_matrix(heard)
    settings = {"factors": 16, "iterations": 5}
    model = Als.fit(matrix, settings, seed=0, report=lambda _: None)
    listened = csr_matrix((heard / np.linalg.norm(heard, axis=0)).T)

    def diversity(dial: float) -> float:
        found = []
        for row in matrix[:40]:
            history = History(row.indices.astype(np.intp), row.data)
            scores = model.scores(history)
            pool = top_k(scores, 50, excluded=history.items)
            listed = pool[diversified(scores[pool], model.likeness(pool), 10, dial)]
            if not dial:
                assert listed.tolist() == pool[:10].tolist()
            found.append(intra_list_diversity(listened[listed]))
        return float(np.mean(found))

    reached = [diversity(dial) for dial in (0, 0.3, 0.6, 1)]
    assert np.all(np.diff(reached) > 0.001), reached
    assert reached[-1] - reached[0] > 0.05
