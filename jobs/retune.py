"""The scheduled search for a better recipe; the next training takes what it finds."""

import logging

from app import tuning
from app.errors import NoListens
from app.tuning.errors import TuningUnderway
from app.unattended import SCHEDULE
from jobs.runtime import Runtime, runtime

log = logging.getLogger(__name__)


def retune() -> None:
    with runtime() as rt:
        _retune(rt)


def _retune(rt: Runtime) -> None:
    try:
        number = tuning.launch(rt.database, rt.queue, SCHEDULE, rt.settings.tune_seconds)
    except (NoListens, TuningUnderway) as error:
        log.info("no tuning", extra={"reason": str(error)})
    else:
        log.info("tuning", extra={"tuning": number})
