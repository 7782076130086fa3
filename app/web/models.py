"""Models, for administrators: the champion, the trainings, and one more of them."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app import training
from app.ml.recipe import Recipe
from app.web.door import Administrator, Here
from app.web.render import page, part, target_of

_SHOWN = 20

router = APIRouter()


@router.get("/admin/models")
def models(request: Request, state: Here, viewer: Administrator) -> Response:
    loaded = state.slot.model
    version = loaded.version if loaded else None
    with state.database.read() as session:
        champion = training.champion(session)
        shown = {
            "trainings": training.trainings(session, _SHOWN),
            "active": training.active_training(session),
            "champion": champion,
            "loaded_version": version,
            "is_loading": champion is not None and champion.version != version,
        }
    if target_of(request) == "trainings":
        return part(request, "models/_trainings_changed.html", shown)
    return page(request, viewer, "models/models.html", shown)


@router.post("/admin/trainings")
def train(state: Here, viewer: Administrator) -> Response:
    training.launch(state.database, state.queue, viewer.name, Recipe())
    return RedirectResponse("/admin/models", 303)
