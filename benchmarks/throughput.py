"""Lists of recommendations a second, as listeners, tracks and web processes grow.

Each web process keeps to a core of its own, with eight connections to it; the clients keep to the
last core, which the second process shares where there are only two: the table says how many there
are. 200 listeners ask by turns, each with 10 tracks heard. The cost is the processor's time of the
web processes for a list, on which other work of the machine has little influence. Memory is what a
web process takes at the end, its search index made.

--small takes sizes that are made in seconds, and --size TRACKSxLISTENERS, as often as it is given,
those alone.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.serving.load import Answered, Load, run
from benchmarks.serving.process import Web, made_world, process, request
from benchmarks.serving.world import Size, World

QUERY = """{
  recommendations(first: 20) { modelVersion items { score track { id title artist { name } } } }
}"""
SIZES = (
    Size(36_000, 1_000),
    Size(36_000, 100_000),
    Size(36_000, 1_000_000),
    Size(1_000_000, 1_000),
    Size(1_000_000, 100_000),
    Size(1_000_000, 1_000_000),
)
SMALL = (Size(2_000, 1_000), Size(2_000, 10_000), Size(36_000, 1_000))
WARM_UP_SECONDS, SECONDS = 2.0, 8.0
PROCESSES = (1, 2)
_REST_SECONDS = 1.0
_IDLE = 0.05
"""Share of a core under which a process rests."""


@dataclass(frozen=True, slots=True)
class Measured:
    rate: float
    """Lists a second of all processes."""
    p99: float
    """Milliseconds of the slowest hundredth."""
    cost: float
    """Milliseconds of the processor for a list."""
    mebibytes: float
    """Of the larger process."""


def measure(world: World, processes: int) -> Measured:
    cores = sorted(os.sched_getaffinity(0))
    with ExitStack() as stack:
        webs = [stack.enter_context(process(world, core)) for core in cores[:processes]]
        for web in webs:
            _await_rest(web)
        _ask(world, webs, WARM_UP_SECONDS)
        before = sum(map(_seconds, webs))
        answered = _ask(world, webs, SECONDS)
        worked, memory = sum(map(_seconds, webs)) - before, max(map(_mebibytes, webs))
    return Measured(
        rate=sum(each.rate for each in answered),
        p99=max(each.p99 for each in answered),
        cost=1000 * worked / sum(each.count for each in answered),
        mebibytes=memory,
    )


def _ask(world: World, webs: Sequence[Web], seconds: float) -> list[Answered]:
    asking = partial(request, world, "POST", "/graphql", {"query": QUERY})
    requests = [asking(token) for token in world.others]
    loads = [Load(web.port, requests, seconds) for web in webs]
    with ThreadPoolExecutor(len(loads)) as pool:
        return list(pool.map(run, loads))


def _await_rest(web: Web) -> None:
    before = _seconds(web)
    while True:
        time.sleep(_REST_SECONDS)
        now = _seconds(web)
        if now - before < _IDLE * _REST_SECONDS:
            return
        before = now


def _seconds(web: Web) -> float:
    """Of the processor, so far."""
    words = Path(f"/proc/{web.number}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _mebibytes(web: Web) -> float:
    pages = int(Path(f"/proc/{web.number}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _size(text: str) -> Size:
    tracks, _, listeners = text.partition("x")
    return Size(int(tracks), int(listeners))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--size", action="append", type=_size, metavar="TRACKSxLISTENERS")
    chosen, _ = parser.parse_known_args(arguments)
    cores = len(os.sched_getaffinity(0))
    if cores < max(PROCESSES):
        print("This needs two cores.")
        return 0
    print(f"{cores} cores, one of them for the clients")
    print(f"{'tracks':>9} {'listeners':>9} {'processes':>9} {'lists/s':>8} {'p99 ms':>7}", end=" ")
    print(f"{'cost ms':>8} {'ratio':>6} {'MiB':>6}  ratio: cost to the first line's")
    first: float | None = None
    for size in chosen.size or (SMALL if chosen.small else SIZES):
        with made_world(size) as world:
            for processes in PROCESSES:
                found = measure(world, processes)
                first = first or found.cost
                print(
                    f"{size.tracks:>9} {size.others:>9} {processes:>9} {found.rate:>8.0f}", end=" "
                )
                print(f"{found.p99:>7.0f} {found.cost:>8.1f} {found.cost / first:>6.2f}", end=" ")
                print(f"{found.mebibytes:>6.0f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
