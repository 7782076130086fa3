import json
from math import isnan, nan, sqrt

import numpy as np
import pytest

from app.ml import bootstrap
from app.ml.bootstrap import Interval, mean_intervals


def normal(n: int, seed: int = 0) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.random.default_rng(seed).normal(5, 2, n)


def test_the_mean_is_that_of_the_column() -> None:
    found = mean_intervals({"a": np.array([1.0, 2, 6]), "b": np.array([0.0, 0, 0])}, seed=0)
    assert found["a"].mean == 3
    assert found["b"] == Interval(0, 0, 0)


def test_bounds_are_about_two_standard_errors_away() -> None:
    values = normal(1000)
    interval = mean_intervals({"a": values}, seed=1)["a"]
    error = values.std() / sqrt(1000)
    assert interval.mean - interval.low == pytest.approx(1.96 * error, rel=0.1)
    assert interval.high - interval.mean == pytest.approx(1.96 * error, rel=0.1)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    found = [mean_intervals({"a": normal(80, seed)}, seed=0, resamples=400) for seed in range(200)]
    held = sum(interval["a"].low <= 5 <= interval["a"].high for interval in found)
    assert 0.90 * 200 <= held <= 0.99 * 200


def test_a_higher_level_is_wider() -> None:
    columns = {"a": normal(50)}
    half, most = (mean_intervals(columns, seed=0, level=level)["a"] for level in (0.5, 0.99))
    assert most.low < half.low < half.mean < half.high < most.high


def test_two_values_are_bounded_by_themselves() -> None:
    assert mean_intervals({"a": np.array([0.0, 1.0])}, seed=0)["a"] == Interval(0.5, 0, 1)


def test_listeners_without_a_value_are_left_out() -> None:
    with_gaps = np.array([1.0, nan, 3.0, nan])
    interval = mean_intervals({"a": with_gaps}, seed=0)["a"]
    assert interval == Interval(2, 1, 3)


@pytest.mark.parametrize("values", [[], [nan], [nan, nan]])
def test_nobody_has_neither_mean_nor_bounds(values: list[float]) -> None:
    interval = mean_intervals({"a": np.array(values)}, seed=0)["a"]
    assert isnan(interval.mean)
    assert isnan(interval.low)
    assert json.dumps(interval.as_json()) == '{"mean": null, "low": null, "high": null}'


def test_one_listener_shows_no_spread() -> None:
    interval = mean_intervals({"a": np.array([4.0, nan])}, seed=0)["a"]
    assert interval.mean == 4
    assert isnan(interval.low)
    assert isnan(interval.high)


def test_columns_share_their_resamples() -> None:
    values = normal(30)
    found = mean_intervals({"a": values, "b": 2 * values + 1}, seed=3)
    assert found["b"].low == pytest.approx(2 * found["a"].low + 1)


def test_the_same_seed_gives_the_same_interval() -> None:
    columns = {"a": normal(30)}
    one, same, other = (mean_intervals(columns, seed=seed)["a"] for seed in (1, 1, 2))
    assert one == same
    assert one.low != other.low


def test_drawing_in_blocks_changes_no_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = {"a": normal(30)}
    whole = mean_intervals(columns, seed=1, resamples=100)["a"]
    monkeypatch.setattr(bootstrap, "_CELLS", 7 * 30)
    blocks = mean_intervals(columns, seed=1, resamples=100)["a"]
    assert (blocks.low, blocks.high) == pytest.approx((whole.low, whole.high))


def test_no_columns_have_no_intervals() -> None:
    assert mean_intervals({}, seed=0) == {}
