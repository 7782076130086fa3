"""The scheduled training: the champion's recipe on newer data, if there is newer data."""

import logging

from sqlmodel import Session

from app import listening, recipes, training, tuning
from app.errors import NoListens, TrainingUnderway
from app.ml.recipe import Recipe
from jobs.runtime import Runtime, runtime

log = logging.getLogger(__name__)


def retrain(requested_by: str = "schedule") -> None:
    """By the timetable, or by drift."""
    with runtime() as rt:
        _retrain(rt, requested_by)


def _retrain(rt: Runtime, requested_by: str = "schedule") -> None:
    recipe = rt.read(_due_recipe)
    if recipe is None:
        log.info("no retraining: nothing was recorded since the last one")
        return
    try:
        number = training.launch(rt.database, rt.queue, requested_by, recipe)
    except (NoListens, TrainingUnderway) as error:
        log.info("no retraining", extra={"reason": str(error)})
    else:
        log.info("retraining", extra={"training": number})


def _due_recipe(session: Session) -> Recipe | None:
    """What a search chose and no training has tried yet, whatever is new; else the champion's
    recipe, or the default one, and None where no event is newer than its data.
    """
    tuned = tuning.untried_recipe(session)
    if tuned is not None:
        return tuned
    champion = training.champion(session)
    if champion is None:
        return Recipe()
    seen = champion.training.last_event_id or 0
    return recipes.recipe_of(champion.training) if listening.last_event_id(session) > seen else None
