"""Recipes as trainings keep them, and as somebody asks for them."""

from collections.abc import Mapping
from typing import Any

from app.errors import InvalidInput
from app.ml.algorithms import ALGORITHMS
from app.ml.recipe import Recipe
from app.ml.weighting import Weighting
from app.models import Training


def recipe_of(training: Training) -> Recipe:
    settings = dict(training.settings)
    weighting = Weighting(settings.pop("weighting"))
    return Recipe(training.algorithm, weighting, settings)


def checked(algorithm: str, weighting: str, settings: Mapping[str, Any]) -> Recipe:
    """Raises InvalidInput naming the algorithm, weighting or setting that is unknown."""
    if algorithm not in ALGORITHMS:
        raise InvalidInput("algorithm", f"must be one of {sorted(ALGORITHMS)}, is {algorithm!r}")
    ALGORITHMS[algorithm].check(settings)
    if weighting not in list(Weighting):
        raise InvalidInput("weighting", f"must be one of {list(Weighting)}, is {weighting!r}")
    return Recipe(algorithm, Weighting(weighting), settings)
