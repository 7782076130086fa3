"""Tune: search for the best recipe, and remember it for the next training."""

import logging
from dataclasses import replace
from datetime import UTC, datetime

from sqlmodel import Session

from app import alerts, interactions, tuning
from app.db import worded
from app.errors import NoListens
from app.ml import cutoff, holdout
from app.ml import tuning as searching
from app.ml.footing import footing_of
from app.ml.holdout import Holdout
from app.ml.interactions import Interactions
from app.ml.search import Search, Trial
from app.models import Tuning
from app.models.columns import id_of
from app.pulse import Pulse
from app.tuning.errors import TuningOver
from jobs.held_out import hold_out
from jobs.runtime import Runtime, runtime
from jobs.training_data import read_data_until

log = logging.getLogger(__name__)

_LEAST_SECONDS = 1.0
"""What is left to a search that was interrupted when its time was up: enough for its end."""


def tune(tuning_id: int) -> None:
    """The job of a tuning's row. Whatever goes wrong, the row says so and its trials stay."""
    with runtime() as rt:
        try:
            _tune(rt, tuning_id)
        except TuningOver as over:
            log.info("a tuning was stopped", extra={"reason": str(over)})
        except Exception as error:
            reason = worded(error)
            rt.transact(lambda session: tuning.fail(session, tuning_id, reason))
            alerts.announce(rt.queue)
            raise
        finally:
            rt.queue.announce_tuning(tuning_id)


def _tune(rt: Runtime, tuning_id: int) -> None:
    row = rt.transact(lambda session: tuning.start(session, tuning_id))
    rt.queue.announce_tuning(tuning_id)
    with _Progress(rt, tuning_id) as told:
        train, split = rt.read(lambda session: _validation(session, row.last_event_id or 0))
        if not len(train):
            raise NoListens
        search = told.heeded(_search(rt, row))
        _stand_on(rt, tuning_id, footing_of(train, search, split))
        recorded = rt.read(lambda session: tuning.trials(session, tuning_id))
        found = searching.tune(train, search, recorded, split)
    rt.transact(lambda session: tuning.finish(session, tuning_id, found))
    log.info("tuned", extra={"tuning": tuning_id, "chosen": found.chosen})


def _stand_on(rt: Runtime, tuning_id: int, footing: str) -> None:
    aside = rt.transact(lambda session: tuning.stand_on(session, tuning_id, footing))
    if aside:
        log.warning(
            "trials were set aside: the listens or the settings to try are others than they were",
            extra={"tuning": tuning_id, "trials": aside},
        )


def _search(rt: Runtime, row: Tuning) -> Search:
    """With the time that is left."""
    spent = rt.read(lambda session: tuning.spent(session, id_of(row)))
    left = max(row.seconds - spent, _LEAST_SECONDS)
    return Search(seconds=left, seed=row.seed, memory_mib=rt.settings.memory_for_fits)


def _validation(session: Session, last_event_id: int) -> tuple[Interactions, Holdout | None]:
    """What lies before the gate's cutoff, and in it the last listens against those before.

    The gate then tests what was chosen on listens that had no part in the choice. Without dates
    it is what the gate does not hold out, which the search splits by itself.
    """
    data = read_data_until(session, last_event_id)
    end, held = hold_out(session, data)
    if end is None:
        return held.train, None
    earlier = data.dated.seconds < end.timestamp()
    at = cutoff.choose_cutoff(data.dated.seconds[earlier], data.dated.listener_ids[earlier])
    known = interactions.pairs_between(session, None, end, data.last_event_id)
    if at is None:
        return known, None
    moment = datetime.fromtimestamp(at, UTC)
    before = interactions.pairs_between(session, None, moment, data.last_event_id)
    since = interactions.pairs_between(session, moment, end, data.last_event_id)
    return known, holdout.in_time(before, since, at)


class _Progress(Pulse):
    """Keeps share and trials, and hears whether to stop."""

    def __init__(self, rt: Runtime, tuning_id: int) -> None:
        super().__init__(self._tell)
        self.rt = rt
        self.tuning_id = tuning_id
        self._share = 0.0
        self._ended: list[Trial] = []
        self._stopped = False

    def __exit__(self, *raised: object) -> None:
        super().__exit__(*raised)
        self.once()

    def heeded(self, search: Search) -> Search:
        """The search, telling and asking here."""

        def report(share: float) -> None:
            self._share = share

        return replace(search, report=report, record=self._ended.append, stop=lambda: self._stopped)

    def _tell(self) -> None:
        ended = self._ended[:]
        goes_on = self.rt.database.transact(
            lambda session: tuning.progress(session, self.tuning_id, self._share, ended)
        )
        del self._ended[: len(ended)]
        self._stopped = not goes_on
        self.rt.queue.announce_tuning(self.tuning_id)
