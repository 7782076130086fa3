"""Which artists to offer a new listener: known enough to be recognised, and telling."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.ml.recommender import Floats, History
from app.ml.vocabulary import Positions

STARTERS = 120
"""Artists that are worked out; a page shows the first few, and more behind them."""
PICKED_TRACKS = 5
"""An artist who was picked speaks through so many of their tracks, the best known."""
_CANDIDATES = 500
_LISTENERS = 10_000
_FADING = 20.0


def telling_artists(
    matrix: csr_matrix, artist_ids: NDArray[np.int64], count: int = STARTERS, *, seed: int = 0
) -> NDArray[np.int64]:
    """Ids of up to `count` artists, the first ones first. `matrix`: (n_listeners, n_tracks).

    Knowing artist a, whom a share p of the listeners knows, says -ln p about somebody. Artists
    are taken one by one so that Σ √(what those taken say about a listener), over all listeners,
    grows most: the root makes a second hint worth less than a first, so what is taken spreads
    over tastes, and an artist whom nobody knows says nothing to anybody. The sum is monotone and
    submodular, so greed reaches 1 - 1/e of the best: Nemhauser, Wolsey, Fisher, Mathematical
    Programming 14, 1978.
    """
    artists, columns = np.unique(artist_ids, return_inverse=True)
    known = _known(matrix, columns, len(artists), seed)
    heard_by = np.diff(known.indptr)
    candidates = np.argsort(-heard_by, kind="stable")[:_CANDIDATES]
    candidates = candidates[heard_by[candidates] > 0]
    shares = heard_by[candidates] / known.shape[0]
    order = _greedy(known[:, candidates].tocsc(), -np.log(shares), count)
    return np.asarray(artists[candidates[order]], dtype=np.int64)


def tracks_of_picks(
    picks: NDArray[np.int64], artist_ids: NDArray[np.int64], popularity: Floats
) -> Positions:
    """Positions of the best known tracks of each picked artist, artist by artist, (n,)."""
    of_picks = np.flatnonzero(np.isin(artist_ids, picks))
    order = of_picks[np.lexsort((of_picks, -popularity[of_picks]))]
    parts = [order[artist_ids[order] == pick][:PICKED_TRACKS] for pick in picks]
    return np.concatenate([np.zeros(0, np.intp), *parts]).astype(np.intp)


def evidence_of_picks(tracks: Positions, own: History) -> History:
    """What picks say beside a listener's own doings, ever less as there are more of those.

    What the listener did with a track itself says all about it.
    """
    left = tracks[~np.isin(tracks, own.items)]
    strength = _FADING / (_FADING + np.count_nonzero(own.strengths > 0))
    return History(left, np.full(len(left), strength, np.float32))


def nearest_artists(scores: Floats, artist_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ids of the artists by their best track's score, best first, (n_artists,)."""
    artists, columns = np.unique(artist_ids, return_inverse=True)
    best = np.full(len(artists), -np.inf, np.float32)
    np.maximum.at(best, columns, scores)
    return np.asarray(artists[np.argsort(-best, kind="stable")], dtype=np.int64)


def _known(matrix: csr_matrix, columns: Positions, n_artists: int, seed: int) -> csr_matrix:
    """1 where a listener knows an artist, of some listeners; by column, (n, n_artists)."""
    if matrix.shape[0] > _LISTENERS:
        rng = np.random.default_rng(seed)
        matrix = matrix[np.sort(rng.choice(matrix.shape[0], _LISTENERS, replace=False))]
    pairs = matrix.tocoo()
    heard = pairs.data > 0
    shape = (matrix.shape[0], n_artists)
    ones = np.ones(np.count_nonzero(heard), np.float32)
    known = csr_matrix((ones, (pairs.row[heard], columns[pairs.col[heard]])), shape).tocsc()
    known.sum_duplicates()
    known.data[:] = 1
    return known


def _greedy(known: csr_matrix, says: NDArray[np.float64], count: int) -> Positions:
    """Columns in the order that they are taken."""
    owners = np.repeat(np.arange(known.shape[1]), np.diff(known.indptr))
    said = np.zeros(known.shape[0])
    taken: list[int] = []
    left = np.ones(known.shape[1], bool)
    while len(taken) < min(count, known.shape[1]):
        before = said[known.indices]
        gains = np.sqrt(before + says[owners]) - np.sqrt(before)
        worth = np.bincount(owners, gains, known.shape[1])
        best = int(np.argmax(np.where(left, worth, -1.0)))
        taken.append(best)
        left[best] = False
        said[known.indices[known.indptr[best] : known.indptr[best + 1]]] += says[best]
    return np.array(taken, dtype=np.intp)
