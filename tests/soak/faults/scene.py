"""PyTune to break: what is done to its disk, models, timetable and processes."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from app.db import open_database
from app.job_times import job_times
from app.migrations import is_current
from app.queue import JobQueue
from app.settings import Settings
from tests.soak.faults.work import Work
from tests.soak.load.chores import EVERY_MINUTE
from tests.stack.running import ROOT, Running

QUICK = {
    "PYTUNE_WORKER_DEATH_SECONDS": "5",
    "PYTUNE_CHAMPION_POLL_SECONDS": "0.5",
    "PYTUNE_TIDY_CRON": EVERY_MINUTE,
    "PYTUNE_REQUESTS_PER_MINUTE": "1000000",
}
"""Deaths are noticed sooner than by the shipped settings, and a job is due every minute."""
_FILLINGS, _BLOCK = 3, 1 << 12
_CODE = ("app", "jobs", "alembic", "templates", "static")


def fill_up(path: Path) -> None:
    """A file that takes all the room there is left beside it."""
    with path.open("ab", buffering=0) as file, suppress(OSError):
        while file.write(bytes(_BLOCK)):
            pass


def copy_of_code(folder: Path) -> Path:
    """What runs, to be made another version of."""
    for name in _CODE:
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "alembic.ini", folder)
    return folder


@dataclass
class Scene:
    """The product, and what is done to it."""

    stack: Running
    settings: Settings
    work: Work
    addresses: Mapping[str, str]
    """Settings that lead to its servers; none where all is embedded."""

    def child(
        self, command: str, code: Path = ROOT, more: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Another process of PyTune with the stack's data."""
        mine = {**QUICK, **self.addresses, "PYTUNE_DATA_DIR": str(self.stack.folder)}
        environment = {**os.environ, **mine, **(more or {})}
        return subprocess.Popen(
            [sys.executable, "-m", "app.cli", command],
            cwd=code,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )


class Timetable:
    """The scheduler's job of every minute, and a second scheduler."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.queue = JobQueue(scene.settings)
        self.before = 0

    def kill_scheduler(self) -> None:
        self.scene.stack.kill_child("app.cli scheduler")
        self.before = self._count()

    def goes_on(self) -> bool:
        return self._count() > self.before

    def add_scheduler(self) -> None:
        self.before, self.began = self._count(), time.time()
        self.second = self.scene.child("scheduler")

    def end_it(self) -> None:
        self.second.terminate()
        self.second.communicate()
        # Each minute that began since is a run, and one may have been due before.
        minutes = time.time() // 60 - self.began // 60
        assert 1 <= self._count() - self.before <= minutes + 1

    def close(self) -> None:
        self.queue.close()

    def _count(self) -> int:
        found = job_times(self.queue).get("tidy")
        return found.count if found else 0


class Filler:
    """A file that takes all the room there is, down to the database's log of changes."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.path = settings.folder / "filler"

    def fill(self) -> None:
        # The log keeps its length when it begins anew, and there would be room for hours.
        for _ in range(_FILLINGS):
            if self.settings.database_url is None:
                with suppress(sqlite3.OperationalError), self._connection() as connection:
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            fill_up(self.path)

    def remove(self) -> None:
        assert self._is_noticed()
        self.path.unlink()

    def _is_noticed(self) -> bool:
        """By the key-value server, which is written to at every request."""
        with Redis.from_url(self.settings.key_value_url) as redis:
            return bool(redis.info("persistence")["aof_last_write_status"] == "err")

    def _connection(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self.settings.folder / "pytune.db"))


class Artifact:
    """The champion's largest file, damaged and mended."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def damage_and_kill(self) -> None:
        self.version = self.scene.work.champion()
        folder = self.scene.settings.artifacts / f"model-{self.version:06}"
        self.path = max(folder.iterdir(), key=lambda path: path.stat().st_size)
        self.kept = self.path.with_name("kept")
        self.path.rename(self.kept)
        shutil.copy(self.kept, self.path)
        self.path.chmod(0o644)
        with self.path.open("r+b") as file:
            file.seek(-8, os.SEEK_END)
            file.write(b"damaged!")
        self.scene.stack.kill_child("app.cli web")

    def mend(self) -> None:
        assert self.scene.work.served() != self.version
        self.kept.rename(self.path)

    def is_served(self) -> bool:
        return self.scene.work.served() == self.version


class Migrations:
    """Two processes that migrate the same new database at once."""

    def __init__(self, scene: Scene, folder: Path, new: Callable[[int], dict[str, str]]) -> None:
        self.scene, self.folder, self.new, self.times = scene, folder, new, 0

    def run(self) -> None:
        self.times += 1
        data, address = self.folder / f"new-{self.times}", self.new(self.times)
        more = {"PYTUNE_DATA_DIR": str(data), **address}
        both = [self.scene.child("migrate", more=more) for _ in range(2)]
        assert [(each.communicate()[1], each.returncode) for each in both] == [("", 0)] * 2
        self.made = Settings(data_dir=data, database_url=address.get("PYTUNE_DATABASE_URL"))

    def are_done(self) -> bool:
        database = open_database(self.made)
        current = is_current(database)
        database.dispose()
        return current


class Older:
    """PyTune as it was before the last migration, whose worker is started on today's database."""

    def __init__(self, scene: Scene, code: Path) -> None:
        self.scene, self.code = scene, copy_of_code(code)
        max((code / "alembic" / "versions").glob("*.py")).unlink()

    def begin(self) -> None:
        self.worker = self.scene.child("worker", self.code)

    def was_refused(self) -> bool:
        if self.worker.poll() is None:
            return False
        said = self.worker.communicate()[1]
        assert self.worker.returncode == 1, said
        assert "newer" in said, said
        return True
