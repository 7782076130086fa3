"""Listens a second through `recordListens`, 100 in a request, against the bare use-case.

GraphQL is asked over eight connections from another core. The use-case is called in this process,
on a database of its own, one transaction a batch, as the mutation makes it. Turn by turn in one
run, on SQLite. Fails where GraphQL is slower than allowed, or a listen is missing.
"""

import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from statistics import median

from app import listening
from app.db import Database, open_database
from app.graphql.ids import global_id
from app.listening import Listen
from benchmarks.serving.load import Load, run
from benchmarks.serving.process import made_world, request, served
from benchmarks.serving.world import HEARD, TRACKS, World

RECORD = """mutation ($listens: [RecordListenInput!]!) {
  recordListens(input: {listens: $listens}) {
    ... on ListensRecorded { results { isNew problem { code } } }
  }
}"""
BATCH, BATCHES, TURNS = 100, 40, 5
LEAST = 0.5
_PATIENCE = 300.0
"""Seconds."""
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


def by_graphql(world: World, port: int) -> float:
    """Listens a second, from eight connections that send batch after batch."""
    bodies = [request(world, "POST", "/graphql", _body()) for _ in range(BATCHES)]
    return BATCH * run(Load(port, bodies, _PATIENCE, once=True)).rate


def _body() -> dict[str, object]:
    batch = [
        {"trackId": global_id("Track", track_id), "listenedAt": moment.isoformat()}
        for track_id, moment in listens()
    ]
    return {"query": RECORD, "variables": {"listens": batch}}


def _check(database: Database, user_id: int, wanted: int) -> None:
    """Every listen that was told to be kept is."""
    with database.read() as session:
        kept = listening.count_listens(session, user_id)
    if kept != wanted:
        raise RuntimeError(f"{kept} listens are kept, {wanted} were sent")


def compare(world: World, rival: World) -> tuple[float, float]:
    """Median listens a second of GraphQL and of the use-case."""
    ours, theirs = open_database(world.settings), open_database(rival.settings)
    rates: tuple[list[float], list[float]] = ([], [])
    with served(world, ready=False) as port:
        for _ in range(TURNS):
            rates[0].append(by_graphql(world, port))
            rates[1].append(by_use_case(theirs, rival.user_id))
    for database, user_id in ((ours, world.user_id), (theirs, rival.user_id)):
        _check(database, user_id, HEARD + TURNS * BATCHES * BATCH)
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
