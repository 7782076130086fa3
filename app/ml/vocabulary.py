"""Ids and their positions in a matrix."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ids = NDArray[np.int64]
Positions = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Sorted distinct ids; the position of an id is its place among them."""

    ids: Ids

    @classmethod
    def of(cls, ids: ArrayLike) -> Self:
        return cls(np.unique(np.asarray(ids, dtype=np.int64)))

    def __len__(self) -> int:
        return len(self.ids)

    def positions(self, ids: ArrayLike) -> Positions:
        """Position of each id, (n,); -1 where an id is unknown."""
        wanted = np.asarray(ids, dtype=np.int64)
        if not len(self.ids):
            return np.full(wanted.shape, -1, dtype=np.intp)
        found = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        return np.where(self.ids[found] == wanted, found, -1)

    def known(self, ids: ArrayLike) -> Positions:
        """Positions of the known ids among `ids`, unknown ones left out."""
        positions = self.positions(ids)
        return positions[positions >= 0]
