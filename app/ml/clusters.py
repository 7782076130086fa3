"""Groups of items that are near one another."""

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from app.ml.weighting import Floats


def clusters(similarities: Floats, most: int) -> list[NDArray[np.intp]]:
    """At most that many groups of rows of `similarities` (n, n), the largest first.

    Average linkage (Sokal and Michener 1958) on 1 - s, where s are the similarities made symmetric
    and scaled to at most 1; each group holds its rows in order.
    """
    n = len(similarities)
    if n <= 1:
        return [np.arange(n)] if n else []
    both: NDArray[np.float64] = (similarities + similarities.T).astype(np.float64)
    np.fill_diagonal(both, 0.0)
    nearest = float(np.max(both)) or 1.0
    distances = 1.0 - both / nearest
    np.fill_diagonal(distances, 0.0)
    labels = fcluster(linkage(squareform(distances, checks=False), "average"), most, "maxclust")
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    return sorted(groups, key=lambda group: (-len(group), group[0]))
