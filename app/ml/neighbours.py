"""Item neighbours: asymmetric cosine.

Aiolli: Efficient Top-N Recommendation for Very Large Scale Binary Rated Datasets, RecSys 2013;
Sarwar et al.: Item-based Collaborative Filtering Recommendation Algorithms, WWW 2001.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np
from scipy.sparse import csr_matrix, diags_array

from app.ml.item_weights import BLOCK, ItemWeights, Settings, blocks, stacked, strongest
from app.ml.ranges import Range, Ranges
from app.ml.recommender import Extent, Report


class Neighbours(ItemWeights):
    """w(j → i) = xⱼ·xᵢ / (|xⱼ|²ᵃ |xᵢ|²⁽¹⁻ᵃ⁾ + shrinkage), a the asymmetry; 0.5 is the cosine.

    xᵢ holds the strengths of item i's listeners, evidence against left out.
    """

    algorithm: ClassVar[str] = "neighbours"
    ranges: ClassVar[Ranges] = {
        "asymmetry": Range(0.0, 1.0),
        "shrinkage": Range(0.0, 1e6),
        "neighbours": Range(1, 100_000, whole=True),
    }
    defaults: ClassVar[Settings] = {"asymmetry": 0.5, "shrinkage": 10.0, "neighbours": 200}

    @classmethod
    def fit(
        cls, matrix: csr_matrix, settings: Mapping[str, Any], *, seed: int, report: Report
    ) -> Self:
        del seed
        chosen = cls.complete(settings)
        heard = evidence_for(matrix)
        squares = np.asarray(heard.multiply(heard).sum(axis=0)).ravel()
        with np.errstate(divide="ignore"):  # 0 to the power 0 is 1: nobody's item has no product
            sources = squares ** chosen["asymmetry"]
            targets = squares ** (1 - chosen["asymmetry"])
        by_item, rows = heard.T.tocsr(), []
        for block in blocks(matrix.shape[1]):
            both = (by_item[block] @ heard).tocoo()
            both.data /= targets[both.row + block.start] * sources[both.col] + chosen["shrinkage"]
            rows.append(strongest(both, block.start, chosen["neighbours"]))
            report(block.stop / matrix.shape[1])
        report(1.0)
        return cls(stacked(rows, matrix.shape[1]).T.tocsr(), chosen)

    @classmethod
    def peak_bytes(cls, extent: Extent, settings: Mapping[str, Any]) -> int:
        return neighbour_bytes(extent, cls.complete(settings)["neighbours"])


class Rp3beta(ItemWeights):
    """A walk of three steps, item to listener to item, that popularity slows down.

    w(j → i) = Σᵤ (pⱼᵤ pᵤᵢ)^alpha / dᵢ^beta, with p the share of a row's strength and dᵢ the
    strength of item i. Paudel, Christoffel, Newell, Bernstein: Updatable, Accurate, Diverse, and
    Scalable Recommendations for Interactive Applications, ACM TiiS 7(1), 2016.
    """

    algorithm: ClassVar[str] = "rp3beta"
    ranges: ClassVar[Ranges] = {
        "alpha": Range(0.0, 10.0),
        "beta": Range(0.0, 10.0),
        "neighbours": Range(1, 100_000, whole=True),
    }
    defaults: ClassVar[Settings] = {"alpha": 1.0, "beta": 0.3, "neighbours": 500}

    @classmethod
    def fit(
        cls, matrix: csr_matrix, settings: Mapping[str, Any], *, seed: int, report: Report
    ) -> Self:
        del seed
        chosen = cls.complete(settings)
        heard = evidence_for(matrix)
        strength = np.asarray(heard.sum(axis=0)).ravel()
        to_listener = _shares(heard.T.tocsr(), chosen["alpha"])
        to_item = _shares(heard, chosen["alpha"])
        rows = []
        for block in blocks(matrix.shape[1]):
            walked = (to_listener[block] @ to_item).tocoo()
            walked.data /= strength[walked.col] ** chosen["beta"]
            rows.append(strongest(walked, block.start, chosen["neighbours"]))
            report(block.stop / matrix.shape[1])
        report(1.0)
        return cls(stacked(rows, matrix.shape[1]), chosen)

    @classmethod
    def peak_bytes(cls, extent: Extent, settings: Mapping[str, Any]) -> int:
        return neighbour_bytes(extent, cls.complete(settings)["neighbours"])


def evidence_for(matrix: csr_matrix) -> csr_matrix:
    """Strengths above 0 in double precision; the rest is not stored."""
    heard = matrix.astype(np.float64, copy=True)
    heard.data = np.maximum(heard.data, 0)
    heard.eliminate_zeros()
    return heard


def neighbour_bytes(extent: Extent, most: int) -> int:
    """The kept weights, twice while they are turned, and a block of products being sorted."""
    kept = min(extent.n_items * min(most, extent.n_items), extent.n_meetings)
    block = min(BLOCK * extent.n_items, extent.n_meetings)
    return 12 * 3 * kept + 60 * block + 3 * 16 * extent.n_values


def _shares(rows: csr_matrix, power: float) -> csr_matrix:
    """Each value's share of its row's sum, to a power."""
    sums = np.asarray(rows.sum(axis=1)).ravel()
    shares = (diags_array(1 / np.where(sums > 0, sums, 1)) @ rows).tocsr()
    shares.data **= power
    return csr_matrix(shares)
