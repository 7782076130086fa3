"""Panels of a holdout by how recipes weigh."""

from time import monotonic

from app.ml.bulk import Panel
from app.ml.candidate import Candidate
from app.ml.holdout import Holdout
from app.ml.recipe import Recipe
from app.ml.weighting import Weighting


class Panels:
    """One holdout's panels, made when a recipe first asks; those that fade are not kept."""

    def __init__(self, holdout: Holdout) -> None:
        self._holdout = holdout
        self._kept: dict[Weighting, Panel] = {}
        self._taken: list[float] = []

    @property
    def seconds_each(self) -> float:
        """What making a panel takes for each tested listener, by the slowest so far."""
        return max(self._taken, default=0.0) / max(len(self._holdout), 1)

    def of(self, recipe: Recipe) -> Panel:
        """The tested listeners as this recipe sees them."""
        if recipe.half_life_days is not None:
            return self._made(recipe)
        if recipe.weighting not in self._kept:
            self._kept[recipe.weighting] = self._made(recipe)
        return self._kept[recipe.weighting]

    def seen_by(self, candidate: Candidate) -> Panel:
        """The tested listeners as the candidate sees them: it may see signs alone."""
        panel = self.of(candidate.recipe)
        return panel.signs() if candidate.signs else panel

    def _made(self, recipe: Recipe) -> Panel:
        started = monotonic()
        weigher = recipe.weigher(self._holdout.train, self._holdout.tracks)
        panel = Panel.of(self._holdout, weigher)
        self._taken.append(monotonic() - started)
        return panel
