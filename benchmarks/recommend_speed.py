"""Time of one list of 20 against the least that exact ranking takes.

One recommendation: fold-in of a 200-track history, scores of all tracks, exclusion of what was
heard, at most 2 tracks by one artist, the best 20. The least: the product of the item factors
with a vector, and argpartition. Both in the same run, turn by turn, on one thread;
medians of the processor's time, so that what else runs on the machine counts little.
"""

from collections.abc import Callable
from time import thread_time

import numpy as np
from threadpoolctl import threadpool_limits

from app.ml.als import Als, AlsSettings, gram_of
from app.ml.ranking import top_k
from app.ml.recommender import History

FACTORS, HEARD, FIRST, CAP = 128, 200, 20, 2
SIZES = {36_000: 200, 1_000_000: 20}
"""Tracks, and turns."""
MOST = 3.0


def measure(tracks: int, turns: int) -> tuple[float, float]:
    """Milliseconds of one recommendation, and of the bare product with argpartition."""
    generator = np.random.default_rng(7)
    factors = generator.standard_normal((tracks, FACTORS), dtype=np.float32)
    factors *= np.float32(0.1)
    model = Als(factors, gram_of(factors), AlsSettings(factors=FACTORS))
    artists = generator.integers(0, tracks // 6, tracks)
    items = generator.choice(tracks, HEARD, replace=False)
    history = History(items, np.ones(HEARD, dtype=np.float32))
    vector = model.fold_in(history).astype(np.float32)

    def recommend() -> None:
        scores = model.scores(history)
        top_k(scores, FIRST, excluded=items, groups=artists, max_per_group=CAP)

    def bare() -> None:
        np.argpartition(factors @ vector, tracks - FIRST)

    times = [(_milliseconds(recommend), _milliseconds(bare)) for _ in range(turns)]
    whole, least = np.median(times, axis=0)
    return float(whole), float(least)


def _milliseconds(act: Callable[[], None]) -> float:
    started = thread_time()
    act()
    return 1000 * (thread_time() - started)


def main() -> None:
    print(f"{'tracks':>9} {'one list ms':>12} {'least ms':>9} {'ratio':>6}  at most {MOST:g}")
    with threadpool_limits(1, "blas"):
        for tracks, turns in SIZES.items():
            whole, least = measure(tracks, turns)
            print(f"{tracks:>9} {whole:>12.2f} {least:>9.2f} {whole / least:>6.2f}")


if __name__ == "__main__":
    main()
