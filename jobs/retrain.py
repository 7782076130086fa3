"""The scheduled training: the best known recipe, where something was recorded or taken back."""

import logging

from app import retraining, training
from app.errors import NoListens, TrainingUnderway
from app.unattended import SCHEDULE
from jobs.runtime import Runtime, runtime

log = logging.getLogger(__name__)


def retrain(requested_by: str = SCHEDULE) -> None:
    """By the timetable, or by drift."""
    with runtime() as rt:
        _retrain(rt, requested_by)


def _retrain(rt: Runtime, requested_by: str = SCHEDULE) -> None:
    recipe = rt.read(retraining.due_recipe)
    if recipe is None:
        log.info("no retraining: what is recorded is what the last one was trained on")
        return
    try:
        number = training.launch(rt.database, rt.queue, requested_by, recipe)
    except (NoListens, TrainingUnderway) as error:
        log.info("no retraining", extra={"reason": str(error)})
    else:
        log.info("retraining", extra={"training": number})
