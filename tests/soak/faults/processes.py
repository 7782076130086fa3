"""kill -9 of each process of PyTune, whichever database and key-value server it has."""

from functools import partial

from tests.soak.faults.scene import Scene, Timetable
from tests.soak.faults.table import Fault

REST_SECONDS = 13
_TO_A_MODEL, _TO_THE_MINUTE = 180.0, 120.0
"""A worker's recovery is a whole training, and a scheduler's the next minute's job."""


def of_processes(scene: Scene, timetable: Timetable) -> list[Fault]:
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
