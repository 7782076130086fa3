"""Half a step of alternating least squares, each row with a λ of its own.

Takács, Pilászy, Tikk: Applications of the Conjugate Gradient Method for Implicit Feedback
Collaborative Filtering, RecSys 2011.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.ml.factor_model import gram_of
from app.ml.recommender import Floats

STEPS = 3
"""Of the conjugate gradient, from where the last half step ended; more change the lists little."""
CHUNK = 1 << 16
"""Values solved at a time, which bounds memory to a few times CHUNK × factors."""
_SOLVED = 1e-20
"""Square of a residual that is none."""


def half_step(rows: Floats, columns: Floats, confidence: csr_matrix, ridge: Floats) -> None:
    """Bring `rows` (n, f), in place, nearer to argmin Σ |c| (p - xᵀy)² + λ |x|², row by row.

    The sum runs over all `columns` (m, f); `confidence` (n, m) holds sign · c where c is not 1,
    and the sign is that of p, which is 1 or 0. `ridge` (n,) holds each row's λ. The same bits
    whatever the number of threads.
    """
    gram = gram_of(columns).astype(np.float32)
    parts = _parts(confidence.indptr)

    def solve(part: slice) -> None:
        _solve(rows[part], columns, confidence[part], gram, ridge[part])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(solve, parts))


def _parts(starts: NDArray[np.integer]) -> list[slice]:
    """Rows in order, in parts of about CHUNK values and at most CHUNK rows."""
    n = len(starts) - 1
    work = (np.asarray(starts[:-1], dtype=np.int64) + np.arange(n)) // CHUNK
    bounds = [0, *(np.flatnonzero(np.diff(work)) + 1).tolist(), n]
    return [slice(*pair) for pair in pairwise(bounds) if pair[0] < pair[1]]


def _solve(x: Floats, columns: Floats, confidence: csr_matrix, gram: Floats, ridge: Floats) -> None:
    counts = np.diff(confidence.indptr)
    x[counts == 0] = 0
    if not confidence.nnz:
        return
    met = columns[confidence.indices]
    extra = np.abs(confidence.data) - 1
    places = np.arange(confidence.nnz, dtype=np.int32)

    def weighed(weights: Floats) -> Floats:
        """Each row's sum of weight · y, (n, f)."""
        matrix = csr_matrix(
            (weights, places, confidence.indptr), shape=(len(x), confidence.nnz), copy=False
        )
        total: Floats = matrix @ met
        return total

    def system(p: Floats) -> Floats:
        """(YᵀY + Yᵀ(C-I)Y + λI) p."""
        dots = np.einsum("nf,nf->n", met, np.repeat(p, counts, axis=0))
        applied: Floats = p @ gram + ridge[:, None] * p + weighed(extra * dots)
        return applied

    _descend(x, weighed(np.maximum(confidence.data, 0)) - system(x), system)


def _descend(x: Floats, residual: Floats, system: Callable[[Floats], Floats]) -> None:
    """Steps of the conjugate gradient on all rows at once, each with a length of its own."""
    direction = residual.copy()
    size = np.einsum("nf,nf->n", residual, residual)
    for _ in range(STEPS):
        applied = system(direction)
        length = _ratio(size, np.einsum("nf,nf->n", direction, applied))
        x += length[:, None] * direction
        residual -= length[:, None] * applied
        before, size = size, np.einsum("nf,nf->n", residual, residual)
        direction = residual + _ratio(size, before)[:, None] * direction


def _ratio(over: Floats, under: Floats) -> Floats:
    """over / under, 0 where a row is solved already."""
    ratio: Floats = np.divide(over, under, out=np.zeros_like(over), where=under > _SOLVED)
    return ratio
