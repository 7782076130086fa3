"""What bounds a search over recipes, and what comes of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from scipy.sparse import csr_matrix

from app.ml.interactions import Interactions, joined, weighed
from app.ml.recipe import MEMORY_MIB, Recipe
from app.ml.recommender import Report
from app.ml.search_space import TUNED, Arm
from app.ml.vocabulary import Vocabulary
from app.ml.weighting import Weighting

_LEAST_WEIGHT = 0.02
"""Members that weigh less are left out of a blend."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings of an arm and how they did. What is recorded as JSON, and resumed from."""

    arm: str
    settings: Mapping[str, Any]
    state: str
    """complete, pruned, or refused for its memory."""
    ndcg: float
    """Over the panel; of a pruned trial over its first quarter."""
    quarter: float
    """Over the first quarter of the panel."""
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Tuned:
    """What was found. `scores` are NDCG on the panel, by algorithm like `best`."""

    best: Mapping[str, Recipe]
    scores: Mapping[str, float]
    chosen: str
    trials: Sequence[Trial]
    listeners: int
    """How many a trial is measured on."""
    features: Interactions | None = None
    """Those of the search, where the best single recipe gained by them."""

    @property
    def recipe(self) -> Recipe:
        return self.best[self.chosen]


@dataclass(frozen=True, slots=True)
class Search:
    """What bounds a search."""

    seconds: float
    algorithms: tuple[str, ...] = (*TUNED, "blend")
    seed: int = 0
    k: int = 20
    memory_mib: float = MEMORY_MIB
    report: Report = lambda _: None
    features: Interactions | None = None
    """Tags of items, each as a listener with a negative id; used if the best recipe gains."""
    stop: Callable[[], bool] = lambda: False
    """Asked between and within fits; the search then ends with what it has."""
    record: Callable[[Trial], None] = lambda _: None
    """Told of each trial as it ends."""


def members_of(ranked: Sequence[tuple[Arm, Trial]]) -> list[Recipe]:
    """Recipes that can be blended, best first, as they would be fitted within the blend.

    All share the weighting and half-life of the best, but for binary ones, to which neither
    counts nor dates matter.
    """
    recipes = [arm.recipe(trial.settings) for arm, trial in ranked if arm.algorithm != "popularity"]
    counts = [recipe for recipe in recipes if recipe.weighting is not Weighting.BINARY]
    if not counts:
        return [replace(recipe, half_life_days=recipes[0].half_life_days) for recipe in recipes]
    shared = counts[0]
    return [
        replace(recipe, half_life_days=shared.half_life_days if recipe in counts else None)
        for recipe in recipes
        if recipe.weighting in {shared.weighting, Weighting.BINARY}
    ]


def blend_of(members: Sequence[Recipe], weights: Sequence[float]) -> Recipe:
    """A recipe whose binary members see only the sign of the others' strengths."""
    leader = next(
        (recipe for recipe in members if recipe.weighting is not Weighting.BINARY), members[0]
    )
    listed = [
        {
            "algorithm": recipe.algorithm,
            "weight": round(weight, 4),
            "binary": recipe.weighting is not leader.weighting,
            "settings": dict(recipe.settings),
        }
        for recipe, weight in zip(members, weights, strict=True)
        if weight >= _LEAST_WEIGHT
    ]
    return Recipe("blend", leader.weighting, {"members": listed}, leader.half_life_days)


def matrix_for(
    recipe: Recipe, train: Interactions, tracks: Vocabulary, features: Interactions | None
) -> csr_matrix:
    """What a recipe is fitted on, features as more listeners: (n_listeners + n_tags, n_tracks).

    They share the item vectors, as in collective factorisation: Singh, Gordon: Relational
    Learning via Collective Matrix Factorization, KDD 2008. Popularity counts listeners alone.
    """
    if features is None or recipe.algorithm == "popularity":
        return recipe.matrix(train, tracks)
    weigher = recipe.weigher(train, tracks)
    return weighed(joined(train, features), weigher, tracks, as_of=train.latest()).matrix
