"""From the matrix to the model's files, against implicit's own fit, at 10 million listens.

What a training does beyond the library's fit: confidences, the Gram matrix, the files with their
checksums, synced. The least: implicit's fit of the same confidences, with the same settings and
threads. Both in the same run, turn by turn; medians of the seconds. Process start, evaluation and
refit are left out.
"""

import argparse
import shutil
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from app.ml.als import AlsSettings
from app.ml.factor_model import signed_confidence
from app.ml.model_slot import LoadedModel
from app.ml.recipe import Recipe
from app.ml.vocabulary import Vocabulary
from app.ml.weigher import Weigher
from app.ml.weighting import Weighting

LISTENERS, TRACKS, MOST = 100_000, 50_000, 1.3
SEED = 7


def matrix_of(listens: int) -> csr_matrix:
    """Listens of popular tracks rather than others; those of one pair are one value."""
    rng = np.random.default_rng(SEED)
    tracks = np.minimum(rng.pareto(1.0, listens) * 300, TRACKS - 1).astype(np.int64)
    listeners = rng.integers(0, LISTENERS, listens)
    played = csr_matrix(
        (np.ones(listens, dtype=np.float32), (listeners, tracks)), shape=(LISTENERS, TRACKS)
    )
    played.data[:] = 1
    return played


def ours(matrix: csr_matrix, settings: AlsSettings, folder: Path) -> float:
    """Seconds from the matrix to the files."""
    given = {"factors": settings.factors, "iterations": settings.iterations}
    started = perf_counter()
    fitted = Recipe("als", Weighting.BINARY, given).fit(matrix, seed=SEED)
    tracks = Vocabulary(np.arange(TRACKS))
    shares = np.ones(TRACKS, dtype=np.float32)
    model = LoadedModel(1, fitted, Weigher(Weighting.BINARY), tracks, tracks.ids, shares)
    model.save(folder / "model")
    seconds = perf_counter() - started
    shutil.rmtree(folder / "model")
    return seconds


def theirs(matrix: csr_matrix, settings: AlsSettings) -> float:
    """Seconds of implicit's fit alone."""
    from implicit.cpu.als import AlternatingLeastSquares

    confidence = signed_confidence(matrix, settings.alpha)
    with threadpool_limits(1, "blas"):
        model = AlternatingLeastSquares(
            factors=settings.factors,
            regularization=settings.regularization,
            alpha=1.0,
            iterations=settings.iterations,
            random_state=SEED,
            dtype=np.float32,
        )
        started = perf_counter()
        model.fit(confidence, show_progress=False)
    return perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listens", type=int, default=10_000_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--iterations", type=int, default=5)
    chosen, _ = parser.parse_known_args()
    settings = AlsSettings(factors=64, iterations=chosen.iterations)
    matrix = matrix_of(chosen.listens)
    with tempfile.TemporaryDirectory() as folder:
        times = [
            (theirs(matrix, settings), ours(matrix, settings, Path(folder)))
            for _ in range(chosen.turns)
        ]
    least, whole = np.median(times, axis=0)
    print(
        f"{chosen.listens:,} listens, {matrix.nnz:,} pairs, 64 factors, {chosen.iterations} rounds"
    )
    print(f"implicit's fit {least:.1f} s, matrix to files {whole:.1f} s, ratio {whole / least:.2f}")
    print(f"at most {MOST:g}")


if __name__ == "__main__":
    main()
