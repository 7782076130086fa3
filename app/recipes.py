"""Recipes as trainings keep them, and as somebody asks for them."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

import orjson

from app.errors import InvalidInput
from app.errors.invalid import not_one_of, out_of_range
from app.ml.algorithms import ALGORITHMS
from app.ml.recipe import Recipe
from app.ml.weighting import Weighting
from app.models import Training

_HALF_LIFE = "half_life_days"
_SHORTEST, _LONGEST = 1, 36_500
"""Days of a half-life."""


def recipe_of(training: Training) -> Recipe:
    return read(training.algorithm, training.settings)


def read(algorithm: str, settings: Mapping[str, Any]) -> Recipe:
    """What `stored` wrote."""
    own = dict(settings)
    weighting = Weighting(own.pop("weighting"))
    half_life = own.pop(_HALF_LIFE, None)
    return Recipe(algorithm, weighting, own, half_life)


def stored(recipe: Recipe) -> dict[str, Any]:
    """The settings of a training's row: all of the algorithm's own, and what plays become."""
    fades = {} if recipe.half_life_days is None else {_HALF_LIFE: recipe.half_life_days}
    return {"weighting": recipe.weighting.value, **fades, **recipe.complete().settings}


def checked(
    algorithm: str,
    weighting: str,
    settings: Mapping[str, Any],
    half_life_days: float | None = None,
) -> Recipe:
    """Spelled out. Raises InvalidInput naming the algorithm, weighting or setting unknown."""
    if algorithm not in ALGORITHMS:
        raise not_one_of("algorithm", algorithm, sorted(ALGORITHMS))
    if weighting not in list(Weighting):
        raise not_one_of("weighting", weighting, list(Weighting))
    if half_life_days is not None and not _SHORTEST <= half_life_days <= _LONGEST:
        raise out_of_range("halfLifeDays", half_life_days, _SHORTEST, _LONGEST)
    return Recipe(algorithm, Weighting(weighting), settings, half_life_days).complete()


def from_texts(
    algorithm: str,
    weighting: str,
    settings: Mapping[str, str],
    half_life_days: str = "",
    members: str = "",
) -> Recipe:
    """As somebody typed it; what is empty has its default, and a blend's members are JSON.

    Raises InvalidInput like `checked`, and where something is no number or no JSON.
    """
    given: dict[str, Any] = {
        name: _number(name, text) for name, text in settings.items() if text.strip()
    }
    if members:
        given["members"] = _json("members", members)
    half_life = _number("halfLifeDays", half_life_days) if half_life_days.strip() else None
    return checked(algorithm, weighting or Recipe().weighting, given, half_life)


def _json(name: str, text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidInput(name, f"must be JSON: {error}") from error


def _number(name: str, text: str) -> float:
    """Whole where it is written so: some settings take nothing else."""
    try:
        number = float(text)
    except ValueError as error:
        raise InvalidInput(name, f"must be a number, is {text[:40]!r}") from error
    if not isfinite(number):
        raise InvalidInput(name, f"must be a number, is {text[:40]!r}")
    return int(number) if number.is_integer() and "." not in text else number
