"""Commits per second of recorded listens against a bare transaction of two statements.

Eight writers at once, on SQLite (WAL, synchronous FULL) and on a private MariaDB with the
durability that it comes with. The bare transaction inserts the event and adds to the sum by the
driver alone, on the same database through the same pragmas; both take turns within one run, and
medians are of several turns. A batch of a hundred is one call of the use-case.
"""

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL
from sqlmodel import select

from app import listening
from app.db import Database, database_url
from app.listening import Listen
from app.migrations import migrate
from app.models import Artist, Track, User
from app.models.columns import id_of
from app.settings import Settings
from tests import servers
from tests.conftest import create_mariadb

WRITERS, EACH, TURNS, TRACKS = 8, 60, 5, 500
BATCH = listening.MAX_BATCH
LEAST, LEAST_OF_BATCH = 0.5, 10.0
_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
_moments = (_BEGIN + timedelta(seconds=second) for second in count())

EVENT = (
    "INSERT INTO event (user_id, track_id, kind, occurred_at, plays, source, recorded_at)"
    " VALUES ({0}, {0}, 'listen', {0}, 1, 'bare', {0})"
)
SQLITE_SUM = (
    "INSERT INTO user_item (user_id, track_id, plays, skips, last_listened_at)"
    " VALUES (?, ?, 1, 0, ?) ON CONFLICT (user_id, track_id)"
    " DO UPDATE SET plays = plays + 1, last_listened_at = max(last_listened_at, ?)"
)
MYSQL_SUM = (
    "INSERT INTO user_item (user_id, track_id, plays, skips, last_listened_at)"
    " VALUES (%s, %s, 1, 0, %s) ON DUPLICATE KEY"
    " UPDATE plays = plays + 1, last_listened_at = greatest(last_listened_at, %s)"
)

Work = Callable[[int, int, datetime], None]


class World:
    """A database with a listener for each writer and some tracks."""

    def __init__(self, url: URL) -> None:
        self.database = Database(url)
        migrate(self.database)
        with self.database.write() as session:
            artist = Artist(name="A", name_key="a")
            session.add(artist)
            session.flush()
            for number in range(TRACKS):
                key = f" t{number} a"
                session.add(Track(title=f"T{number}", artist_id=id_of(artist), search_key=key))
            for number in range(WRITERS):
                session.add(User(name=f"u{number}", name_key=f"u{number}"))
        with self.database.read() as session:
            self.tracks = [int(one or 0) for one in session.exec(select(Track.id))]
            self.users = [int(one or 0) for one in session.exec(select(User.id))]

    def record(self, user: int, track: int, moment: datetime) -> None:
        self.database.transact(
            lambda session: listening.record_listen(session, user, Listen(track, moment))
        )

    def bare(self, user: int, track: int, moment: datetime) -> None:
        connection = self.database.engine.raw_connection()
        try:
            if self.database.url.get_backend_name() == "sqlite":
                self._bare_sqlite(connection, user, track, moment)
            else:
                self._bare_mysql(connection, user, track, moment)
        finally:
            connection.close()

    def _bare_sqlite(self, connection: Any, user: int, track: int, moment: datetime) -> None:
        at = moment.strftime("%Y-%m-%d %H:%M:%S.%f")
        cursor = connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(EVENT.format("?"), (user, track, at, at))
        cursor.execute(SQLITE_SUM, (user, track, at, at))
        cursor.execute("COMMIT")

    def _bare_mysql(self, connection: Any, user: int, track: int, moment: datetime) -> None:
        at = moment.replace(tzinfo=None)
        cursor = connection.cursor()
        cursor.execute(EVENT.format("%s"), (user, track, at, at))
        cursor.execute(MYSQL_SUM, (user, track, at, at))
        connection.commit()

    def record_batch(self, user: int, first: int) -> None:
        tracks = self.tracks
        batch = [Listen(tracks[(first + n) % TRACKS], next(_moments)) for n in range(BATCH)]
        self.database.transact(lambda session: listening.record_listens(session, user, batch))


def per_second(world: World, work: Work) -> float:
    """Transactions per second of all writers together; an error of any ends the benchmark."""
    plans = [
        [(user, world.tracks[n % TRACKS], next(_moments)) for n in range(EACH)]
        for user in world.users
    ]

    def write(plan: list[tuple[int, int, datetime]]) -> None:
        for user, track, moment in plan:
            work(user, track, moment)

    started = time.perf_counter()
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, plans))
    return WRITERS * EACH / (time.perf_counter() - started)


def listens_per_second(world: World, *, batches: int) -> tuple[float, float]:
    """Of one writer: single listens, and batches."""
    user = world.users[0]
    started = time.perf_counter()
    for number in range(EACH):
        world.record(user, world.tracks[number % TRACKS], next(_moments))
    single = EACH / (time.perf_counter() - started)
    started = time.perf_counter()
    for number in range(batches):
        world.record_batch(user, number)
    return single, batches * BATCH / (time.perf_counter() - started)


@contextmanager
def worlds() -> Iterator[dict[str, World]]:
    folder = Path(tempfile.mkdtemp(prefix="pytune-bench-"))
    try:
        made = {"SQLite": World(database_url(Settings(data_dir=folder)))}
        if shutil.which("mariadbd") is None:
            print("MariaDB is left out: there is no mariadbd")
            yield made
            return
        with servers.mariadb(options=servers.LASTING) as server:
            made["MariaDB"] = World(create_mariadb(server, "bench"))
            yield made
    finally:
        shutil.rmtree(folder)


def measure(name: str, world: World) -> bool:
    turns = [(per_second(world, world.record), per_second(world, world.bare)) for _ in range(TURNS)]
    ours, bare = (statistics.median(side) for side in zip(*turns, strict=True))
    batches = [listens_per_second(world, batches=5) for _ in range(TURNS)]
    single, batched = (statistics.median(side) for side in zip(*batches, strict=True))
    print(
        f"{name:>8} {ours:>12.0f} {bare:>8.0f} {ours / bare:>6.2f}"
        f" {single:>12.0f} {batched:>12.0f} {batched / single:>6.1f}"
    )
    return bool(ours >= LEAST * bare and batched >= LEAST_OF_BATCH * single)


def main() -> int:
    print(
        f"{WRITERS} writers at once; listens per second; at least {LEAST:g} and {LEAST_OF_BATCH:g}"
    )
    print(
        f"{'':>8} {'record_listen':>12} {'bare':>8} {'ratio':>6}"
        f" {'one by one':>12} {'by hundreds':>12} {'ratio':>6}"
    )
    with worlds() as made:
        good = [measure(name, world) for name, world in made.items()]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
