"""What holds for every algorithm."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from app.errors import InvalidInput
from app.ml import artifacts
from app.ml.algorithms import ALGORITHMS
from app.ml.artifacts import Artifact
from app.ml.blend import Blend, Member
from app.ml.ranking import top_k
from app.ml.recommender import Algorithm, Extent, Floats, History, Recommender
from tests.ml.closed_forms import CLOSED_FORMS

SMALL: dict[str, dict[str, Any]] = {
    "als": {"factors": 8, "iterations": 5},
    "ials": {"factors": 8, "iterations": 5, "exponent": 0.5, "regularization": 0.3},
    "ease": {"regularization": 5.0},
    "neighbours": {"shrinkage": 2.0, "neighbours": 12},
    "rp3beta": {"beta": 0.4, "neighbours": 12},
    "popularity": {},
    "blend": {
        "members": [
            {"algorithm": "ials", "weight": 0.7, "settings": {"factors": 6}},
            {"algorithm": "rp3beta", "weight": 0.2, "binary": True},
            {"algorithm": "popularity", "weight": 0.1},
        ]
    },
}
EMPTY = History(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.float32))


def fitted(algorithm: str, matrix: csr_matrix, seed: int = 3) -> Algorithm:
    return ALGORITHMS[algorithm].fit(matrix, SMALL[algorithm], seed=seed, report=lambda _: None)


@pytest.fixture(scope="module", params=sorted(ALGORITHMS))
def model(request: pytest.FixtureRequest, matrix: csr_matrix) -> Algorithm:
    return fitted(request.param, matrix)


def test_every_track_of_the_matrix_has_a_finite_score(
    model: Recommender, matrix: csr_matrix, history: History
) -> None:
    scores = model.scores(history)
    assert scores.shape == (model.n_items,) == (matrix.shape[1],)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()


def test_filtered_tracks_never_return(model: Recommender, history: History) -> None:
    ranked = top_k(model.scores(history), model.n_items, excluded=history.items)
    assert set(ranked.tolist()) == set(range(model.n_items)) - set(history.items.tolist())


def test_a_list_is_in_the_order_of_its_scores(model: Recommender, history: History) -> None:
    scores = model.scores(history)
    ranked = top_k(scores, 10)
    assert np.all(np.diff(scores[ranked]) <= 0)
    assert scores[ranked[-1]] >= np.delete(scores, ranked).max()


def test_fold_in_is_the_closed_form_solution(
    model: Recommender, matrix: csr_matrix, history: History
) -> None:
    form = CLOSED_FORMS[model.algorithm]
    assert model.scores(history) == pytest.approx(form(model, history), rel=1e-4, abs=1e-5)
    swapped = History(history.items[::-1], history.strengths[::-1])
    assert model.scores(swapped) == pytest.approx(model.scores(history), rel=1e-4, abs=1e-5)


def test_many_listeners_at_once_are_scored_as_each_alone(
    model: Algorithm, history: History
) -> None:
    other = History(history.items[:2], history.strengths[:2])
    together = model.scores_of_many([history, EMPTY, other])
    assert together.dtype == np.float32
    for row, alone in zip(together, (history, EMPTY, other), strict=True):
        assert row == pytest.approx(model.scores(alone), rel=1e-4, abs=1e-5)
    assert model.scores_of_many([]).shape == (0, model.n_items)


def test_more_to_fit_on_needs_more_memory(model: Algorithm) -> None:
    settings = SMALL[model.algorithm]
    needs = [model.peak_bytes(Extent(n, n, 20 * n), settings) for n in (100, 20_000)]
    assert 0 < needs[0] < needs[1]


def test_scoring_leaves_history_and_model_as_they_were(
    model: Recommender, history: History
) -> None:
    before = {name: array.copy() for name, array in model.arrays().items()}
    items, strengths = history.items.copy(), history.strengths.copy()
    model.scores(history)[:] = 9
    assert np.array_equal(history.items, items)
    assert np.array_equal(history.strengths, strengths)
    assert all(np.array_equal(model.arrays()[name], before[name]) for name in before)


def test_contributions_and_base_sum_to_the_score(model: Recommender, history: History) -> None:
    scores = model.scores(history)
    items = top_k(scores, 10, excluded=history.items)
    told = model.explain_many(history, items)
    assert told.contributions.shape == (len(items), len(history))
    totals = told.bases + told.contributions.sum(axis=1)
    assert totals == pytest.approx(told.scores, rel=1e-5)
    assert totals == pytest.approx(scores[items].astype(np.float64), rel=1e-5)
    for n, item in enumerate(items):
        alone = model.explain_many(history, np.array([item]))
        assert told.contributions[n] == pytest.approx(alone.contributions[0], rel=1e-9, abs=1e-12)


def test_an_empty_history_is_scored_and_explained_by_the_base_alone(model: Recommender) -> None:
    scores = model.scores(EMPTY)
    told = model.explain_many(EMPTY, np.array([4, 5]))
    assert scores.shape == (model.n_items,)
    assert told.bases == pytest.approx(scores[4:6].astype(np.float64))
    assert told.contributions.shape == (2, 0)


def test_a_history_without_evidence_for_is_scored(model: Recommender) -> None:
    against = History(np.array([3], dtype=np.intp), np.array([-1], dtype=np.float32))
    scores = model.scores(against)
    assert np.isfinite(scores).all()
    (told,) = model.explain_many(against, np.array([3])).scores
    assert told == pytest.approx(float(scores[3]), abs=1e-7)


def test_evidence_against_a_track_counts_against_what_is_near_it(
    model: Recommender, history: History
) -> None:
    if model.algorithm == "popularity":  # the same for everybody; see the test below
        return
    turned_down = 8
    assert turned_down not in history.items
    strange = np.setdiff1d(np.arange(model.n_items), [*history.items, turned_down])
    near = strange[np.argmax(model.similar(turned_down)[strange])]
    against = History(
        np.append(history.items, turned_down), np.append(history.strengths, np.float32(-1))
    )
    before, after = model.scores(history), model.scores(against)
    standing = [(scores[near] - scores.mean()) / scores.std() for scores in (before, after)]
    assert standing[1] < standing[0]


def test_who_is_against_a_track_makes_it_no_better(
    model: Recommender, matrix: csr_matrix, history: History
) -> None:
    dense = matrix.toarray()
    track = int(np.setdiff1d(np.arange(model.n_items), history.items)[0])
    dense[:, track] = np.where(dense[:, track] > 0, dense[:, track], -1)
    other = fitted(model.algorithm, csr_matrix(dense))
    assert other.scores(history)[track] <= model.scores(history)[track] + 1e-6


def test_no_track_is_nearer_to_a_track_than_itself(model: Recommender) -> None:
    likeness = model.similar(2)
    assert likeness.shape == (model.n_items,)
    if model.algorithm != "popularity":  # which knows no likeness
        assert likeness[2] == pytest.approx(1.0)
        assert likeness.max() <= 1 + 1e-5


def test_likeness_of_some_tracks_is_what_is_similar_to_each(model: Recommender) -> None:
    items = np.array([2, 17, 5, 29])
    among = model.likeness(items)
    assert among.shape == (4, 4)
    assert among.dtype == np.float32
    if model.algorithm == "popularity":  # which knows no likeness
        assert not among.any()
    elif model.algorithm == "blend":
        total = sum(member.weight for member in members(model))
        parts = [at.weight / total * at.model.likeness(items) for at in members(model)]
        assert among == pytest.approx(np.where(np.eye(4), 1, np.sum(parts, axis=0)), abs=1e-6)
    else:
        expected = np.array([model.similar(int(item))[items] for item in items])
        assert among == pytest.approx(expected, abs=1e-6)


def test_save_and_load_are_bit_exact(model: Recommender, history: History, tmp_path: Path) -> None:
    manifest = json.loads(json.dumps({"settings": model.settings()}))
    checksum = artifacts.save(tmp_path / "model", Artifact(manifest, model.arrays()))
    stored = artifacts.load(tmp_path / "model", checksum)
    again = type(model).from_arrays(stored.arrays, stored.manifest["settings"])
    assert again.settings() == model.settings()
    assert again.scores(history).tobytes() == model.scores(history).tobytes()
    assert again.similar(1).tobytes() == model.similar(1).tobytes()


def test_the_same_seed_gives_the_same_bits(model: Recommender, matrix: csr_matrix) -> None:
    again = fitted(model.algorithm, matrix)
    assert bits(again) == bits(model)


def test_artifacts_hold_no_listener(model: Recommender, matrix: csr_matrix) -> None:
    assert matrix.shape[0] not in {length for a in model.arrays().values() for length in a.shape}


def test_an_unknown_setting_is_refused_by_name(model: Recommender, matrix: csr_matrix) -> None:
    type(model).complete(SMALL[model.algorithm])
    with pytest.raises(InvalidInput, match="colour"):
        type(model).complete({"colour": 1})
    with pytest.raises(InvalidInput, match="colour"):
        type(model).fit(matrix, {"colour": 1}, seed=0, report=lambda _: None)


def test_progress_ends_at_all_of_it(model: Recommender, matrix: csr_matrix) -> None:
    shares: list[float] = []
    type(model).fit(matrix, SMALL[model.algorithm], seed=0, report=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (3, 4)])
@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_a_matrix_without_evidence_gives_scores_without_nan(
    algorithm: str, shape: tuple[int, int]
) -> None:
    model = fitted(algorithm, csr_matrix(shape, dtype=np.float32))
    scores: Floats = model.scores(EMPTY)
    assert scores.shape == (shape[1],)
    assert np.isfinite(scores).all()


def members(model: Recommender) -> tuple[Member, ...]:
    assert isinstance(model, Blend)
    return model.members


def bits(model: Recommender) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in model.arrays().items()}
