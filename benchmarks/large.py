"""`pytune benchmark` on as much as it must cope with: 70,000 listeners, 40,000 items, a million
rows, made up. What is reported is what the command takes, against its budget, and its memory.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic

import numpy as np
from numpy.typing import NDArray

TASTES = 200
LOYAL = 0.7
"""Share of the rows that follow the listener's taste; the rest goes by fame alone."""
TEST = 0.2


def made_up(listeners: int, items: int, rows: int, seed: int = 0) -> NDArray[np.int64]:
    """Distinct pairs of listener and item, (about `rows`, 2): each listener and item has a taste,
    and within a taste some items are far better known than others.
    """
    generator = np.random.default_rng(seed)
    taste = generator.integers(0, TASTES, listeners)
    many = 2 + generator.geometric(1 / max(1.09 * rows / listeners - 2, 1), listeners)
    who = np.repeat(np.arange(listeners), many)
    unknown = generator.random(len(who))  # 0 for the best known
    anywhere = (items * unknown**3).astype(np.int64)
    near = (items // TASTES * unknown**2).astype(np.int64) * TASTES + taste[who]
    loyal = (generator.random(len(who)) < LOYAL) & (near < items)
    return np.unique(np.stack([who, np.where(loyal, near, anywhere)], axis=1), axis=0)


def write(pairs: NDArray[np.int64], folder: Path, seed: int = 0) -> tuple[Path, Path]:
    """A fifth of the rows to test on, the rest to train on, as triplets."""
    held = np.random.default_rng(seed).random(len(pairs)) < TEST
    paths = folder / "train.tsv", folder / "test.tsv"
    for path, kept in zip(paths, (~held, held), strict=True):
        np.savetxt(path, np.column_stack([pairs[kept], np.ones(kept.sum(), int)]), "%d", "\t")
    return paths


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=70_000)
    parser.add_argument("--items", type=int, default=40_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--budget-seconds", type=float, default=900)
    parser.add_argument("--algorithms", default="auto")
    chosen, _ = parser.parse_known_args(arguments)
    pairs = made_up(chosen.listeners, chosen.items, chosen.rows)
    print(f"{len(np.unique(pairs[:, 0]))} listeners, {len(np.unique(pairs[:, 1]))} items,", end=" ")
    print(f"{len(pairs)} rows")
    with tempfile.TemporaryDirectory() as folder:
        train, test = write(pairs, Path(folder))
        figures = Path(folder) / "figures.json"
        command = [sys.executable, "-m", "app.cli", "benchmark", "--json", str(figures)]
        command += ["--train", str(train), "--test", str(test), "--algorithms", chosen.algorithms]
        started = monotonic()
        subprocess.run(
            [*command, "--budget-seconds", str(chosen.budget_seconds)], check=True, timeout=3600
        )
        seconds = monotonic() - started
        last = json.loads(figures.read_text())["chosen"]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{seconds:.0f} s in all, {last['fit_seconds']:.0f} of them the last fit ({last['name']}),"
        f" with a budget of {chosen.budget_seconds:g}; at most {peak:,.0f} MiB"
    )


if __name__ == "__main__":
    main()
