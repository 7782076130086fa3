"""A contest of recipes: all fitted before the cutoff, tested on one holdout, then the gate."""

from dataclasses import dataclass
from typing import Any

from app.ml import gate
from app.ml.evaluation import Evaluation, Terms, evaluate
from app.ml.gate import DEFAULTS, GateSettings
from app.ml.holdout import Holdout
from app.ml.interactions import Interactions
from app.ml.popularity import Popularity
from app.ml.recipe import Recipe
from app.ml.recommender import Report
from app.ml.verdict import Verdict

_POPULARITY_SHARE = 0.1
"""Of the progress; the rest belongs to what has to be fitted."""


@dataclass(frozen=True, slots=True)
class ContestResult:
    """The verdict, and the evaluations that it rests on."""

    verdict: Verdict
    challenger: Evaluation
    champion: Evaluation | None
    popularity: Evaluation
    counts: dict[str, int]
    """How much there was to fit and to test on: see `Holdout.counts`."""

    def as_json(self) -> dict[str, Any]:
        """Everything but the figures of single listeners."""
        return {
            "promote": self.verdict.promote,
            "reason": self.verdict.reason,
            "verdict": self.verdict.figures,
            "holdout": self.counts,
            "challenger": self.challenger.as_json(),
            "champion": self.champion.as_json() if self.champion else None,
            "popularity": self.popularity.as_json(),
        }


def run(
    challenger: Recipe,
    champion: Recipe | None,
    holdout: Holdout,
    terms: Terms,
    *,
    champion_knew: Interactions | None = None,
    settings: GateSettings = DEFAULTS,
    report: Report = lambda _: None,
) -> ContestResult:
    """Evaluate the challenger, the champion if there is one, and popularity; let the gate decide.

    With `champion_knew` the champion is fitted on that and not on the holdout's training part:
    so a refresh is weighed against the model that would otherwise go on serving. Without it a
    refresh is the champion over again, fitted once, and only popularity and the limits can stop
    it. An empty one says that the champion's data is gone: a refresh is not promoted then. Raises
    InvalidInput for a recipe that cannot be fitted.
    """
    refresh = is_refresh(challenger, champion)
    again = refresh and champion_knew is None
    forgotten = refresh and champion_knew is not None and not len(champion_knew)
    alone = champion is None or again or forgotten
    rivals = 1 if alone else 2
    ours = evaluate(challenger, holdout, terms, report=_part(report, 0, rivals))
    theirs = ours if again else None
    if champion is not None and not alone:
        last = _part(report, 1, rivals)
        theirs = evaluate(champion, holdout, terms, fitted_on=champion_knew, report=last)
    popular = evaluate(Recipe(Popularity.algorithm), holdout, terms)
    report(1.0)
    verdict = gate.decide(
        ours, theirs, popular, settings=settings, seed=terms.seed, forgotten=forgotten
    )
    return ContestResult(verdict, ours, theirs, popular, holdout.counts())


def is_refresh(challenger: Recipe, champion: Recipe | None) -> bool:
    """Whether both are the same recipe, however much of it is spelled out."""
    return champion is not None and champion.complete() == challenger.complete()


def _part(report: Report, n: int, rivals: int) -> Report:
    """The progress of the n-th of the recipes that have to be fitted, within that of all."""
    return lambda done: report((n + done) / rivals * (1 - _POPULARITY_SHARE))
