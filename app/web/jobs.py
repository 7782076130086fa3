"""Jobs, for administrators: what the workers do, will do and failed to do, and the timetable."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app import evaluations, jobs, timetable, training, tuning
from app.access import Viewer
from app.errors import PyTuneError, QueueUnavailable
from app.jobs import JobState, QueuedJob
from app.models import EvaluationRun, Training, Tuning
from app.models.columns import utc_now
from app.queue_names import QueueName
from app.state import State
from app.timetable import Appointment
from app.web.door import Administrator, Here
from app.web.errors import status_of
from app.web.render import page, part, target_of

_SHOWN = 50

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Shown:
    job: QueuedJob
    training: Training | None
    """The training that it makes, for how far it is."""
    tuning: Tuning | None
    """The search that it does, likewise."""
    run: EvaluationRun | None
    """The evaluation that it does, likewise."""


@router.get("/admin/jobs")
def jobs_page(request: Request, state: Here, viewer: Administrator) -> Response:
    if target_of(request) == "jobs":
        return part(request, "jobs/_jobs.html", _shown(state))
    return _page(request, state, viewer)


@router.post("/admin/jobs/{job_id}/retry")
def retry(request: Request, state: Here, viewer: Administrator, job_id: str) -> Response:
    try:
        tuning.retry_job(state.database, state.queue, job_id, viewer.name)
    except PyTuneError as problem:
        return _page(request, state, viewer, problem)
    return RedirectResponse("/admin/jobs", 303)


@router.post("/admin/jobs/{job_id}/cancel")
def cancel(request: Request, state: Here, viewer: Administrator, job_id: str) -> Response:
    try:
        tuning.cancel_job(state.database, state.queue, job_id, viewer.name)
    except PyTuneError as problem:
        return _page(request, state, viewer, problem)
    return RedirectResponse("/admin/jobs", 303)


def _soonest_first(appointment: Appointment) -> tuple[bool, float]:
    """Last what no scheduler has taken up."""
    due = appointment.next_run_at
    return due is None, due.timestamp() if due else 0.0


def _page(
    request: Request, state: State, viewer: Viewer, problem: PyTuneError | None = None
) -> Response:
    shown = {**_shown(state), "problem": problem}
    return page(request, viewer, "jobs/jobs.html", shown, status_of(problem))


def _shown(state: State) -> dict[str, Any]:
    """Without the queue the page still stands, says so, and goes on looking."""
    try:
        found = jobs.jobs(state.queue, _SHOWN)
        appointments = sorted(timetable.schedule(state.queue), key=_soonest_first)
        unserved = _unserved(state, found)
    except QueueUnavailable:
        return {"is_away": True, "jobs": [], "appointments": [], "is_busy": False}
    return {
        "is_away": False,
        "jobs": _with_rows(state, found),
        "unserved": unserved,
        "appointments": appointments,
        "is_busy": any(job.state is not JobState.FAILED for job in found),
        "now": utc_now(),
    }


def _with_rows(state: State, found: list[QueuedJob]) -> list[Shown]:
    with state.database.read() as session:
        numbers = [job.training_id for job in found if job.training_id is not None]
        rows = training.trainings_by_id(session, numbers)
        searched = [job.tuning_id for job in found if job.tuning_id is not None]
        searches = tuning.tunings_by_id(session, searched)
        asked = [job.evaluation_id for job in found if job.evaluation_id is not None]
        runs = evaluations.runs_by_id(session, asked)
    return [
        Shown(
            job,
            rows.get(job.training_id or 0),
            searches.get(job.tuning_id or 0),
            runs.get(job.evaluation_id or 0),
        )
        for job in found
    ]


def _unserved(state: State, found: list[QueuedJob]) -> list[QueueName]:
    """Queues in which something waits that no worker will take."""
    served = {name for name, count in state.queue.workers().items() if count}
    return sorted({job.name.queue for job in found if job.state is JobState.QUEUED} - served)
