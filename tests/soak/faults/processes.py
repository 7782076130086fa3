"""Faults of PyTune itself, whichever database and key-value server it has."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.soak.faults.scene import Artifact, Filler, Migrations, Older, Scene, Timetable
from tests.soak.faults.table import Fault

REST_SECONDS = 13
_TO_A_MODEL, _TO_THE_MINUTE = 180.0, 120.0
"""A worker's recovery is a whole training, and a scheduler's the next minute's job."""


def of_pytune(
    scene: Scene,
    timetable: Timetable,
    key_value: Fault,
    folder: Path,
    new: Callable[[int], dict[str, str]],
) -> list[Fault]:
    """Its processes killed, the key-value server too, and what goes wrong with what it is given.

    `new` gives the settings that lead to a new database, by a number.
    """
    return [
        *of_processes(scene, timetable),
        key_value,
        *_of_files(scene),
        *_of_others(scene, timetable, Migrations(scene, folder, new), folder / "older"),
    ]


def of_processes(scene: Scene, timetable: Timetable) -> list[Fault]:
    """kill -9 of each."""
    stack, work, rest = scene.stack, scene.work, REST_SECONDS
    web, worker = (partial(stack.kill_child, f"app.cli {name}") for name in ("web", "worker"))
    return [
        Fault("kill -9 of web", web, fails_requests=True, rest_seconds=rest),
        Fault(
            "kill -9 of worker",
            worker,
            is_over=work.trains,
            most_seconds=_TO_A_MODEL,
            rest_seconds=rest,
        ),
        Fault("kill -9 of a job", work.kill_a_training, is_over=work.killed_one_failed),
        Fault(
            "kill -9 of scheduler",
            timetable.kill_scheduler,
            is_over=timetable.goes_on,
            most_seconds=_TO_THE_MINUTE,
        ),
    ]


def _of_files(scene: Scene) -> list[Fault]:
    filler, artifact = Filler(scene.settings), Artifact(scene)
    return [
        Fault(
            "disk full",
            filler.fill,
            filler.remove,
            seconds=3,
            is_over=scene.work.runs,
            fails_requests=True,
        ),
        Fault(
            "champion damaged, web killed",
            artifact.damage_and_kill,
            artifact.mend,
            seconds=3,
            is_over=artifact.is_served,
            fails_requests=True,
            rest_seconds=REST_SECONDS,
        ),
    ]


def _of_others(
    scene: Scene, timetable: Timetable, migrations: Migrations, code: Path
) -> list[Fault]:
    older = Older(scene, code)
    return [
        Fault("two schedulers", timetable.add_scheduler, timetable.end_it, seconds=75),
        Fault("two migrations at once", migrations.run, is_over=migrations.are_done),
        Fault("worker of the previous version", older.begin, is_over=older.was_refused),
    ]
