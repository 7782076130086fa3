"""A list of recommendations by GraphQL against a hand-written endpoint beside it.

One web process on one core, eight connections from another, a signed-in listener with 200 tracks
heard of 20,000. Both check the same token, write the same log and send the same JSON, the endpoint
in one thread and one session; GraphQL also counts the request against its limit and measures its
cost. Turn by turn in one run: once with the
recommender's answer ready in memory, which measures the API, and once whole.

Then GraphQL alone at half its greatest rate, requests due at fixed moments. Fails where a limit
that it prints is broken.
"""

import os
import sys
from statistics import median

from benchmarks.serving import rival
from benchmarks.serving.load import Answered, Load, run
from benchmarks.serving.process import made_world, request, served
from benchmarks.serving.world import World

QUERY = """{
  recommendations(first: 20) {
    modelVersion
    items { score track { id title youtubeId artist { name } } }
  }
}"""
SECONDS, TURNS, STEADY_REQUESTS = 3.0, 5, 1_000
"""So many that ten of them are the slowest hundredth."""
LEAST, MOST = 0.5, 5.0


def compare(world: World, port: int) -> tuple[float, float]:
    """Median requests a second of GraphQL and of the rival."""
    asks = (
        request(world, "POST", "/graphql", {"query": QUERY}),
        request(world, "GET", rival.PATH),
    )
    for ask in asks:
        run(Load(port, [ask], 1.0))
    rates: tuple[list[float], list[float]] = ([], [])
    for _ in range(TURNS):
        for ask, measured in zip(asks, rates, strict=True):
            measured.append(run(Load(port, [ask], SECONDS)).rate)
    return median(rates[0]), median(rates[1])


def steady(world: World, port: int, greatest: float) -> Answered:
    ask = request(world, "POST", "/graphql", {"query": QUERY})
    return run(Load(port, [ask], 2 * STEADY_REQUESTS / greatest, greatest / 2))


def is_kept(ratios: list[float], tail: Answered) -> bool:
    """Whether both limits are."""
    return min(ratios) >= LEAST and tail.p99 <= MOST * tail.median


def main() -> int:
    if len(os.sched_getaffinity(0)) < 2:
        print("This needs two cores.")
        return 0
    print(f"{'':>6} {'GraphQL/s':>10} {'endpoint/s':>11} {'ratio':>6}  at least {LEAST:g}")
    ratios = []
    with made_world() as world:
        for name, ready in (("ready", True), ("whole", False)):
            with served(world, ready=ready) as port:
                ours, theirs = compare(world, port)
                ratios.append(ours / theirs)
                print(f"{name:>6} {ours:>10.0f} {theirs:>11.0f} {ratios[-1]:>6.2f}", flush=True)
                if not ready:
                    tail = steady(world, port, ours)
    print(f"At half the rate, {tail.count} requests: median {tail.median:.1f} ms,", end=" ")
    print(f"p99 {tail.p99:.1f} ms, ratio {tail.p99 / tail.median:.1f}, at most {MOST:g}")
    return int(not is_kept(ratios, tail))


if __name__ == "__main__":
    sys.exit(main())
