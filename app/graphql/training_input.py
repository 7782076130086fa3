"""How to train, as it is asked for."""

from typing import Any

import strawberry
from strawberry.scalars import JSON

from app import recipes
from app.errors import InvalidInput
from app.graphql.enums import Algorithm, Weighting
from app.ml.recipe import Recipe
from app.training import DEFAULT_SEED


@strawberry.input(description="How to train; whatever is left out has its default.")
class TrainModelInput:
    algorithm: Algorithm = strawberry.field(
        default=Algorithm.ALS, description="How the model is made."
    )
    weighting: Weighting = strawberry.field(
        default=Recipe().weighting, description="What plays become before the fit."
    )
    half_life_days: float | None = strawberry.field(
        default=None,
        description="Days in which a listen loses half its weight; left out, it keeps it.",
    )
    seed: int = strawberry.field(
        default=DEFAULT_SEED, description="0 or more; the same data and seed, the same model."
    )
    factors: int | None = strawberry.field(
        default=None, description="ALS: the length of each track's vector."
    )
    regularization: float | None = strawberry.field(
        default=None, description="ALS: how strongly vectors are held near zero."
    )
    alpha: float | None = strawberry.field(
        default=None, description="ALS: how fast confidence grows with plays."
    )
    iterations: int | None = strawberry.field(
        default=None, description="ALS: rounds of solving for all listeners, then all tracks."
    )

    settings: JSON | None = strawberry.field(
        default=None,
        description="Settings of any algorithm by their names, such as `beta` of RP3BETA.",
    )

    def recipe(self) -> Recipe:
        """Raises InvalidInput naming what the algorithm does not take."""
        named: Any = self.settings or {}
        if not isinstance(named, dict):
            raise InvalidInput("settings", "must be an object of settings by their names")
        given: dict[str, Any] = {
            **named,
            "factors": self.factors,
            "regularization": self.regularization,
            "alpha": self.alpha,
            "iterations": self.iterations,
        }
        settings = {name: value for name, value in given.items() if value is not None}
        return recipes.checked(self.algorithm, self.weighting, settings, self.half_life_days)


USUAL = TrainModelInput()
