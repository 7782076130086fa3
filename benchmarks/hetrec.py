"""Quality on artists of 1,892 Last.fm listeners (HetRec 2011), a fifth of the rows held out.

Test rows are `default_rng(seed).random(n_rows) < 0.2` in file order. Everything is tuned and
chosen on the training rows; what a listener heard there is left out of the list; every listener
with a test row counts. NDCG is binary, its ideal cut at min(20, test rows).

Tags take part, but for those that a listener gave to an artist of their own test rows, and on
validation also to one of their own validation rows: `--no-tags` leaves all out.
"""

import argparse
import json
from pathlib import Path
from time import monotonic

import numpy as np

from app.ml.candidate import Features
from app.ml.comparison import Comparison, compare
from app.ml.holdout import Holdout
from app.ml.interactions import Interactions, concatenate
from app.ml.search import Search
from app.ml.search_space import TUNED
from app.ml.vocabulary import Ids

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "hetrec_lastfm_2k"
K = 20
ALGORITHMS = (*TUNED, "blend")
LEAST = 20
"""Artists that a tag must be borne by."""


def split(seed: int) -> tuple[Interactions, Interactions]:
    """Training and test rows."""
    rows = np.loadtxt(FOLDER / "user_artists.dat", skiprows=1)
    held = np.random.default_rng(seed).random(len(rows)) < 0.2
    table = np.zeros((len(rows), 5))
    table[:, :3] = rows
    return concatenate([table[~held]]), concatenate([table[held]])


def tags(test: Interactions) -> Features:
    """Tags that at least LEAST artists bear, each a listener of its own, how often it was given
    for plays: without what a listener said of an artist that is hidden from them.
    """
    rows = np.loadtxt(FOLDER / "user_taggedartists.dat", skiprows=1, usecols=(0, 1, 2))
    listeners, artists, given = rows.astype(np.int64).T

    def features(holdout: Holdout) -> Interactions:
        owners = np.repeat(holdout.listener_ids, np.diff(holdout.targets.starts))
        hidden = [_keys(test.listener_ids, test.track_ids), _keys(owners, holdout.targets.ids)]
        shown = ~np.isin(_keys(listeners, artists), np.concatenate(hidden))
        pairs = np.stack([given[shown], artists[shown]])
        borne, counts = np.unique(pairs, axis=1, return_counts=True)
        _, tag, spread = np.unique(borne[0], return_inverse=True, return_counts=True)
        kept = spread[tag] >= LEAST
        table = np.zeros((int(kept.sum()), 5))
        table[:, 0], table[:, 1], table[:, 2] = -1 - borne[0][kept], borne[1][kept], counts[kept]
        return concatenate([table])

    return features


def _keys(listeners: Ids, artists: Ids) -> Ids:
    """A number for each pair of listener and artist."""
    keys: Ids = listeners * 1_000_000 + artists
    return keys


def show(seed: int, found: Comparison, seconds: float) -> None:
    chosen = found.chosen
    singles = [at for at in found.algorithms if at.name != "blend"]
    best = max(singles, key=lambda at: float(at.ndcg.mean()), default=chosen)
    difference = chosen.ndcg - best.ndcg
    error = difference.std(ddof=1) / np.sqrt(len(difference))
    for at in found.algorithms:
        mark = "  chosen" if at is chosen else ""
        print(
            f"{seed:>4}  {at.name:<11}{at.ndcg.mean():>9.4f}{at.recall.mean():>10.4f}"
            f"{at.fit_seconds:>8.1f}{at.peak_mib:>9.0f}{mark}"
        )
    if found.left_out:
        print(f"{seed:>4}  left out for want of time: {', '.join(found.left_out)}")
    print(f"{seed:>4}  {json.dumps(chosen.candidate.settings())}")
    print(
        f"{seed:>4}  over {best.name}, the best single: {difference.mean():+.4f}"
        f" (standard error {error:.4f}); {seconds:.0f} s in all"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1, 2, 3, 4])
    parser.add_argument("--budget-seconds", type=float, default=600)
    parser.add_argument("--no-tags", action="store_true")
    chosen, _ = parser.parse_known_args()
    if not FOLDER.exists():
        print(f"The data is missing: {FOLDER}. Nothing was measured.")
        return
    print("seed  algorithm    NDCG@20 Recall@20   fit s peak MiB")
    figures = []
    for seed in chosen.seeds:
        started = monotonic()
        train, test = split(seed)
        features = None if chosen.no_tags else tags(test)
        search = Search(chosen.budget_seconds, ALGORITHMS, seed=seed, k=K, features=features)
        found = compare(train, test, search)
        show(seed, found, monotonic() - started)
        figures.append((found.chosen.ndcg.mean(), found.chosen.recall.mean()))
    ndcg, recall = np.mean(figures, axis=0)
    print(f"mean of the automatic choice: NDCG@20 {ndcg:.4f}, Recall@20 {recall:.4f}")


if __name__ == "__main__":
    main()
