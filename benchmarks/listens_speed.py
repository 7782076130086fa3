"""Listens a second through `recordListens`, 100 in a request, against the bare use-case.

The use-case is called in this process on a database of its own, one transaction a batch, as the
mutation makes it. Turn by turn in one run, on SQLite. Fails where GraphQL is slower than allowed.
"""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPConnection
from itertools import count
from statistics import median

from app import listening
from app.db import Database, open_database
from app.graphql.ids import global_id
from app.listening import Listen
from benchmarks.serving.process import made_world, served
from benchmarks.serving.world import TRACKS, World

RECORD = """mutation ($listens: [RecordListenInput!]!) {
  recordListens(input: {listens: $listens}) {
    ... on ListensRecorded { results { isNew problem { code } } }
  }
}"""
BATCH, BATCHES, TURNS = 100, 20, 5
LEAST = 0.5
_BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
_NUMBERS = count()


def listens() -> list[tuple[int, datetime]]:
    """A batch that nobody recorded yet: tracks and moments."""
    numbers = [next(_NUMBERS) for _ in range(BATCH)]
    return [(1 + 7 * n % TRACKS, _BEGAN + timedelta(seconds=n)) for n in numbers]


def by_use_case(database: Database, user_id: int) -> float:
    """Listens a second."""
    batches = [[Listen(*one) for one in listens()] for _ in range(BATCHES)]
    began = time.perf_counter()
    for batch in batches:
        database.transact(partial(listening.record_listens, user_id=user_id, listens=batch))
    return BATCH * BATCHES / (time.perf_counter() - began)


def by_graphql(line: HTTPConnection, token: str) -> float:
    """Listens a second, from one connection that sends batch after batch."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    bodies, answers = [_body() for _ in range(BATCHES)], []
    began = time.perf_counter()
    for body in bodies:
        line.request("POST", "/graphql", body, headers)
        answers.append(line.getresponse().read())
    rate = BATCH * BATCHES / (time.perf_counter() - began)
    for answer in answers:
        results = json.loads(answer)["data"]["recordListens"]["results"]
        if not all(result["isNew"] for result in results):
            raise RuntimeError(answer)
    return rate


def _body() -> str:
    batch = [
        {"trackId": global_id("Track", track_id), "listenedAt": moment.isoformat()}
        for track_id, moment in listens()
    ]
    return json.dumps({"query": RECORD, "variables": {"listens": batch}})


def compare(world: World, rival: World) -> tuple[float, float]:
    """Median listens a second of GraphQL and of the use-case."""
    database = open_database(rival.settings)
    rates: tuple[list[float], list[float]] = ([], [])
    with served(world, ready=False) as port:
        line = HTTPConnection("127.0.0.1", port)
        for _ in range(TURNS):
            rates[0].append(by_graphql(line, world.token))
            rates[1].append(by_use_case(database, rival.user_id))
        line.close()
    database.dispose()
    return median(rates[0]), median(rates[1])


def main() -> int:
    with made_world() as world, made_world() as rival:
        return told(*compare(world, rival))


def told(ours: float, theirs: float) -> int:
    """Print both and their ratio; 1 where it is below the limit."""
    print(f"{'GraphQL/s':>10} {'use-case/s':>11} {'ratio':>6}  at least {LEAST:g}")
    print(f"{ours:>10.0f} {theirs:>11.0f} {ours / theirs:>6.2f}")
    return int(ours < LEAST * theirs)


if __name__ == "__main__":
    sys.exit(main())
