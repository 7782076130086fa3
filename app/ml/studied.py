"""An arm of a search while it is under way."""

from dataclasses import dataclass, field
from typing import Any

from app.ml.search import Trial
from app.ml.search_space import Arm


@dataclass
class Studied:
    """An arm, its sampler, and the trials so far."""

    arm: Arm
    study: Any
    trials: list[Trial] = field(default_factory=list)

    @property
    def best(self) -> Trial | None:
        done = [trial for trial in self.trials if trial.state == "complete"]
        return max(done, key=lambda trial: trial.ndcg, default=None)

    @property
    def spent(self) -> float:
        return sum(trial.seconds for trial in self.trials)

    @property
    def over(self) -> bool:
        """Whether nothing more can be learnt of it."""
        return bool(self.trials) and (
            not self.arm.spans or any(trial.state == "refused" for trial in self.trials)
        )
