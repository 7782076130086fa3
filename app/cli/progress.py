"""Bars and reports in the terminal."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)
from sqlmodel import Session

from app import evaluating, training, tuning
from app.cli.out import OUT
from app.db import Database
from app.errors import TrainingFailed
from app.evaluating import EvaluationFailed
from app.importing.report import Counts, ImportReport
from app.importing.report import Progress as ImportProgress
from app.models import EvaluationRun, Training, TrainingState, Tuning
from app.tuning.errors import TuningFailed

_LOOK_SECONDS = 0.25
_OVER = (TrainingState.FINISHED, TrainingState.FAILED)
_Row = TypeVar("_Row", Training, Tuning, EvaluationRun)


@contextmanager
def bars() -> Iterator[Progress]:
    """Bars on a terminal; nothing but the final lines elsewhere."""
    columns = (
        TextColumn("{task.description:<26}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=OUT, disable=not OUT.is_terminal) as progress:
        yield progress


def import_bar(progress: Progress) -> ImportProgress:
    """A bar for each file."""
    tasks: dict[str, TaskID] = {}

    def show(file: str, share: float, counts: Counts) -> None:
        if file not in tasks:
            tasks[file] = progress.add_task(f"importing {file}", total=1.0, note="")
        note = f"{counts.read:,} rows, {counts.rejected:,} rejected"
        progress.update(tasks[file], completed=share, note=note)

    return show


def undoing_bar(progress: Progress) -> Callable[[float], None]:
    task = progress.add_task("taking listens back", total=1.0, note="")
    return lambda share: progress.update(task, completed=share)


def table_bar(progress: Progress) -> Callable[[str, int, int], None]:
    """One line for what is done now; its total may not be known."""
    task = progress.add_task("", total=None, note="")

    def show(name: str, done: int, total: int) -> None:
        progress.update(task, description=name, completed=done, total=total or None)

    return show


def generating_bar(progress: Progress) -> Callable[[int, int], None]:
    """Shown from the first report on: a set that is there already needs no bar."""
    tasks: list[TaskID] = []

    def show(done: int, total: int) -> None:
        if not tasks:
            tasks.append(progress.add_task("making up listeners", total=total, note=""))
        progress.update(tasks[0], completed=done)

    return show


def print_report(report: ImportReport) -> None:
    for name, counts in (("tracks", report.tracks), ("listens", report.listens)):
        OUT.print(
            f"{name:<8}{counts.read:>12,} read {counts.loaded:>12,} loaded "
            f"{counts.unchanged:>12,} unchanged {counts.rejected:>10,} rejected"
        )
    OUT.print(f"New tracks: {report.tracks_added:,}")
    if report.passed_over:
        OUT.print(f"Passed over, as no listens to music: {report.passed_over:,}")
    for reason, times in sorted(report.reasons.items(), key=lambda pair: -pair[1]):
        OUT.print(f"  {times:,} × {reason}")
    number = report.import_id
    OUT.print(f"This was import {number}: `pytune import undo {number}` takes it back.")
    if report.rejected_file is not None:
        OUT.print(f"What was left out, with line and reason: {report.rejected_file}")


def follow_training(
    database: Database, training_id: int, moment: Callable[[], bool] | None = None
) -> Training:
    """Show a training until it is over. Raises TrainingFailed.

    `moment` is called between looks and may say by False that nobody waits any longer.
    """

    def look(session: Session) -> tuple[Training, str]:
        row = training.training(session, training_id)
        return row, str(row.stage)

    row = _follow(database, f"training {training_id}", look, moment)
    if row.state is TrainingState.FAILED:
        raise TrainingFailed(training_id=training_id, reason=row.error or "no reason was given")
    return row


def follow_tuning(database: Database, tuning_id: int) -> Tuning:
    """Show a search until it is over. Raises TuningFailed."""

    def look(session: Session) -> tuple[Tuning, str]:
        row = tuning.tuning(session, tuning_id)
        return row, str(row.state)

    row = _follow(database, f"tuning {tuning_id}", look)
    if row.state is TrainingState.FAILED:
        raise TuningFailed(tuning_id=tuning_id, reason=row.error or "no reason was given")
    return row


def follow_evaluation(database: Database, run_id: int) -> EvaluationRun:
    """Show an evaluation until it is over. Raises EvaluationFailed."""

    def look(session: Session) -> tuple[EvaluationRun, str]:
        row = evaluating.run(session, run_id)
        return row, str(row.state)

    row = _follow(database, f"evaluation {run_id}", look)
    if row.state is TrainingState.FAILED:
        raise EvaluationFailed(run_id=run_id, reason=row.error or "no reason was given")
    return row


def _follow(
    database: Database,
    name: str,
    look: Callable[[Session], tuple[_Row, str]],
    moment: Callable[[], bool] | None = None,
) -> _Row:
    """A bar for a row and what it does, until it is over or nobody waits any longer."""
    pause = threading.Event()
    with bars() as progress:
        task = progress.add_task(name, total=1.0, note="")
        while True:
            with database.read() as session:
                row, note = look(session)
            progress.update(task, completed=row.progress, note=note)
            if row.state in _OVER or (moment is not None and not moment()):
                return row
            pause.wait(_LOOK_SECONDS)
