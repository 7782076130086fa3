"""Rows per second of an import against the least that the same rows take, in the same run.

A catalogue with its listens is imported into an empty database. The least: the rows that are in
every table afterwards, written into the same tables with the same indexes of another empty
database, by a bare `sqlite3.executemany` in one transaction, or by LOAD DATA from files that lie
ready. Neither reads CSV, looks anything up, checks a value or leaves room for other writers.
MariaDB is as it comes, with its durability. Turn by turn, medians; for SQLite, which works in this
process, of the processor's time, so that what else runs on the machine counts little.
"""

import argparse
import gzip
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import pymysql
from sqlalchemy import text
from sqlalchemy.engine import URL

from app.db import Database, database_url
from app.demo.generator import generate
from app.importing.csv_import import import_csv
from app.migrations import migrate
from app.settings import Settings
from tests import servers
from tests.omissions import SAMPLE

TABLES = ("artist", "user", "track", "external_id", "data_import", "event", "user_item")
LEAST_SHARE = 0.5
LISTENERS = 2_000
"""Of the made-up set, where the sample is not there."""

Act = Callable[[], None]


def measure(name: str, files: Path, empty: Callable[[], Database], bare: Callable[..., Act],
            turns: int) -> None:  # fmt: skip
    clock = process_time if name == "SQLite" else perf_counter
    ours, least, rows = [], [], 0
    for _ in range(turns):
        database = empty()
        with tempfile.TemporaryDirectory() as reports:
            started = clock()
            report = import_csv(database, files, Path(reports), lambda *_: None, "bench")
            ours.append(clock() - started)
        rows = report.tracks.read + report.listens.read
        other = empty()
        write = bare(database, other)
        started = clock()
        write()
        least.append(clock() - started)
        database.dispose()
        other.dispose()
    share = median(least) / median(ours)
    print(
        f"{name:<8} {rows:>10,} rows {rows / median(ours):>10,.0f} rows/s"
        f" {rows / median(least):>10,.0f} rows/s at the least   share {share:.2f}"
        f"  at least {LEAST_SHARE}"
    )


def _sqlite(folder: Path) -> Iterator[Database]:
    number = 0
    while True:
        number += 1
        database = Database(database_url(Settings(data_dir=folder / str(number))))
        migrate(database)
        yield database


def _bare_sqlite(filled: Database, empty: Database) -> Act:
    """With the durability that PyTune has."""
    with filled.engine.connect() as connection:
        rows = {
            table: [tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')]
            for table in TABLES
        }

    def write() -> None:
        with closing(sqlite3.connect(str(empty.url.database))) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            for table, values in rows.items():
                marks = ",".join("?" * len(values[0]))
                connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', values)
            connection.commit()

    return write


def _mariadb(server: URL) -> Iterator[Database]:
    number = 0
    while True:
        number += 1
        with closing(_root(server)) as root:
            root.cursor().execute(f"CREATE DATABASE bench{number}")
        address = server.set(database=f"bench{number}").render_as_string(hide_password=False)
        database = Database(database_url(Settings(database_url=address)))
        migrate(database)
        yield database


def _root(server: URL, database: str | None = None) -> pymysql.Connection:
    return pymysql.connect(
        unix_socket=server.query["unix_socket"],
        user="root",
        database=database,
        ssl_disabled=True,
        local_infile=True,
        charset="utf8mb4",
    )


def _bare_load_data(filled: Database, empty: Database) -> Act:
    folder = Path(tempfile.mkdtemp(prefix="pytune-bench-"))
    folder.chmod(0o777)
    with filled.engine.connect() as connection:
        for table in TABLES:
            target = f"INTO OUTFILE '{folder}/{table}' CHARACTER SET utf8mb4"
            connection.execute(text(f"SELECT * FROM `{table}` {target}"))

    def write() -> None:
        with closing(_root(empty.url, empty.url.database)) as connection:
            cursor = connection.cursor()
            for table in TABLES:
                cursor.execute(
                    f"LOAD DATA LOCAL INFILE '{folder}/{table}' INTO TABLE `{table}`"
                    " CHARACTER SET utf8mb4"
                )
            connection.commit()

    return write


@contextmanager
def _files(listens: int | None) -> Iterator[Path]:
    """The sample, or its tracks with as many of its listens as are asked for."""
    if SAMPLE.is_dir() and listens is None:
        yield SAMPLE
        return
    if SAMPLE.is_dir():
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(SAMPLE / "tracks.csv", folder)
            with gzip.open(SAMPLE / "listens.csv.gz") as stream:
                lines = islice(stream, 1 + (listens or 0))
                (Path(folder) / "listens.csv").write_bytes(b"".join(lines))
            yield Path(folder)
        return
    print(f"The sample is missing ({SAMPLE}): a made-up set of listeners takes its place.")
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder), listeners=LISTENERS)
        yield Path(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--listens", type=int, help="fewer than there are")
    parser.add_argument("--databases", nargs="*", default=["sqlite", "mariadb"])
    chosen, _ = parser.parse_known_args()
    with _files(chosen.listens) as files, tempfile.TemporaryDirectory() as folder:
        if "sqlite" in chosen.databases:
            fresh = _sqlite(Path(folder))
            measure("SQLite", files, lambda: next(fresh), _bare_sqlite, chosen.turns)
        if "mariadb" in chosen.databases:
            with servers.mariadb(servers.LASTING) as server:
                empty = _mariadb(server)
                measure("MariaDB", files, lambda: next(empty), _bare_load_data, chosen.turns)


if __name__ == "__main__":
    main()
