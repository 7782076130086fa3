"""Our metrics against those of scikit-learn, on lists without ties."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import (
    average_precision_score,
    label_ranking_average_precision_score,
    ndcg_score,
    roc_auc_score,
)

from app.ml.metrics import auc, average_precision_at_k, ndcg_at_k, reciprocal_rank

ITEMS = 40


def drawn(seed: int, n_targets: int) -> tuple[NDArray[np.float32], NDArray[np.int64], list[int]]:
    """Scores of all items, which of them are targets (1 or 0), and all items, best first."""
    generator = np.random.default_rng(seed)
    scores = generator.permutation(ITEMS).astype(np.float32)
    targets = np.zeros(ITEMS, dtype=np.int64)
    targets[generator.choice(ITEMS, n_targets, replace=False)] = 1
    return scores, targets, np.argsort(-scores).tolist()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n_targets", [1, 3, 12])
def test_figures_are_those_of_scikit_learn(seed: int, n_targets: int) -> None:
    scores, targets, ranked = drawn(seed, n_targets)
    wanted = np.flatnonzero(targets)
    chosen = set(wanted.tolist())
    assert auc(scores, wanted, wanted[:0]) == pytest.approx(roc_auc_score(targets, scores))
    assert average_precision_at_k(ranked, chosen, ITEMS) == pytest.approx(
        average_precision_score(targets, scores)
    )
    for k in (1, 5, 20):
        theirs = ndcg_score(targets[None], scores[None], k=k)
        assert ndcg_at_k(ranked, chosen, k) == pytest.approx(theirs)


@pytest.mark.parametrize("seed", range(5))
def test_with_one_target_the_reciprocal_rank_is_that_of_scikit_learn(seed: int) -> None:
    scores, targets, ranked = drawn(seed, 1)
    theirs = label_ranking_average_precision_score(targets[None], scores[None])
    assert reciprocal_rank(ranked, {int(targets.argmax())}, ITEMS) == pytest.approx(theirs)


def test_auc_without_what_cannot_be_recommended_is_that_of_the_rest() -> None:
    scores, targets, _ = drawn(3, 6)
    excluded = np.flatnonzero(targets == 0)[:9]
    rest = np.setdiff1d(np.arange(ITEMS), excluded)
    assert auc(scores, np.flatnonzero(targets), excluded) == pytest.approx(
        roc_auc_score(targets[rest], scores[rest])
    )
