"""Bytes that reading listens for a training takes, for each listen of the database.

Listens are written to a new SQLite file, then read as a training reads them, in a process of its
own whose peak memory is compared with that of one that reads nothing. Linux alone tells that peak.
"""

import argparse
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlmodel import Session

from app.db import open_database
from app.listening import EVENTS
from app.migrations import migrate
from app.models import Artist, EventKind, Track, User
from app.settings import Settings

LISTENERS, TRACKS, AT_ONCE = 5_000, 20_000, 50_000
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
READ = """
import sys
from pathlib import Path
from app.db import open_database
from app.ml.vocabulary import Vocabulary
from app.ml.recipe import Recipe
from app.settings import Settings
from jobs.training_data import read_training_data
database = open_database(Settings(data_dir=Path(sys.argv[1])))
if sys.argv[2] == "read":
    with database.read() as session:
        data = read_training_data(session)
    Recipe().matrix(data.interactions, Vocabulary.of(data.interactions.track_ids))
    print(len(data.dated.seconds), len(data.interactions), end=" ")
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(int(status["VmHWM"].split()[0]) * 1024)
"""


def write(folder: Path, listens: int) -> None:
    """Listens at one second each, of popular tracks rather than others, and their sums."""
    database = open_database(Settings(data_dir=folder))
    migrate(database)
    with database.write() as session:
        _write_catalogue(session)
        rng = np.random.default_rng(1)
        for start in range(0, listens, AT_ONCE):
            _write_listens(session, rng, start, min(AT_ONCE, listens - start))
        sums = "SELECT user_id, track_id, SUM(plays), 0, MAX(occurred_at) FROM event"
        into = "INSERT INTO user_item (user_id, track_id, plays, skips, last_listened_at)"
        session.connection().exec_driver_sql(f"{into} {sums} GROUP BY user_id, track_id")
    database.dispose()


def _write_catalogue(session: Session) -> None:
    session.add(Artist(id=1, name="One", name_key="one"))
    session.flush()
    for number in range(1, TRACKS + 1):
        session.add(Track(id=number, title=f"T{number}", artist_id=1, search_key=f"t{number}"))
    for number in range(1, LISTENERS + 1):
        session.add(User(id=number, name=f"u{number}", name_key=f"u{number}"))
    session.flush()


def _write_listens(session: Session, rng: np.random.Generator, start: int, count: int) -> None:
    tracks = 1 + np.minimum(rng.pareto(1.0, count) * 200, TRACKS - 1).astype(np.int64)
    users = rng.integers(1, LISTENERS + 1, count)
    rows = [
        {
            "user_id": user,
            "track_id": track,
            "kind": EventKind.LISTEN,
            "occurred_at": BEGIN + timedelta(seconds=start + n),
            "plays": 1,
            "source": "benchmark",
            "recorded_at": BEGIN,
        }
        for n, (user, track) in enumerate(zip(users.tolist(), tracks.tolist(), strict=True))
    ]
    session.connection().execute(EVENTS.insert(), rows)


def _measured(folder: Path, what: str) -> list[int]:
    command = [sys.executable, "-c", READ, str(folder), what]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return [int(word) for word in run.stdout.split()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listens", type=int, default=2_000_000)
    chosen, _ = parser.parse_known_args()
    if not Path("/proc/self/status").exists():
        print("This system does not tell a process's peak memory. Nothing was measured.")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, chosen.listens)
        listens, pairs, peak = _measured(folder, "read")
        (bare,) = _measured(folder, "nothing")
    print(f"{listens:,} listens, {pairs:,} pairs of listener and track")
    print(f"peak {peak / 2**20:.0f} MiB, {bare / 2**20:.0f} MiB without reading")
    print(f"{(peak - bare) / listens:.0f} bytes for each listen")


if __name__ == "__main__":
    main()
