"""Choosing the recipe of a training, for administrators."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

import orjson
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from app import recipes, training, tuning
from app.access import Viewer
from app.errors import InvalidInput, PyTuneError
from app.ml.algorithms import ALGORITHMS
from app.ml.recipe import Recipe
from app.ml.weighting import Weighting
from app.web.door import Administrator, Here
from app.web.errors import status_of
from app.web.models import models_page
from app.web.render import page

_SETTING = "set."

router = APIRouter()


async def _sent(request: Request) -> FormData:
    return await request.form()


Sent = Annotated[FormData, Depends(_sent)]
"""Which settings there are depends on the algorithm."""


@dataclass(frozen=True, slots=True)
class Form:
    """A recipe in fields; each as it was typed, or its default."""

    algorithm: str
    weighting: str
    half_life_days: str
    settings: dict[str, str]
    """Those of the algorithm that are numbers."""
    members: str = ""
    """A blend's, as JSON: shown, and sent as they are."""

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        settings = recipe.complete().settings
        numbers = {
            name: str(value) for name, value in settings.items() if isinstance(value, int | float)
        }
        members = orjson.dumps(settings["members"]).decode() if "members" in settings else ""
        half_life = "" if recipe.half_life_days is None else f"{recipe.half_life_days:g}"
        return cls(recipe.algorithm, recipe.weighting.value, half_life, numbers, members)

    @classmethod
    def sent(cls, form: FormData) -> Self:
        """Raises InvalidInput for an algorithm that there is not."""
        texts = {name: value for name, value in form.items() if isinstance(value, str)}
        return cls(
            algorithm=_known(texts.get("algorithm", "")),
            weighting=texts.get("weighting", ""),
            half_life_days=texts.get("half_life_days", ""),
            settings={
                name.removeprefix(_SETTING): value
                for name, value in texts.items()
                if name.startswith(_SETTING)
            },
            members=texts.get("members", ""),
        )

    def recipe(self) -> Recipe:
        """Raises InvalidInput."""
        return recipes.from_texts(
            self.algorithm, self.weighting, self.settings, self.half_life_days, self.members
        )

    def blended(self) -> list[Mapping[str, Any]]:
        """The members to show; none where what was sent is no recipe."""
        try:
            found: list[Mapping[str, Any]] = self.recipe().settings.get("members", [])
        except InvalidInput:
            return []
        return found


@router.get("/admin/trainings/new")
def new(request: Request, state: Here, viewer: Administrator, algorithm: str = "") -> Response:
    """The best known recipe in fields, or the defaults of another algorithm."""
    with state.database.read() as session:
        best = tuning.best_known(session)
    chosen = best if algorithm in ("", best.algorithm) else Recipe(_known(algorithm))
    return _page(request, viewer, Form.of(chosen))


@router.post("/admin/trainings")
def train(request: Request, state: Here, viewer: Administrator) -> Response:
    """The best known recipe."""
    with state.database.read() as session:
        recipe = tuning.best_known(session)
    try:
        training.launch(state.database, state.queue, viewer.name, recipe)
    except PyTuneError as problem:
        return models_page(request, state, viewer, problem=problem)
    return RedirectResponse("/admin/models", 303)


@router.post("/admin/trainings/new")
def train_by(request: Request, state: Here, viewer: Administrator, sent: Sent) -> Response:
    """The recipe that was chosen."""
    form = Form.sent(sent)
    try:
        training.launch(state.database, state.queue, viewer.name, form.recipe())
    except PyTuneError as problem:
        return _page(request, viewer, form, problem)
    return RedirectResponse("/admin/models", 303)


def _known(algorithm: str) -> str:
    if algorithm not in ALGORITHMS:
        raise InvalidInput("algorithm", f"must be one of {', '.join(ALGORITHMS)}")
    return algorithm


def _page(
    request: Request, viewer: Viewer, form: Form, problem: PyTuneError | None = None
) -> Response:
    shown = {
        "form": form,
        "algorithms": list(ALGORITHMS),
        "weightings": list(Weighting),
        "problem": problem,
    }
    return page(request, viewer, "trainings/new.html", shown, status_of(problem))
