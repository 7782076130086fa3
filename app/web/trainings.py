"""One training, for administrators: how it was made, what was measured, and the verdict."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app import evaluating, evaluations, promotion, training, training_log
from app.access import Viewer
from app.errors import InvalidInput, PyTuneError
from app.state import State
from app.web.door import Administrator, Here, Id
from app.web.errors import status_of
from app.web.evaluating import Again
from app.web.models import Service, judged
from app.web.render import page, part, target_of
from app.web.verdicts import Verdict

router = APIRouter()

Reason = Annotated[str, Form()]
Version = Annotated[int, Form(ge=1, le=2**62)]


@router.get("/admin/models/{version}")
def one(request: Request, state: Here, viewer: Administrator, version: Id) -> Response:
    return _page(request, state, viewer, version)


@router.post("/admin/models/{version}/promote")
def promote(
    request: Request, state: Here, viewer: Administrator, version: Id, reason: Reason = ""
) -> Response:
    try:
        promotion.by_hand(state.database, state.queue, version, viewer.name, reason)
    except PyTuneError as problem:
        return _page(request, state, viewer, version, problem, reason)
    return RedirectResponse("/admin/models", 303)


@router.post("/admin/models/{version}/evaluate")
def evaluate(request: Request, state: Here, viewer: Administrator, version: Id) -> Response:
    try:
        evaluating.launch(state.database, state.queue, viewer.name, version)
    except InvalidInput as problem:
        return _page(request, state, viewer, version, problem.on("measured"))
    except PyTuneError as problem:
        return _page(request, state, viewer, version, problem)
    return RedirectResponse(f"/admin/models/{version}", 303)


@router.get("/admin/rollback")
def rollback_page(request: Request, state: Here, viewer: Administrator) -> Response:
    return _rollback_page(request, state, viewer)


@router.post("/admin/rollback")
def roll_back(
    request: Request, state: Here, viewer: Administrator, version: Version, reason: Reason = ""
) -> Response:
    """The version is the champion that the form was about: a form grown stale does nothing."""
    try:
        promotion.roll_back(state.database, state.queue, viewer.name, reason, version)
    except PyTuneError as problem:
        return _rollback_page(request, state, viewer, problem, reason)
    return RedirectResponse("/admin/models", 303)


def _page(
    request: Request,
    state: State,
    viewer: Viewer,
    version: int,
    problem: PyTuneError | None = None,
    reason: str = "",
) -> Response:
    """Raises TrainingNotFound."""
    with state.database.read() as session:
        row = training.training(session, version)
        promotions = promotion.promotions_of(session, version)
        [made] = evaluations.evaluations_of(session, [version])
        shown = {
            "row": row,
            "verdict": Verdict.of(made[0]) if made else None,
            "again": Again.of(session, version),
            "log": training_log.lines_of(session, [version])[0],
            "promotions": promotions,
            "evaluations": judged(session, promotions),
            "service": Service.of(state, session),
            "problem": problem,
            "reason": reason,
        }
    if target_of(request) == "progress":
        return part(request, "trainings/_changed.html", shown)
    if target_of(request) == "again":
        return part(request, "trainings/_again.html", shown)
    return page(request, viewer, "trainings/training.html", shown, status_of(problem))


def _rollback_page(
    request: Request,
    state: State,
    viewer: Viewer,
    problem: PyTuneError | None = None,
    reason: str = "",
) -> Response:
    with state.database.read() as session:
        service = Service.of(state, session)
    shown = {"service": service, "problem": problem, "reason": reason}
    return page(request, viewer, "trainings/rollback.html", shown, status_of(problem))
