"""A recipe as a search tries it: with features of items beside the listeners."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags_array

from app.ml.blend import Blend, Member, seen
from app.ml.holdout import Holdout
from app.ml.interactions import Interactions, joined, weighed
from app.ml.recipe import MEMORY_MIB, Recipe
from app.ml.recommender import Algorithm, Report
from app.ml.vocabulary import Vocabulary
from app.ml.weighting import Weighting

Features = Callable[[Holdout], Interactions]
"""Tags of items, each as a listener with a negative id, without those that a tested listener gave
to one of their own targets: they would tell what is to be foreseen."""
FEATURE_WEIGHT = "item_tags"
"""The name of a candidate's `features` among its settings."""
_LEAST_WEIGHT = 0.02
"""Members that weigh less are left out of a blend."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recipe, and how much features weigh in its fit; serving needs only the recipe."""

    recipe: Recipe
    features: float = 0.0
    """What the strengths of features are multiplied by; 0: there are none."""
    members: tuple["Candidate", ...] = ()
    """Of a blend: what it is made of, in the order of its settings."""
    signs: bool = False
    """Whether it sees only which items were for, as a binary member of a blend does."""

    def settings(self) -> dict[str, Any]:
        """All that was chosen, as JSON holds it."""
        found: dict[str, Any] = {"weighting": self.recipe.weighting.value}
        if self.recipe.half_life_days is not None:
            found["half_life_days"] = self.recipe.half_life_days
        if any(member.features for member in self.members):
            found[FEATURE_WEIGHT] = [member.features for member in self.members]
        elif self.features:
            found[FEATURE_WEIGHT] = self.features
        return {**found, **self.recipe.settings}

    def matrix(
        self, train: Interactions, tracks: Vocabulary, features: Interactions | None
    ) -> csr_matrix:
        """What is fitted on, features as more listeners: (n_listeners + n_features, n_tracks).

        They share the item vectors, as in collective factorisation: Singh, Gordon: Relational
        Learning via Collective Matrix Factorization, KDD 2008.
        """
        if features is None or not self.features:
            return self._seen(self.recipe.matrix(train, tracks))
        weigher = self.recipe.weigher(train, tracks)
        found = weighed(joined(train, features), weigher, tracks, as_of=train.latest())
        shares = np.where(found.listeners.ids < 0, self.features, 1).astype(np.float32)
        return csr_matrix(diags_array(shares) @ self._seen(found.matrix), dtype=np.float32)

    def _seen(self, matrix: csr_matrix) -> csr_matrix:
        return seen(matrix, binary=self.signs)

    def fit(
        self,
        train: Interactions,
        tracks: Vocabulary,
        features: Interactions | None,
        *,
        seed: int,
        memory_mib: float = MEMORY_MIB,
        report: Report = lambda _: None,
    ) -> Algorithm:
        """Raises InvalidInput as `Recipe.fit` does."""
        if features is None or not any(member.features for member in self.members):
            matrix = self.matrix(train, tracks, features)
            return self.recipe.fit(matrix, seed=seed, memory_mib=memory_mib, report=report)
        self.recipe.check_memory(joined(train, features).extent(), memory_mib)
        parts = zip(self.recipe.settings["members"], self.members, strict=True)
        return Blend(
            tuple(
                Member(
                    member.fit(train, tracks, features, seed=seed, report=report),
                    listed["weight"],
                    listed["binary"],
                )
                for listed, member in parts
            )
        )


def members_of(ranked: Sequence[Candidate]) -> list[Candidate]:
    """What of the candidates, best first, can be blended, as it would be fitted within the blend.

    All share the weighting and half-life of the best, but for binary ones, to which neither
    counts nor dates matter.
    """
    found = [each for each in ranked if each.recipe.algorithm != "popularity"]
    counts = [each for each in found if each.recipe.weighting is not Weighting.BINARY]
    if not counts:
        return [_fading(each, found[0].recipe.half_life_days) for each in found]
    shared = counts[0].recipe
    return [
        _fading(each, shared.half_life_days)
        if each in counts
        else replace(_fading(each, None), signs=True)
        for each in found
        if each.recipe.weighting in {shared.weighting, Weighting.BINARY}
    ]


def blend_of(members: Sequence[Candidate], weights: Sequence[float]) -> Candidate:
    """A blend whose binary members see only the sign of the others' strengths."""
    kept = [
        (member, weight)
        for member, weight in zip(members, weights, strict=True)
        if weight >= _LEAST_WEIGHT
    ]
    recipes = [member.recipe for member, _ in kept]
    leader = next((at for at in recipes if at.weighting is not Weighting.BINARY), recipes[0])
    listed = [
        {
            "algorithm": member.recipe.algorithm,
            "weight": round(weight, 4),
            "binary": member.recipe.weighting is not leader.weighting,
            "settings": dict(member.recipe.settings),
        }
        for member, weight in kept
    ]
    recipe = Recipe("blend", leader.weighting, {"members": listed}, leader.half_life_days)
    return Candidate(recipe, members=tuple(member for member, _ in kept))


def _fading(candidate: Candidate, days: float | None) -> Candidate:
    return replace(candidate, recipe=replace(candidate.recipe, half_life_days=days))
