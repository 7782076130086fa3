"""The scheduled training: the best known recipe, if it is new or the data is."""

import logging

from sqlmodel import Session

from app import interactions, listening, training, tuning
from app.errors import NoListens, TrainingUnderway
from app.ml.recipe import Recipe
from app.models import Training
from app.unattended import SCHEDULE
from jobs.runtime import Runtime, runtime

log = logging.getLogger(__name__)


def retrain(requested_by: str = SCHEDULE) -> None:
    """By the timetable, or by drift."""
    with runtime() as rt:
        _retrain(rt, requested_by)


def _retrain(rt: Runtime, requested_by: str = SCHEDULE) -> None:
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
    """The best known; None where it is the champion's, and so is the data."""
    champion = training.champion(session)
    tried = tuning.untried_recipe(session) is None
    if champion is not None and tried and not _has_changed(session, champion.training):
        return None
    return tuning.best_known(session)


def _has_changed(session: Session, fitted: Training) -> bool:
    """Whether anything was recorded since that training read the data, or taken back."""
    if listening.last_event_id(session) > (fitted.last_event_id or 0):
        return True
    return interactions.count_all_pairs(session) < (fitted.interactions or 0)
