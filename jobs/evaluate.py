"""Evaluate: measure a finished training's recipe once more, because somebody asked.

Nothing is fitted to be served, and nothing is promoted.
"""

import logging

from sqlmodel import Session

from app import evaluating, recipes, training
from app.db import worded
from app.evaluating import EvaluationOver
from app.ml.contest import ContestResult
from app.models import Training
from app.pulse import Pulse
from app.training import Champion
from jobs import contest
from jobs.runtime import Runtime, runtime
from jobs.training_data import TrainingData

log = logging.getLogger(__name__)

_READ = 0.05
"""Of the progress; the rest is the contest's."""


def evaluate(run_id: int) -> None:
    """The job of a run. Whatever goes wrong, its row says so and nothing else has changed."""
    with runtime() as rt:
        try:
            _evaluate(rt, run_id)
        except EvaluationOver as over:
            log.info("an evaluation was cancelled or given up", extra={"reason": str(over)})
        except Exception as error:
            reason = worded(error)
            rt.transact(lambda session: evaluating.fail(session, run_id, reason))
            raise
        finally:
            rt.queue.announce_evaluation(run_id)


def _evaluate(rt: Runtime, run_id: int) -> None:
    wanted = rt.transact(lambda session: evaluating.start(session, run_id)).training_id
    done = _Done(rt, run_id)
    with Pulse(done.beat):
        row, data, champion = rt.read(lambda session: _what(session, wanted))
        done.share = _READ
        recipe = recipes.recipe_of(row)
        result, _ = contest.compete(rt, recipe, champion, data, row.seed, done.report)
    version = champion.version if champion else None
    rt.transact(lambda session: _finish(session, run_id, version, result))
    log.info(result.verdict.supposed, extra={"training": wanted})


def _what(session: Session, training_id: int) -> tuple[Training, TrainingData, Champion | None]:
    return training.training(session, training_id), *contest.read(session)


def _finish(session: Session, run_id: int, champion: int | None, result: ContestResult) -> None:
    """The verdict is told as what would be: everything that is kept is true of what was done."""
    supposed = result.verdict.supposed
    metrics = result.as_json() | {"reason": supposed}
    evaluating.finish(session, run_id, champion, metrics, supposed)


class _Done:
    """How much of a run is done, and its writing down."""

    def __init__(self, rt: Runtime, run_id: int) -> None:
        self.rt = rt
        self.run_id = run_id
        self.share = 0.0
        self._over: EvaluationOver | None = None

    def report(self, share: float) -> None:
        """Of the contest, which it ends by EvaluationOver where nobody wants it any more."""
        self.share = _READ + (1 - _READ) * share
        if self._over is not None:
            raise self._over

    def beat(self) -> None:
        try:
            self.rt.database.transact(
                lambda session: evaluating.progress(session, self.run_id, self.share)
            )
        except EvaluationOver as over:
            self._over = over
            raise
        self.rt.queue.announce_evaluation(self.run_id)
