"""Item-to-item models: worked by hand, and against an independent library."""

import warnings
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.errors import InvalidInput
from app.ml.ease import Ease
from app.ml.item_weights import ItemWeights, strongest, strongest_of_dense
from app.ml.neighbours import Neighbours, Rp3beta
from app.ml.recommender import History

TINY = csr_matrix(np.array([[1, 1, 0], [1, 1, 1], [1, 0, 0], [0, 0, 2]], dtype=np.float32))


def dense(kind: type[Any], matrix: csr_matrix, **settings: Any) -> NDArray[np.float64]:
    model: ItemWeights = kind.fit(matrix, settings, seed=0, report=lambda _: None)
    weights: NDArray[np.float64] = model.weights.toarray().astype(np.float64)
    return weights


def test_cosine_is_shared_listeners_over_the_roots_of_both() -> None:
    weights = dense(Neighbours, TINY, shrinkage=0.0)
    assert weights[0, 1] == pytest.approx(2 / np.sqrt(3 * 2))
    assert weights[0, 2] == pytest.approx(1 / np.sqrt(3 * 5))
    assert weights[1, 0] == weights[0, 1]
    assert not weights.diagonal().any()


def test_asymmetry_and_shrinkage_enter_below_the_line() -> None:
    weights = dense(Neighbours, TINY, asymmetry=1.0, shrinkage=4.0)
    assert weights[0, 1] == pytest.approx(2 / (3 + 4))
    assert weights[1, 0] == pytest.approx(2 / (2 + 4))


def test_rp3beta_walks_to_a_listener_and_on_to_an_item() -> None:
    weights = dense(Rp3beta, TINY, alpha=1.0, beta=0.5)
    assert weights[0, 1] == pytest.approx((1 / 3 * 1 / 2 + 1 / 3 * 1 / 3) / np.sqrt(2))
    assert weights[0, 2] == pytest.approx((1 / 3 * 1 / 3) / np.sqrt(3))


def test_evidence_against_makes_no_neighbours() -> None:
    against = csr_matrix(np.array([[1, -1], [1, -1]], dtype=np.float32))
    assert not dense(Neighbours, against).any()
    assert not dense(Rp3beta, against).any()


def steck(matrix: csr_matrix, ridge: float) -> NDArray[np.float64]:
    """Steck 2019, the five lines of the paper."""
    gram = (matrix.T @ matrix).toarray().astype(np.float64)
    inverse = np.linalg.inv(gram + ridge * np.eye(len(gram)))
    weights: NDArray[np.float64] = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights


@pytest.mark.parametrize("transposed", [False, True])
def test_ease_is_the_papers_formula_on_either_side(matrix: csr_matrix, transposed: bool) -> None:  # noqa: FBT001
    strengths = matrix.T.tocsr() if transposed else matrix
    weights = dense(Ease, strengths, regularization=3.0)
    assert weights == pytest.approx(steck(strengths, 3.0), rel=1e-4, abs=1e-5)


def test_beyond_its_core_ease_regresses_the_rest_on_it(matrix: csr_matrix) -> None:
    heard = np.bincount(matrix.indices, minlength=30)
    core = np.sort(np.argsort(-heard, kind="stable")[:6])
    weights = dense(Ease, matrix, regularization=3.0, core=6)
    inside = matrix[:, core]
    assert weights[np.ix_(core, core)] == pytest.approx(steck(inside, 3.0), rel=1e-4, abs=1e-5)
    rest = np.setdiff1d(np.arange(30), core)
    gram = (inside.T @ inside).toarray() + 3.0 * np.eye(6)
    ridge = np.linalg.solve(gram, (inside.T @ matrix[:, rest]).toarray())
    assert weights[np.ix_(core, rest)] == pytest.approx(ridge, rel=1e-4, abs=1e-5)
    assert not weights[rest].any()


@pytest.mark.parametrize("kind", [Ease, Neighbours])
def test_each_target_keeps_its_strongest_weights(kind: type[Any], matrix: csr_matrix) -> None:
    whole, cut = dense(kind, matrix), dense(kind, matrix, neighbours=4)
    assert ((cut != 0).sum(axis=0) <= 4).all()
    for target in range(30):
        kept = np.flatnonzero(cut[:, target])
        assert cut[kept, target] == pytest.approx(whole[kept, target])
        left = np.delete(np.abs(whole[:, target]), kept)
        assert np.abs(cut[kept, target]).min(initial=np.inf) >= left.max() or len(kept) < 4


def test_rp3beta_keeps_the_strongest_of_each_heard_item(matrix: csr_matrix) -> None:
    assert (dense(Rp3beta, matrix, neighbours=4) != 0).sum(axis=1).max() == 4


def test_the_strongest_are_so_by_magnitude_and_leave_out_the_item_itself() -> None:
    rows = np.array([[9, 1, -3, 2], [5, 9, 0, 0]], dtype=np.float32)
    expected = [[0, 0, -3, 2], [5, 0, 0, 0]]
    assert strongest(csr_matrix(rows), 0, 2).toarray().tolist() == expected
    rows[[0, 1], [0, 1]] = 0
    assert strongest_of_dense(rows, 2).toarray().tolist() == expected


def test_a_dislike_lowers_what_is_near_it(matrix: csr_matrix) -> None:
    model = Neighbours.fit(matrix, {}, seed=0, report=lambda _: None)
    likes = History(np.array([16, 18], dtype=np.intp), np.array([1, 1], dtype=np.float32))
    hates = History(likes.items, np.array([1, -1], dtype=np.float32))
    likeness = model.similar(18)
    likeness[[16, 18]] = 0
    near = int(likeness.argmax())
    assert model.scores(hates)[near] < model.scores(likes)[near]


def test_a_setting_out_of_its_range_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="beta"):
        Rp3beta.complete({"beta": -1})
    with pytest.raises(InvalidInput, match="core"):
        Ease.complete({"core": 0.5})


def test_ease_and_rp3beta_agree_with_irspack(matrix: csr_matrix) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # at its import, about libraries that it builds on
        from irspack import DenseSLIMRecommender, RP3betaRecommender
    heard = (matrix > 0).astype(np.float64).tocsr()
    walked = RP3betaRecommender(heard, alpha=1, beta=0.4, n_threads=1).learn()
    ours = dense(Rp3beta, csr_matrix(heard, dtype=np.float32), beta=0.4)
    theirs = csr_matrix(walked.W).toarray()
    np.fill_diagonal(theirs, 0)
    assert ours == pytest.approx(theirs, rel=1e-4, abs=1e-6)
    regressed = DenseSLIMRecommender(heard, reg=3.0).learn()
    ours = dense(Ease, csr_matrix(heard, dtype=np.float32), regularization=3.0)
    assert ours == pytest.approx(np.asarray(regressed.W), rel=1e-3, abs=1e-5)
