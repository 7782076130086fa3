"""What a few picked artists are worth: ours against the most popular ones, NDCG@20.

A fifth of the listeners of the sample are new. From the artists offered each picks those they have
played most; what is recommended from the picks is tested on all that they ever played, and,
stricter, on the tracks of other artists alone. The model is fitted on the other listeners.
"""

import argparse
import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from app.ml.cold_start import evidence_of_picks, telling_artists, tracks_of_picks
from app.ml.metrics import ndcg_at_k
from app.ml.ranking import top_k
from app.ml.recipe import Recipe
from app.ml.recommender import Floats, History, Recommender, listener_scores

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "pytune_sample"
OFFERED, PICKED, K, LEAST = 24, 5, 20, 10
NOTHING = History(np.zeros(0, np.intp), np.zeros(0, np.float32))


@dataclass(frozen=True, slots=True)
class Sample:
    plays: csr_matrix
    """(n_listeners, n_tracks)"""
    artists: NDArray[np.int64]
    """Of each track, (n_tracks,)."""


@dataclass(frozen=True, slots=True)
class Trial:
    artists: NDArray[np.int64]
    model: Recommender
    popularity: Floats

    def ndcg(self, listener: csr_matrix, offered: NDArray[np.int64]) -> tuple[float, float, int]:
        """Of one new listener: on everything, on others' tracks, and how many were picked."""
        plays = np.bincount(self.artists[listener.indices], listener.data)
        known = [a for a in offered if a < len(plays) and plays[a] > 0]
        picks = np.array(sorted(known, key=lambda a: -plays[a])[:PICKED], np.int64)
        tracks = tracks_of_picks(picks, self.artists, self.popularity)
        history = evidence_of_picks(tracks, NOTHING)
        scores = listener_scores(self.model, history, self.popularity)
        theirs = np.flatnonzero(np.isin(self.artists, picks))
        relevant = set(listener.indices.tolist())
        others = relevant - set(theirs.tolist())
        whole = ndcg_at_k(top_k(scores, K).tolist(), relevant, K)
        best = top_k(scores, K, excluded=theirs).tolist()
        return whole, ndcg_at_k(best, others, K) if others else np.nan, len(picks)


def read() -> Sample:
    with (FOLDER / "tracks.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    place = {row["track_id"]: n for n, row in enumerate(rows)}
    artists = np.unique([row["artist"] for row in rows], return_inverse=True)[1]
    with gzip.open(FOLDER / "listens.csv.gz", "rt", encoding="utf-8") as listens:
        pairs = [(row["user_id"], place[row["track_id"]]) for row in csv.DictReader(listens)]
    listeners = np.unique([user for user, _ in pairs], return_inverse=True)[1]
    tracks = [track for _, track in pairs]
    plays = csr_matrix((np.ones(len(pairs)), (listeners, tracks)))
    plays.resize((plays.shape[0], len(rows)))
    plays.sum_duplicates()
    return Sample(plays, artists.astype(np.int64))


def show(trial: Trial, offers: dict[str, NDArray[np.int64]], new: list[csr_matrix]) -> None:
    print(f"{'offered':<14}{'NDCG@20':>9}{'± s.e.':>8}{'others':>9}{'picked':>8}  ratio")
    base = np.nan
    for name, offered in offers.items():
        found = np.array([trial.ndcg(user, offered) for user in new])
        whole, others, picked = np.nanmean(found, axis=0)
        error = found[:, 0].std(ddof=1) / np.sqrt(len(found))
        base = whole if name == "most popular" else base
        figures = f"{whole:>9.4f}{error:>8.4f}{others:>9.4f}{picked:>8.2f}{whole / base:>7.3f}"
        print(f"{name:<14}{figures}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--new", type=int, default=200, help="new listeners that are tested")
    chosen, _ = parser.parse_known_args()
    if not FOLDER.exists():
        print(f"The data is missing: {FOLDER}. Nothing was measured.")
        return
    sample = read()
    order = np.random.default_rng(0).permutation(sample.plays.shape[0])
    cut = len(order) // 5
    old = sample.plays[order[cut:]].sign().astype(np.float32)
    popularity = np.asarray(old.mean(axis=0)).ravel().astype(np.float32)
    trial = Trial(sample.artists, Recipe().fit(old, seed=0), popularity)
    known = old @ csr_matrix((np.ones(len(sample.artists)), (range(old.shape[1]), sample.artists)))
    popular = np.argsort(-np.asarray((known > 0).sum(axis=0)).ravel(), kind="stable")
    offers = {
        "none": popular[:0],
        "most popular": popular[:OFFERED],
        "telling": telling_artists(old, sample.artists)[:OFFERED],
    }
    new = [sample.plays[user] for user in order[:cut] if sample.plays[user].nnz >= LEAST]
    with threadpool_limits(1, "blas"):
        show(trial, offers, new[: chosen.new])


if __name__ == "__main__":
    main()
