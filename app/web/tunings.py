"""Searches for the best recipe, for administrators: begun, followed, stopped, gone on with."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app import recipes, tuning
from app.access import Viewer
from app.errors import PyTuneError
from app.models.columns import id_of
from app.state import State
from app.tuning.rows import ACTIVE
from app.web.door import Administrator, Here, Id
from app.web.errors import status_of
from app.web.models import Before
from app.web.render import page, part, target_of
from app.web.tried import Board, Told

_SHOWN = 10
_TRIALS = 200

router = APIRouter()

Seconds = Annotated[int, Form()]
Seed = Annotated[int, Form(ge=0, le=2**31 - 1)]


@router.get("/admin/tunings")
def tunings(
    request: Request, state: Here, viewer: Administrator, before: Before = None
) -> Response:
    if target_of(request) == "tunings":
        return part(request, "tunings/_tunings.html", _all(state, before))
    return _page(request, state, viewer, before)


@router.post("/admin/tunings")
def begin(
    request: Request,
    state: Here,
    viewer: Administrator,
    seconds: Seconds = tuning.DEFAULT_SECONDS,
    seed: Seed = tuning.DEFAULT_SEED,
) -> Response:
    try:
        number = tuning.launch(state.database, state.queue, viewer.name, seconds, seed)
    except PyTuneError as problem:
        return _page(request, state, viewer, None, problem, {"seconds": seconds, "seed": seed})
    return RedirectResponse(f"/admin/tunings/{number}", 303)


@router.get("/admin/tunings/{number}")
def one(request: Request, state: Here, viewer: Administrator, number: Id) -> Response:
    if target_of(request) == "tuning":
        return part(request, "tunings/_tuning.html", _one(state, number))
    return page(request, viewer, "tunings/tuning.html", {**_one(state, number), "problem": None})


@router.post("/admin/tunings/{number}/stop")
def stop(request: Request, state: Here, viewer: Administrator, number: Id) -> Response:
    try:
        state.database.transact(lambda session: id_of(tuning.stop(session, number, viewer.name)))
    except PyTuneError as problem:
        return _refused(request, state, viewer, number, problem)
    state.queue.announce_tuning(number)
    return RedirectResponse(f"/admin/tunings/{number}", 303)


@router.post("/admin/tunings/{number}/resume")
def resume(request: Request, state: Here, viewer: Administrator, number: Id) -> Response:
    try:
        tuning.resume(state.database, state.queue, number)
    except PyTuneError as problem:
        return _refused(request, state, viewer, number, problem)
    return RedirectResponse(f"/admin/tunings/{number}", 303)


def _page(
    request: Request,
    state: State,
    viewer: Viewer,
    before: int | None,
    problem: PyTuneError | None = None,
    sent: dict[str, int] | None = None,
) -> Response:
    shown = {**_all(state, before), **(sent or {}), "problem": problem}
    return page(request, viewer, "tunings/tunings.html", shown, status_of(problem))


def _refused(
    request: Request, state: State, viewer: Viewer, number: int, problem: PyTuneError
) -> Response:
    """Raises TuningNotFound."""
    shown = {**_one(state, number), "problem": problem}
    return page(request, viewer, "tunings/tuning.html", shown, status_of(problem))


def _all(state: State, before: int | None) -> dict[str, Any]:
    with state.database.read() as session:
        rows = tuning.tunings(session, _SHOWN + 1, before)
        numbers = [id_of(row) for row in rows[:_SHOWN]]
        scores = tuning.scores_of(session, numbers)
        set_aside = tuning.set_aside_of(session, numbers)
    return {
        "board": Board.of(rows[:_SHOWN], scores),
        "set_aside": set_aside,
        "active": next((row for row in rows if row.state in ACTIVE), None),
        "is_first": before is None,
        "further": id_of(rows[_SHOWN - 1]) if len(rows) > _SHOWN else None,
        "seconds": tuning.DEFAULT_SECONDS,
        "seed": tuning.DEFAULT_SEED,
        "least": tuning.LEAST_SECONDS,
        "most": tuning.MOST_SECONDS,
    }


def _one(state: State, number: int) -> dict[str, Any]:
    """Raises TuningNotFound."""
    with state.database.read() as session:
        row = tuning.tuning(session, number)
        count = tuning.count_trials(session, number)
        trials = tuning.best_trials(session, number, _TRIALS)
        scores = tuning.scores_of(session, [number])
        untried = tuning.untried_recipe(session)
        set_aside = tuning.set_aside_of(session, [number])
    board = Board.of([row], scores)
    chosen = recipes.read(row.algorithm, row.settings) if row.algorithm and row.settings else None
    return {
        "row": row,
        "board": board,
        "search": board.searches[0],
        "set_aside": set_aside,
        "trials": [Told.of(trial) for trial in trials],
        "trial_count": count,
        "chosen": chosen,
        "is_untried": chosen is not None and chosen == untried,
        "is_active": row.state in ACTIVE,
    }
