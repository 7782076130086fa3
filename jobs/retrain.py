"""The scheduled training: the best known recipe, where something was recorded or taken back."""

import logging

from sqlmodel import Session

from app import evaluations, interactions, listening, recipes, training, tuning
from app.errors import NoListens, TrainingUnderway
from app.ml.recipe import Recipe
from app.models import Training
from app.unattended import SCHEDULE
from app.models.columns import id_of
from jobs.runtime import Runtime, runtime

log = logging.getLogger(__name__)


def retrain(requested_by: str = SCHEDULE) -> None:
    """By the timetable, or by drift."""
    with runtime() as rt:
        _retrain(rt, requested_by)


def _retrain(rt: Runtime, requested_by: str = SCHEDULE) -> None:
    recipe = rt.read(_due_recipe)
    if recipe is None:
        log.info("no retraining: what is recorded is what the last one was trained on")
        return
    try:
        number = training.launch(rt.database, rt.queue, requested_by, recipe)
    except (NoListens, TrainingUnderway) as error:
        log.info("no retraining", extra={"reason": str(error)})
    else:
        log.info("retraining", extra={"training": number})


def _due_recipe(session: Session) -> Recipe | None:
    """The best known; None where the last model made by it was made of the same listens."""
    recipe = tuning.best_known(session)
    last = training.last_finished(session, recipe)
    return None if last is not None and _is_repeated(session, last) else recipe


def _is_repeated(session: Session, last: Training) -> bool:
    """Whether to train again would end as the last time did."""
    newest = listening.last_event_id(session)
    if newest != last.last_event_id or not evaluations.is_judged(session, id_of(last)):
        return False
    return interactions.count_all_pairs(session) == last.interactions
