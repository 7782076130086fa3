import numpy as np
import pytest
from scipy.sparse import csr_matrix

from app.errors import InvalidInput
from app.ml import conjugate
from app.ml.conjugate import half_step
from app.ml.factor_model import signed_confidence
from app.ml.ials import Ials, IalsSettings
from app.ml.recommender import Floats


def exact(columns: Floats, confidence: csr_matrix, ridge: Floats) -> Floats:
    """Each row's ridge regression over all columns, solved densely."""
    rows = []
    for row, strength in zip(confidence.toarray(), ridge, strict=True):
        weight = np.where(row != 0, np.abs(row), 1.0)
        system = (columns.T * weight) @ columns + strength * np.eye(columns.shape[1])
        rows.append(np.linalg.solve(system, columns.T @ np.maximum(row, 0)))
    return np.array(rows, dtype=np.float32)


@pytest.mark.parametrize("chunk", [1 << 16, 50])
def test_half_steps_come_to_the_exact_solution_in_parts_or_at_once(
    matrix: csr_matrix, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conjugate, "CHUNK", chunk)
    generator = np.random.default_rng(2)
    columns = generator.standard_normal((matrix.shape[1], 5)).astype(np.float32)
    ridge = np.linspace(0.5, 20, matrix.shape[0]).astype(np.float32)
    confidence = signed_confidence(matrix, 3)
    rows = np.zeros((matrix.shape[0], 5), dtype=np.float32)
    for _ in range(10):
        half_step(rows, columns, confidence, ridge)
    assert rows == pytest.approx(exact(columns, confidence, ridge), rel=1e-3, abs=1e-4)


def test_a_row_without_values_is_zero() -> None:
    rows = np.ones((2, 3), dtype=np.float32)
    columns = np.ones((4, 3), dtype=np.float32)
    half_step(rows, columns, csr_matrix((2, 4), dtype=np.float32), np.ones(2, dtype=np.float32))
    assert not rows.any()


def test_lambda_grows_with_catalogue_and_history(matrix: csr_matrix) -> None:
    settings = {"factors": 3, "regularization": 0.5, "alpha": 2.0, "iterations": 1}
    linear = Ials.fit(matrix, settings, seed=0, report=lambda _: None)
    assert linear.ridge(5) == pytest.approx(0.5 * (30 + 2 * 5))
    root = Ials.fit(matrix, {**settings, "exponent": 0.5}, seed=0, report=lambda _: None)
    assert root.ridge(3) == pytest.approx(0.5 * 6)


def test_fitting_lowers_the_loss_that_the_paper_minimises(matrix: csr_matrix) -> None:
    """Σ c (p - xᵀy)² + λᵤ|x|² + λᵢ|y|², listeners folded in."""
    losses = []
    for iterations in (1, 3, 12):
        settings = {"factors": 4, "regularization": 0.05, "iterations": iterations}
        model = Ials.fit(matrix, settings, seed=1, report=lambda _: None)
        confidence = signed_confidence(matrix, model.alpha).toarray()
        weight = np.where(confidence != 0, np.abs(confidence), 1)
        ridge = np.array([model.ridge(n) for n in np.diff(matrix.indptr)], dtype=np.float32)
        x = exact(model.item_factors, csr_matrix(confidence), ridge)
        y = model.item_factors
        item_ridge = 0.05 * (40 + model.alpha * np.diff(matrix.tocsc().indptr))
        error = (weight * ((confidence > 0) - x @ y.T) ** 2).sum()
        losses.append(error + ridge @ (x**2).sum(axis=1) + item_ridge @ (y**2).sum(axis=1))
    assert losses[0] > losses[1] > losses[2]


@pytest.mark.parametrize(
    ("name", "value"), [("exponent", 3.0), ("factors", 0), ("regularization", 0)]
)
def test_a_setting_out_of_its_range_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(InvalidInput, match=name):
        IalsSettings.of({name: value})
