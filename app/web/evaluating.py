"""A training's recipe measured again because somebody asked, as its page shows it."""

from dataclasses import dataclass
from typing import Self

from sqlmodel import Session

from app import evaluations
from app.models import EvaluationRun, TrainingState
from app.web.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Measured:
    """A run that is over."""

    run: EvaluationRun
    verdict: Verdict | None
    """What was found; None where it failed."""


@dataclass(frozen=True, slots=True)
class Again:
    active: EvaluationRun | None
    over: list[Measured]
    """The newest first."""

    @classmethod
    def of(cls, session: Session, training_id: int) -> Self:
        [runs] = evaluations.runs_of(session, [training_id])
        numbers = [run.evaluation_id for run in runs if run.evaluation_id is not None]
        found = evaluations.evaluations_by_id(session, numbers)
        over, active = [], None
        for run in runs:
            if run.state in {TrainingState.QUEUED, TrainingState.RUNNING}:
                active = run
            else:
                row = found.get(run.evaluation_id or 0)
                over.append(Measured(run, Verdict.of(row) if row else None))
        return cls(active, over)
