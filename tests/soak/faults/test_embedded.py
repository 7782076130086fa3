"""Faults of the embedded set-up while listeners ask and listen, five times each. 30 minutes."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db import open_database
from app.settings import Settings
from tests.soak.conftest import Say
from tests.soak.faults.clients import busy
from tests.soak.faults.processes import REST_SECONDS, of_processes
from tests.soak.faults.scene import (
    QUICK,
    Artifact,
    Filler,
    Migrations,
    Older,
    Scene,
    Timetable,
)
from tests.soak.faults.table import TIMES, Fault, suffer
from tests.soak.faults.work import Work
from tests.soak.swapping import train_another
from tests.stack.running import running

pytestmark = [
    pytest.mark.soak,
    pytest.mark.stack,
    pytest.mark.tmpfs,
    pytest.mark.timeout(1200 * (1 + TIMES)),
]

_DISK_MEGABYTES = 512


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small file system in memory, with a path short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="pytune-disk-") as folder:
        words = ["mount", "-t", "tmpfs", "-o", f"size={_DISK_MEGABYTES}m", "tmpfs", folder]
        subprocess.run(words, check=True)
        yield Path(folder)
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def scene(disk: Path) -> Iterator[Scene]:
    folder = disk / "data"
    with running(folder, "demo") as first:
        administrator = first.accounts["administrator"]
    train_another(folder, administrator)
    with running(folder, settings=QUICK) as stack:
        work = Work(stack, stack.signed_in(administrator))
        work.promote_another()
        yield Scene(stack, Settings(data_dir=folder), work)


def test_faults_cost_no_listen_and_give_no_wrong_answer(
    scene: Scene, tmp_path: Path, say: Say
) -> None:
    database = open_database(scene.settings)
    timetable = Timetable(scene)
    with busy(scene.stack, scene.settings, database) as clients:
        costs = suffer(_faults(scene, timetable, tmp_path), clients, say)
    timetable.close()
    database.dispose()
    assert [str(cost) for cost in costs if not cost.is_as_promised] == []


def _faults(scene: Scene, timetable: Timetable, folder: Path) -> list[Fault]:
    filler, artifact = Filler(scene.settings), Artifact(scene)
    migrations, older = Migrations(scene, folder), Older(scene, folder / "older")
    killed = scene.stack.kill_key_value_server
    return [
        *of_processes(scene, timetable),
        Fault(
            "kill -9 of key-value server",
            killed,
            is_over=scene.work.runs,
            rest_seconds=REST_SECONDS,
        ),
        Fault("disk full", filler.fill, filler.remove, seconds=3, fails_requests=True),
        Fault(
            "champion damaged, web killed",
            artifact.damage_and_kill,
            artifact.mend,
            seconds=3,
            is_over=artifact.is_served,
            fails_requests=True,
            rest_seconds=REST_SECONDS,
        ),
        Fault("two schedulers", timetable.add_scheduler, timetable.end_it, seconds=75),
        Fault("two migrations at once", migrations.run, is_over=migrations.are_done),
        Fault("worker of the previous version", older.begin, is_over=older.was_refused),
    ]
