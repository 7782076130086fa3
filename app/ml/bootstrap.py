"""How sure a mean over listeners is: the percentile bootstrap."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

_CELLS = 1 << 21
"""Resamples × listeners drawn at a time: 16 MiB."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over listeners, and between which bounds it would lie for other listeners alike.

    NaN where nothing is known: the mean of none, the bounds of fewer than two.
    """

    mean: float
    low: float = nan
    high: float = nan

    def as_json(self) -> dict[str, float | None]:
        return {"mean": finite(self.mean), "low": finite(self.low), "high": finite(self.high)}


def finite(value: float) -> float | None:
    """The value as JSON can hold it: None for NaN and the infinities."""
    return float(value) if isfinite(value) else None


def mean_intervals(
    columns: Mapping[str, NDArray[np.float64]],
    *,
    seed: int,
    resamples: int = 2000,
    level: float = 0.95,
) -> dict[str, Interval]:
    """The mean of each column, (n,) over listeners, with its two-sided interval.

    n listeners are drawn with replacement, the same for every column, `resamples` times; the
    bounds are the (1 ∓ level) / 2 quantiles of the means drawn. NaN leaves a listener out of a
    column. To compare in pairs, give differences. The same seed gives the same intervals.
    Efron, Tibshirani: An Introduction to the Bootstrap, 1993, section 13.3.
    """
    if not columns:
        return {}
    values = np.column_stack(list(columns.values()))
    measured = ~np.isnan(values)
    filled = np.where(measured, values, 0.0)
    with threadpool_limits(1, "blas"):  # more would round differently
        drawn = [
            _means(times @ filled, times @ measured)
            for times in _times(len(values), resamples, seed)
        ]
    counts = measured.sum(axis=0)
    bounds = _bounds(np.concatenate(drawn), level)
    bounds[:, counts == 1] = nan  # one listener shows no spread
    of_each = np.vstack([_means(filled.sum(axis=0), counts), bounds]).T.tolist()
    return {name: Interval(*three) for name, three in zip(columns, of_each, strict=True)}


def _times(n: int, resamples: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """How often each listener is drawn in each resample, (some resamples, n), block by block."""
    generator = np.random.default_rng(seed)
    step = max(1, _CELLS // max(n, 1))
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        drawn = generator.integers(0, max(n, 1), (size, n)) + n * np.arange(size)[:, None]
        yield np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(np.float64)


def _means(sums: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    means: NDArray[np.float64] = np.full(sums.shape, nan)
    return np.divide(sums, counts, out=means, where=counts > 0)


def _bounds(drawn: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Low and high of each column, (2, m); means drawn of nobody are left out."""
    tails = [(1 - level) / 2, (1 + level) / 2]
    known = [column[~np.isnan(column)] for column in drawn.T]
    return np.array([np.quantile(c, tails) if len(c) else [nan, nan] for c in known]).T
