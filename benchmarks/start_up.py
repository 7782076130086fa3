"""Time from `pytune up` on an existing data folder to its first answer, beside importing alone.

The data folder is the demo's, with its model. The first answer is a page, /login, which needs the
database. Imported alone are the modules of the web process, with all their libraries, in an
interpreter of its own. Turn by turn.

Then the memory of each process once every queue has its worker and nothing is asked (Linux alone
tells it). What processes share is counted once: each is given its part of it.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from urllib.request import ProxyHandler, build_opener

from app.queue import JobQueue
from app.settings import Settings
from tests.soak.load.memory import below
from tests.soak.swapping import await_that
from tests.stack.running import running

TURNS = 5
MOST_SECONDS = 3.0
"""Above importing."""
_DIRECTLY = build_opener(ProxyHandler({}))


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="pytune-") as folder:
        data = Path(folder) / "data"
        print("Setting up the demo …", flush=True)
        with running(data, "demo"):
            pass
        times = [(_to_first_answer(data), _importing()) for _ in range(TURNS)]
        memory = list(_memory(data)) if sys.platform == "linux" else []
    started, imported = (median(each) for each in zip(*times, strict=True))
    print(f"first answer after {started:.2f} s, importing {imported:.2f} s")
    print(f"{started - imported:+.2f} s above it, at most {MOST_SECONDS:g} s")
    for line in memory:
        print(line)
    return int(started - imported > MOST_SECONDS)


def _to_first_answer(data: Path) -> float:
    begun = time.perf_counter()
    with running(data, "up") as up:
        with _DIRECTLY.open(f"{up.address}/login") as answer:
            answer.read()
        return time.perf_counter() - begun


def _importing() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import app.main"], check=True)
    return time.perf_counter() - begun


def _memory(data: Path) -> Iterator[str]:
    """A line for each process, and their sum."""
    queue = JobQueue(Settings(data_dir=data))
    with running(data, "up") as up:
        await_that(lambda: all(queue.workers().values()))
        found = [(each, _mebibytes(each.number)) for each in below(up.process.pid)]
        queue.close()
    for each, mebibytes in found:
        yield f"{each.name:<13} {mebibytes:>5.0f} MiB"
    yield f"{'together':<13} {sum(mebibytes for _, mebibytes in found):>5.0f} MiB"


def _mebibytes(number: int) -> float:
    told = Path(f"/proc/{number}/smaps_rollup").read_text()
    return (
        int(next(line.split()[1] for line in told.splitlines() if line.startswith("Pss:"))) / 1024
    )


if __name__ == "__main__":
    sys.exit(main())
