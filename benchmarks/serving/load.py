"""Load by raw HTTP/1.1 over a few connections, in a process of its own.

Closed: each connection asks again once it was answered. Open: requests are due at fixed moments
whatever the answers do, and their time counts from when they were due, as with wrk2.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

import numpy as np

CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Load:
    """What to send where, for how long; `rate` in requests a second, None for a closed loop."""

    port: int
    requests: list[str]
    """Sent one after the other, then again from the first."""
    seconds: float
    rate: float | None = None
    once: bool = False
    """Send each request a single time, and end with the last."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Requests a second, milliseconds until they were answered, and how many there were."""

    rate: float
    median: float
    p99: float
    count: int


def run(load: Load) -> Answered:
    """Send it from a process that keeps to the last core."""
    command = [sys.executable, "-m", "benchmarks.serving.load"]
    text = json.dumps(asdict(load))
    root = Path(__file__).resolve().parents[2]
    given = subprocess.run(
        command, input=text, capture_output=True, text=True, check=True, cwd=root
    )
    return Answered(**json.loads(given.stdout))


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode())
    length = next(
        int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    )
    body = await reader.readexactly(length)
    if b'"errors"' in body or b'"code"' in body:
        raise RuntimeError(body.decode())


async def _connection(
    load: Load, number: int, began: float, places: Iterator[int], times: list[float]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", load.port)
    requests, turn = [each.encode() for each in load.requests], 0
    while True:
        due = time.perf_counter()
        if load.rate is not None:
            due = began + (turn * CONNECTIONS + number) / load.rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
        place = next(places)
        is_sent = load.once and place >= len(requests)
        if is_sent or max(due, time.perf_counter()) - began > load.seconds:
            break
        await _ask(reader, writer, requests[place % len(requests)])
        times.append(1000 * (time.perf_counter() - due))
        turn += 1
    writer.close()


async def _all(load: Load) -> Answered:
    times: list[float] = []
    began, places = time.perf_counter(), count()
    await asyncio.gather(*(_connection(load, n, began, places, times) for n in range(CONNECTIONS)))
    took = time.perf_counter() - began
    middle, slowest = float(np.median(times)), float(np.percentile(times, 99))
    return Answered(len(times) / took, middle, slowest, len(times))


def main() -> None:
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    json.dump(asdict(asyncio.run(_all(Load(**json.load(sys.stdin))))), sys.stdout)


if __name__ == "__main__":
    main()
