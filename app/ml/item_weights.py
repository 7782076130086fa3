"""What item-to-item models have in common: sparse weights from what was heard to all items."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from app.ml.ranges import Ranges, check
from app.ml.recommender import Explanations, Floats, History
from app.ml.vocabulary import Positions

BLOCK = 512
"""Target items whose weights are made at a time: memory grows with BLOCK × items."""
Settings = Mapping[str, Any]


@dataclass(frozen=True)
class ItemWeights:
    """Weights B (n_items, n_items): row heard, column target, zero on the diagonal.

    A listener's scores are strengths · B, so evidence against an item counts against what is
    near it. Only the strongest weights are kept: of each target, or of each heard item.
    """

    algorithm: ClassVar[str]
    ranges: ClassVar[Ranges]
    defaults: ClassVar[Settings]

    weights: csr_matrix
    chosen: Settings

    @classmethod
    def complete(cls, settings: Settings) -> dict[str, Any]:
        check(cls.algorithm, settings, cls.ranges)
        return {**cls.defaults, **settings}

    @property
    def n_items(self) -> int:
        return int(self.weights.shape[1])

    def scores(self, history: History) -> Floats:
        rows = self.weights[history.items]
        values = rows.data * np.repeat(history.strengths, np.diff(rows.indptr))
        return np.bincount(rows.indices, values, self.n_items).astype(np.float32)

    def scores_of_many(self, histories: Sequence[History]) -> Floats:
        items, strengths = np.zeros(0, np.intp), np.zeros(0, np.float32)
        starts = np.cumsum([0, *map(len, histories)])
        items = np.concatenate([items, *(history.items for history in histories)])
        strengths = np.concatenate([strengths, *(history.strengths for history in histories)])
        shape = (len(histories), self.n_items)
        items = items.astype(self.weights.indices.dtype)  # else all weights' would be copied
        scores: Floats = (csr_matrix((strengths, items, starts), shape) @ self.weights).toarray()
        return scores

    def similar(self, item: int) -> Floats:
        """Weights as shares of the strongest, (n_items,); 1 for the item itself."""
        likeness: Floats = self.weights[item].toarray().ravel()
        strongest = likeness.max(initial=0)
        if strongest > 0:
            likeness /= strongest
        likeness[item] = 1
        return likeness

    def likeness(self, items: Positions) -> Floats:
        rows = self.weights[items]
        strongest = np.maximum(rows.max(axis=1).toarray(), 0)
        likeness: Floats = rows[:, items].toarray() / np.where(strongest > 0, strongest, 1)
        np.fill_diagonal(likeness, 1)
        return likeness

    def explain_many(self, history: History, items: Positions) -> Explanations:
        """strength · weight of each heard item; there is no base term."""
        columns = self.weights[history.items][:, items].toarray().astype(np.float64)
        return Explanations.of(np.zeros(len(items)), (columns * history.strengths[:, None]).T)

    def arrays(self) -> dict[str, NDArray[Any]]:
        weights = self.weights
        return {"data": weights.data, "indices": weights.indices, "indptr": weights.indptr}

    def settings(self) -> dict[str, Any]:
        return dict(self.chosen)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], settings: Settings) -> Self:
        parts = tuple(np.asarray(arrays[name]) for name in ("data", "indices", "indptr"))
        n_items = len(parts[2]) - 1
        return cls(csr_matrix(parts, shape=(n_items, n_items)), cls.complete(settings))


def blocks(n_items: int) -> list[slice]:
    """All items, BLOCK at a time."""
    return [slice(at, min(at + BLOCK, n_items)) for at in range(0, n_items, BLOCK)]


def stacked(rows: Iterable[csr_matrix], n_items: int) -> csr_matrix:
    """Blocks of rows, in order, as one matrix (n_items, n_items)."""
    empty = csr_matrix((0, n_items), dtype=np.float32)
    return csr_matrix(vstack([empty, *rows], format="csr", dtype=np.float32))


def strongest(rows: csr_matrix, first: int, most: int) -> csr_matrix:
    """At most so many weights a row, the greatest by magnitude, ties by position.

    Rows are the items from position `first` on; an item's own weight is left out.
    """
    rows = rows.tocoo()
    kept = (rows.col != rows.row + first) & (rows.data != 0)
    row, col, data = rows.row[kept], rows.col[kept], rows.data[kept]
    order = np.lexsort((col, -np.abs(data), row))
    row, col, data = row[order], col[order], data[order]
    place = np.arange(len(row)) - np.searchsorted(row, row)
    kept = place < most
    return csr_matrix((data[kept], (row[kept], col[kept])), shape=rows.shape, dtype=np.float32)


def strongest_of_dense(rows: Floats, most: int) -> csr_matrix:
    """At most so many weights a row, the greatest by magnitude."""
    if most >= rows.shape[1]:
        return csr_matrix(rows)
    places = np.argpartition(np.abs(rows), rows.shape[1] - most, axis=1)[:, -most:]
    values = np.take_along_axis(rows, places, axis=1)
    starts = np.arange(len(rows) + 1) * most
    block = csr_matrix((values.ravel(), places.ravel(), starts), shape=rows.shape)
    block.eliminate_zeros()
    return block
