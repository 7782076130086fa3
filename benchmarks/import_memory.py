"""Peak memory of importing listens: it shall be the same for four times as many.

Made-up CSV files of as many listeners and tracks each are imported into a new SQLite database by
the command, in a process of its own whose greatest resident memory the system tells at its end.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.db import open_database
from app.migrations import migrate
from app.settings import Settings

SIZES = (1_000_000, 4_000_000)
LISTENERS, TRACKS, ARTISTS = 5_000, 20_000, 2_000
FLAT = 1.2
"""The most that the larger import may take of the smaller one's memory."""
BEGIN = datetime(2005, 1, 1, tzinfo=UTC)
_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in which the system tells the peak."""


def write(folder: Path, listens: int) -> None:
    """A catalogue, and listens a second apart."""
    folder.mkdir()
    with (folder / "tracks.csv").open("w") as file:
        file.write("track_id,title,artist\n")
        file.writelines(f"{n},Song {n},Artist {n % ARTISTS}\n" for n in range(TRACKS))
    with (folder / "listens.csv").open("w") as file:
        file.write("user_id,track_id,listened_at\n")
        file.writelines(_listens(listens))


def _listens(count: int) -> Iterator[str]:
    for n in range(count):
        moment = BEGIN + timedelta(seconds=n)
        yield f"u{n % LISTENERS},{n * 7 % TRACKS},{moment:%Y-%m-%dT%H:%M:%SZ}\n"


def peak(folder: Path, listens: int) -> int:
    """Bytes. Raises CalledProcessError where the import fails."""
    write(folder / "made-up", listens)
    database = open_database(Settings(data_dir=folder))
    migrate(database)
    database.dispose()
    command = [sys.executable, "-m", "app.cli", "import", "csv", str(folder / "made-up")]
    process = subprocess.Popen(
        command, env=os.environ | {"PYTUNE_DATA_DIR": str(folder)}, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return used.ru_maxrss * _UNIT


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs=2, default=SIZES)
    chosen, _ = parser.parse_known_args(arguments)
    peaks = []
    for size in chosen.sizes:
        with tempfile.TemporaryDirectory() as folder:
            peaks.append(peak(Path(folder), size))
        print(f"{size:>12,} listens   peak {peaks[-1] / 2**20:6.1f} MiB", flush=True)
    ratio = peaks[1] / peaks[0]
    print(f"ratio {ratio:.2f}, at most {FLAT}")
    return 0 if ratio <= FLAT else 1


if __name__ == "__main__":
    sys.exit(main())
