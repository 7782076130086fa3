"""EASE: each item from all others by ridge regression, in closed form.

Steck: Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.ml.item_weights import (
    BLOCK,
    ItemWeights,
    Settings,
    blocks,
    stacked,
    strongest_of_dense,
)
from app.ml.ranges import Range, Ranges
from app.ml.recommender import Extent, Floats, Report
from app.ml.vocabulary import Positions


class Ease(ItemWeights):
    """argmin |X - XB|² + λ|B|² with a zero diagonal; Steck, eq. 8: Bⱼᵢ = -Pⱼᵢ / Pᵢᵢ.

    P = (XᵀX + λI)⁻¹ is (n_items, n_items). With no more listeners than `core` its inverse is
    taken on their side, which is exact for any number of items (Woodbury). Else only the `core`
    most heard items are regressed on each other, and every other item on those.
    """

    algorithm: ClassVar[str] = "ease"
    ranges: ClassVar[Ranges] = {
        "regularization": Range(1e-3, 1e9),
        "neighbours": Range(1, 100_000, whole=True),
        "core": Range(1, 100_000, whole=True),
    }
    defaults: ClassVar[Settings] = {"regularization": 100.0, "neighbours": 500, "core": 4000}

    @classmethod
    def fit(
        cls, matrix: csr_matrix, settings: Mapping[str, Any], *, seed: int, report: Report
    ) -> Self:
        del seed
        chosen = cls.complete(settings)
        solve = _by_listeners if _few_listeners(Extent.of(matrix), chosen) else _by_items
        rows = []
        done = 0
        for block, columns in solve(matrix.astype(np.float32), chosen):
            kept = strongest_of_dense(block, chosen["neighbours"]).tocoo()
            places = (kept.data, (kept.row, columns[kept.col]))
            rows.append(csr_matrix(places, shape=(len(block), matrix.shape[1])))
            done += len(block)
            report(done / matrix.shape[1])
        report(1.0)
        return cls(stacked(rows, matrix.shape[1]).T.tocsr(), chosen)

    @classmethod
    def peak_bytes(cls, extent: Extent, settings: Mapping[str, Any]) -> int:
        """The inverse, what is multiplied by it, a block, and the kept weights turned."""
        chosen = cls.complete(settings)
        core = min(int(chosen["core"]), extent.n_items)
        kept = 12 * 3 * extent.n_items * min(int(chosen["neighbours"]), extent.n_items)
        block = 24 * BLOCK * extent.n_items
        if _few_listeners(extent, chosen):
            dense = 32 * extent.n_listeners**2 + 8 * extent.n_listeners * extent.n_items
        else:
            dense = 32 * core**2
        return dense + block + kept + 12 * 3 * extent.n_values


def _few_listeners(extent: Extent, chosen: Mapping[str, Any]) -> bool:
    return extent.n_listeners <= min(int(chosen["core"]), extent.n_items)


def _by_listeners(
    matrix: csr_matrix, chosen: Mapping[str, Any]
) -> Iterator[tuple[Floats, Positions]]:
    """Bᵀ a block of targets at a time, and what its columns are: here all items.

    Bⱼᵢ = (XᵀAX)ⱼᵢ / (1 - (XᵀAX)ᵢᵢ), A = (XXᵀ + λI)⁻¹ of (n_listeners, n_listeners).
    """
    inverse = _inverse((matrix @ matrix.T).toarray(), chosen["regularization"])
    by_item = matrix.T.tocsr()
    projected: Floats = by_item @ inverse.astype(np.float32)
    own = np.asarray(by_item.multiply(projected).sum(axis=1)).ravel()
    for block in blocks(matrix.shape[1]):
        rows = np.ascontiguousarray((by_item @ projected[block].T).T)
        rows /= np.maximum(1 - own[block], np.float32(1e-6))[:, None]
        rows[np.arange(len(rows)), np.arange(block.start, block.stop)] = 0
        yield rows, np.arange(matrix.shape[1])


def _by_items(matrix: csr_matrix, chosen: Mapping[str, Any]) -> Iterator[tuple[Floats, Positions]]:
    """Bᵀ a block of targets at a time, its columns the `core` most heard items only."""
    n_items = matrix.shape[1]
    heard = np.bincount(matrix.indices, minlength=n_items)
    core = np.sort(np.argsort(-heard, kind="stable")[: chosen["core"]])
    inside = matrix[:, core]
    inverse = _inverse((inside.T @ inside).toarray(), chosen["regularization"])
    place = np.full(n_items, -1)
    place[core] = np.arange(len(core))
    single, by_item = inverse.astype(np.float32), matrix.T.tocsr()
    for block in blocks(n_items):
        rows: Floats = (by_item[block] @ inside).toarray() @ single
        at = place[block]
        among = np.flatnonzero(at >= 0)
        own = inverse[at[among], at[among]][:, None]
        rows[among] = -inverse[at[among]] / own
        rows[among, at[among]] = 0
        yield rows, core


def _inverse(gram: Floats, ridge: float) -> NDArray[np.float64]:
    """(G + λI)⁻¹ in double precision."""
    system = gram.astype(np.float64)
    system[np.diag_indices_from(system)] += ridge
    # Unlike scipy's solvers it lets other threads run meanwhile: the training has to say it lives.
    return np.asarray(np.linalg.inv(system), np.float64)
