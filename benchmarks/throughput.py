"""Lists of recommendations a second, as listeners, tracks and web processes grow.

Each web process keeps to a core of its own, with eight connections to it; the clients keep to the
last core, which the second process shares where there are only two: the table says how many there
are. 200 listeners ask by turns, each with 10 tracks heard. Memory is what a web process takes at
the end, its search index made.

--small takes sizes that are made in seconds.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
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
    Size(1_000_000, 100_000),
)
SMALL = (Size(2_000, 1_000), Size(2_000, 10_000), Size(36_000, 1_000))
WARM_UP_SECONDS, SECONDS = 2.0, 8.0
PROCESSES = (1, 2)
_REST_SECONDS = 1.0
_IDLE = 0.05
"""Share of a core under which a process rests."""


def measure(world: World, processes: int) -> tuple[float, float, float]:
    """Lists a second of all processes, milliseconds of the slowest hundredth, MiB of one."""
    cores = sorted(os.sched_getaffinity(0))
    with ExitStack() as stack:
        webs = [stack.enter_context(process(world, core)) for core in cores[:processes]]
        for web in webs:
            _await_rest(web)
        _ask(world, webs, WARM_UP_SECONDS)
        answered = _ask(world, webs, SECONDS)
        memory = max(_mebibytes(web) for web in webs)
    return sum(each.rate for each in answered), max(each.p99 for each in answered), memory


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


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    chosen, _ = parser.parse_known_args(arguments)
    cores = len(os.sched_getaffinity(0))
    if cores < max(PROCESSES):
        print("This needs two cores.")
        return 0
    print(f"{cores} cores, one of them for the clients")
    print(f"{'tracks':>9} {'listeners':>9} {'processes':>9} {'lists/s':>8} {'p99 ms':>7}", end=" ")
    print(f"{'MiB each':>8} {'ratio':>6}  to the first line of as many processes")
    first: dict[int, float] = {}
    for size in SMALL if chosen.small else SIZES:
        with made_world(size) as world:
            for processes in PROCESSES:
                rate, p99, memory = measure(world, processes)
                ratio = rate / first.setdefault(processes, rate)
                print(f"{size.tracks:>9} {size.others:>9} {processes:>9} {rate:>8.0f}", end=" ")
                print(f"{p99:>7.0f} {memory:>8.0f} {ratio:>6.2f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
