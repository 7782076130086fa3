import os
import subprocess
import sys

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from app.errors import InvalidInput
from app.ml.als import Als, AlsSettings, gram_of, signed_confidence
from app.ml.ranking import top_k
from app.ml.recommender import History


def test_fold_in_agrees_with_implicit(matrix: csr_matrix) -> None:
    from implicit.cpu.als import AlternatingLeastSquares

    settings = {"factors": 8, "regularization": 3.0}
    model = Als.fit(matrix, settings, seed=1, report=lambda _: None)
    with threadpool_limits(1, "blas"):
        theirs = AlternatingLeastSquares(factors=8, regularization=3.0, alpha=1.0)
    theirs.item_factors = model.item_factors
    confidence = signed_confidence(matrix, model.chosen.alpha)
    for listener in range(matrix.shape[0]):
        row = matrix[listener]
        ours = model.fold_in(History(row.indices.astype(np.intp), row.data))
        expected = theirs.recalculate_user(0, confidence[listener])
        assert ours == pytest.approx(expected, rel=1e-4, abs=1e-4)


def test_confidence_of_three_plays_at_alpha_five_is_sixteen() -> None:
    confidence = signed_confidence(csr_matrix([[3.0, 0.0, -0.5]]), alpha=5)
    assert confidence.toarray().tolist() == [[16.0, 0.0, -3.5]]


def test_confidence_leaves_the_strengths_as_they_were(matrix: csr_matrix) -> None:
    before = matrix.data.copy()
    signed_confidence(matrix, alpha=5)
    assert np.array_equal(matrix.data, before)


def test_listeners_of_one_taste_get_its_tracks(matrix: csr_matrix) -> None:
    model = Als.fit(matrix, {"factors": 4}, seed=1, report=lambda _: None)
    scores = model.scores(History(np.array([16, 20], dtype=np.intp), np.ones(2, dtype=np.float32)))
    assert top_k(scores, 10).min() >= 15


def test_a_dislike_lowers_the_track_and_what_is_near_it(matrix: csr_matrix) -> None:
    model = Als.fit(matrix, {"factors": 4}, seed=1, report=lambda _: None)
    items = np.array([16, 18], dtype=np.intp)
    neutral = model.scores(History(items[:1], np.ones(1, dtype=np.float32)))
    against = model.scores(History(items, np.array([1, -1], dtype=np.float32)))
    near = int(np.argsort(-model.similar(18))[1])
    assert against[18] < neutral[18]
    assert against[near] < neutral[near]


def test_another_seed_gives_other_factors(matrix: csr_matrix) -> None:
    one, other = (Als.fit(matrix, {}, seed=seed, report=lambda _: None) for seed in (1, 2))
    assert not np.array_equal(one.item_factors, other.item_factors)


def test_gram_of_two_items_is_the_sum_of_their_squares() -> None:
    factors = np.array([[1, 2], [3, 4]], dtype=np.float32)
    assert gram_of(factors).tolist() == [[10, 14], [14, 20]]


def test_a_gram_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Als(np.zeros((3, 2), dtype=np.float32), np.zeros((3, 3)), AlsSettings(factors=2))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("factors", 0),
        ("factors", 8.0),
        ("factors", True),
        ("regularization", 0.0),
        ("alpha", float("nan")),
        ("iterations", "15"),
    ],
)
def test_a_setting_out_of_its_range_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(InvalidInput, match=name):
        AlsSettings.of({name: value})


def test_fitting_is_silent_whatever_the_threads_of_the_process() -> None:
    code = (
        "import warnings; warnings.simplefilter('error')\n"
        "from scipy.sparse import eye_array, csr_matrix\n"
        "from app.ml.als import Als\n"
        "Als.fit(csr_matrix(eye_array(4), dtype='f4'), {}, seed=0, report=lambda _: None)\n"
    )
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
