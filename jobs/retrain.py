"""The scheduled training: the champion's recipe on newer data, if there is newer data."""

import logging

from sqlmodel import Session

from app import listening, training, tuning
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
    """The best known; None where it is the champion's and no event is newer than its data."""
    champion = training.champion(session)
    if champion is not None and tuning.untried_recipe(session) is None:
        seen = champion.training.last_event_id or 0
        if listening.last_event_id(session) <= seen:
            return None
    return tuning.best_known(session)
