"""The demo is worth recommending from: a plain ALS finds what its listeners like."""

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from app.demo import GeneratedDemo, era, generate

LISTENERS = 20
TRACKS_EACH = 10
LEAST_SHARE = 0.1
"""A genre or era is what a listener plays when it makes this part of the plays."""
ALPHA = 5.0

Kinds = NDArray[np.str_]


@dataclass(frozen=True)
class Heard:
    """Play counts (n_listeners, n_tracks), and genre and era of each track, (2, n_tracks)."""

    plays: csr_matrix
    kinds: Kinds

    def fits(self, listener: int, tracks: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Whether each track shares a genre or an era with what the listener plays."""
        row = self.plays[listener]
        shared = [
            np.isin(kind[tracks], played_kinds(kind[row.indices], row.data)) for kind in self.kinds
        ]
        return np.logical_or(*shared)

    def unheard(self, listener: int) -> NDArray[np.intp]:
        return np.setdiff1d(np.arange(self.plays.shape[1]), self.plays[listener].indices)


def played_kinds(kinds: Kinds, plays: NDArray[np.float32]) -> Kinds:
    names, places = np.unique(kinds, return_inverse=True)
    return np.asarray(names[np.bincount(places, plays) >= LEAST_SHARE * plays.sum()])


def heard_in(made: GeneratedDemo) -> Heard:
    with made.tracks_file.open(encoding="utf-8", newline="") as lines:
        tracks = list(csv.DictReader(lines))
    with gzip.open(made.listens_file, "rt", encoding="utf-8", newline="") as lines:
        listens = [(row["user_id"], int(row["track_id"])) for row in csv.DictReader(lines)]
    users = np.unique([user for user, _ in listens], return_inverse=True)[1]
    columns = np.array([track for _, track in listens]) - 1
    plays = csr_matrix((np.ones(len(listens), dtype=np.float32), (users, columns)))
    kinds = np.array([[t["genre"] for t in tracks], [era(int(t["year"])) for t in tracks]])
    return Heard(plays, kinds)


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Heard:
    return heard_in(generate(tmp_path_factory.mktemp("demo")))


@pytest.fixture(scope="module")
def chosen(heard: Heard) -> NDArray[np.intp]:
    """Seeded listeners, positions (20,)."""
    rng = np.random.default_rng(20)
    return np.sort(rng.choice(heard.plays.shape[0], LISTENERS, replace=False))


def als_lists(heard: Heard, chosen: NDArray[np.intp]) -> NDArray[np.intp]:
    """Unheard tracks for each listener, best first, (20, 10)."""
    from implicit.cpu.als import AlternatingLeastSquares

    confidence = heard.plays.copy()
    confidence.data[:] = 1 + ALPHA
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors=64, regularization=10.0, alpha=1.0, iterations=15, random_state=0
        )
        model.fit(confidence, show_progress=False)
        lists, _ = model.recommend(chosen, confidence[chosen], N=TRACKS_EACH)
    return np.asarray(lists)


def random_lists(heard: Heard, chosen: NDArray[np.intp]) -> NDArray[np.intp]:
    rng = np.random.default_rng(10)
    return np.array([rng.choice(heard.unheard(u), TRACKS_EACH, replace=False) for u in chosen])


def share(heard: Heard, chosen: NDArray[np.intp], lists: NDArray[np.intp]) -> float:
    return float(np.mean([heard.fits(u, row) for u, row in zip(chosen, lists, strict=True)]))


def test_als_recommends_what_listeners_like(heard: Heard, chosen: NDArray[np.intp]) -> None:
    lists = als_lists(heard, chosen)
    for listener, row in zip(chosen, lists, strict=True):
        assert set(row) <= set(heard.unheard(listener))
    assert share(heard, chosen, lists) >= 0.9


def test_random_tracks_fit_far_less(heard: Heard, chosen: NDArray[np.intp]) -> None:
    assert share(heard, chosen, random_lists(heard, chosen)) < 0.6


def test_every_seed_makes_listeners_who_can_be_understood(tmp_path: Path) -> None:
    for seed in (1, 2):
        other = heard_in(generate(tmp_path, listeners=1_000, seed=seed))
        listeners = np.arange(LISTENERS)
        assert share(other, listeners, als_lists(other, listeners)) >= 0.85
