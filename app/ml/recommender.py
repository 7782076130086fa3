"""What every algorithm offers, so that serving, evaluation and storage know only this."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.ml.vocabulary import Positions
from app.ml.weighting import Floats

__all__ = [
    "Algorithm",
    "Explanations",
    "Extent",
    "Floats",
    "History",
    "Ranker",
    "Recommender",
    "Report",
    "listener_scores",
]

Report = Callable[[float], None]
"""Called with the share done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class History:
    """One listener's signed strengths by item position; every array is (n,)."""

    items: Positions
    strengths: Floats
    shares: Floats | None = None
    """What each strength is of that of an item for which others stand in; None: nothing does."""

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Explanations:
    """Of some items: score = base + Σ contributions, each in double precision."""

    scores: NDArray[np.float64]
    """(n,)"""
    bases: NDArray[np.float64]
    """(n,)"""
    contributions: NDArray[np.float64]
    """Of each track of the history, in its order, (n, n_history)."""

    @classmethod
    def of(cls, bases: NDArray[np.float64], contributions: NDArray[np.float64]) -> "Explanations":
        return cls(bases + contributions.sum(axis=1), bases, contributions)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is to fit on."""

    n_listeners: int
    n_items: int
    n_values: int
    """Pairs of listener and item with evidence."""
    n_meetings: int = 1 << 62
    """At most so many pairs of items share a listener: Σ n² over listeners with n items."""

    @classmethod
    def of(cls, matrix: csr_matrix) -> "Extent":
        counts = np.diff(matrix.indptr).astype(np.int64)
        return cls(matrix.shape[0], matrix.shape[1], matrix.nnz, int((counts**2).sum()))


class Ranker(Protocol):
    """What serving asks of a model: every item scored for a listener, or near an item."""

    @property
    def n_items(self) -> int: ...

    def scores(self, history: History) -> Floats:
        """Fold the listener in and score every item, (n_items,)."""
        ...

    def similar(self, item: int) -> Floats:
        """How near every item is to one, (n_items,); the item itself included."""
        ...

    def likeness(self, items: Positions) -> Floats:
        """`similar` of each of some items to each, (n, n): row and column in their order."""
        ...

    def explain_many(self, history: History, items: Positions) -> Explanations:
        """The items' scores, each taken apart into what each track of the history gave."""
        ...


class Recommender(Ranker, Protocol):
    """Fitted on a matrix of signed strengths (n_listeners, n_items); keeps no listener."""

    algorithm: ClassVar[str]

    @classmethod
    def complete(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Every setting spelled out. Raises InvalidInput for one unknown or out of its range."""
        ...

    @classmethod
    def fit(
        cls, matrix: csr_matrix, settings: Mapping[str, Any], *, seed: int, report: Report
    ) -> Self:
        """The same matrix, settings and seed give the same arrays, bit for bit.

        Raises InvalidInput for a setting that is unknown or out of its range.
        """
        ...

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that `from_arrays` needs."""
        ...

    def settings(self) -> dict[str, Any]: ...

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], settings: Mapping[str, Any]) -> Self:
        """The recommender that gave these arrays; they may be memory-mapped."""
        ...


class Algorithm(Recommender, Protocol):
    """A recommender that is fitted by name, within bounds."""

    @classmethod
    def peak_bytes(cls, extent: Extent, settings: Mapping[str, Any]) -> int:
        """About the most memory that a fit holds at once, in bytes, the matrix left out.

        Raises InvalidInput for a setting that is unknown or out of its range.
        """
        ...

    def scores_of_many(self, histories: Sequence[History]) -> Floats:
        """`scores` of each listener, (n, n_items); faster, and equal but for rounding."""
        ...


def listener_scores(recommender: Ranker, history: History, popularity: Floats) -> Floats:
    """What a listener's list is ranked by, (n_items,): the recommender's scores, or popularity
    while nothing in the history speaks for a track. Serving and evaluation both ask here.
    """
    if (history.strengths > 0).any():
        return recommender.scores(history)
    return popularity
