"""NDCG and recall of many listeners' lists, quickly: for tuning and benchmarks."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from app.ml import metrics
from app.ml.holdout import Holdout
from app.ml.interactions import fallback_of, history_of
from app.ml.ranking import top_k
from app.ml.recommender import Algorithm, Floats, History
from app.ml.vocabulary import Positions
from app.ml.weigher import Weigher
from app.ml.weighting import presence

_SCORES_AT_ONCE = 1 << 23
"""Listeners × items whose scores a thread holds at a time: 32 MiB."""
_LISTENERS_AT_ONCE = 128


@dataclass(frozen=True, slots=True)
class Panel:
    """Tested listeners, ready to be served: what is heard, what is left out, what is hoped for."""

    histories: Sequence[History]
    excluded: Sequence[Positions]
    targets: Sequence[frozenset[int]]
    """Positions; a target that the training part does not know is a negative number."""
    popularity: Floats
    """Of each track, (n_tracks,): for who has nothing that speaks for a track."""

    @classmethod
    def of(cls, holdout: Holdout, weigher: Weigher) -> Self:
        histories, excluded, targets = [], [], []
        tracks, as_of = holdout.tracks, holdout.as_of
        for n in range(len(holdout)):
            past = holdout.past(n)
            histories.append(history_of(past.track_ids, past.doings, tracks, weigher, as_of=as_of))
            positions = tracks.positions(past.track_ids)
            excluded.append(positions[past.doings.heard | past.doings.disliked])
            wanted = tracks.positions(holdout.targets[n])
            unknown = np.flatnonzero(wanted < 0)
            wanted[unknown] = -1 - unknown
            targets.append(frozenset(wanted.tolist()))
        popular = fallback_of(holdout.train, tracks, weigher.half_life_days, as_of=as_of)
        return cls(histories, excluded, targets, popular)

    def __len__(self) -> int:
        return len(self.histories)

    def signs(self) -> Self:
        """As members see it that take only the signs of strengths."""
        seen = [History(each.items, presence(each.strengths)) for each in self.histories]
        return replace(self, histories=seen)

    def scores(self, model: Algorithm) -> Iterator[tuple[int, Floats]]:
        """Listener by listener, the scores that serving would rank by."""
        for block in self._blocks(model):
            with threadpool_limits(1, "blas"):  # systems are small: more threads only wait
                rows = model.scores_of_many(self.histories[block])
            for n, row in enumerate(rows, block.start):
                speaks = (self.histories[n].strengths > 0).any()
                yield n, row if speaks else self.popularity

    def measure(self, model: Algorithm, k: int) -> NDArray[np.float64]:
        """NDCG@k and recall@k of each listener, (2, n); the same on any number of threads."""
        found = np.zeros((2, len(self)))

        def fill(block: slice) -> None:
            for at, scores in self.part(block).scores(model):
                n = block.start + at
                listed = top_k(scores, k, excluded=self.excluded[n]).tolist()
                found[0, n] = metrics.ndcg_at_k(listed, self.targets[n], k)
                found[1, n] = metrics.recall_at_k(listed, self.targets[n], k)

        with threadpool_limits(1, "blas"), ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(fill, self._blocks(model)))
        return found

    def _blocks(self, model: Algorithm) -> list[slice]:
        """All listeners, some at a time: what is held grows with neither them nor the items."""
        step = max(1, min(_LISTENERS_AT_ONCE, _SCORES_AT_ONCE // max(model.n_items, 1)))
        return [slice(at, min(at + step, len(self))) for at in range(0, len(self), step)]

    def part(self, rows: slice) -> Self:
        """Some of the listeners."""
        return type(self)(
            self.histories[rows], self.excluded[rows], self.targets[rows], self.popularity
        )
