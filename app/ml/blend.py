"""A weighted sum of fitted members, each scaled to its spread over the listener's scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.errors import InvalidInput
from app.ml import ranges
from app.ml.als import Als
from app.ml.ease import Ease
from app.ml.ials import Ials
from app.ml.neighbours import Neighbours, Rp3beta
from app.ml.popularity import Popularity
from app.ml.ranges import Range
from app.ml.recommender import Algorithm, Explanations, Extent, Floats, History, Report
from app.ml.vocabulary import Positions
from app.ml.weighting import presence

SINGLE: dict[str, type[Algorithm]] = {
    algorithm.algorithm: algorithm
    for algorithm in (Als, Ials, Ease, Neighbours, Rp3beta, Popularity)
}
"""The algorithms that can be members."""
DEFAULT_MEMBERS: tuple[Mapping[str, Any], ...] = (
    {"algorithm": "ials", "weight": 0.5, "binary": False},
    {"algorithm": "ials", "weight": 0.35, "binary": True},
    {"algorithm": "rp3beta", "weight": 0.15, "binary": False},
)
_MOST_MEMBERS = 8


@dataclass(frozen=True, slots=True)
class Member:
    """One fitted member and what it counts for."""

    model: Algorithm
    weight: float
    binary: bool
    """Whether it sees only which items were for, not how strongly."""

    def history(self, history: History) -> History:
        if not self.binary:
            return history
        if history.shares is None:
            return History(history.items, presence(history.strengths))
        whole = presence(history.strengths / history.shares)
        return History(history.items, whole * history.shares, history.shares)


@dataclass(frozen=True)
class Blend:
    """score = Σ weight · s / σ over the members; s their scores, σ the spread of those.

    Members share the recipe's weighting, from which binary ones take only the sign. As σ depends
    on the listener and not on the item, contributions add up as they do in the members.
    """

    algorithm: ClassVar[str] = "blend"

    members: tuple[Member, ...]

    @property
    def n_items(self) -> int:
        return self.members[0].model.n_items

    @classmethod
    def complete(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        return {"members": [_completed(member) for member in members_of(settings)]}

    @classmethod
    def peak_bytes(cls, extent: Extent, settings: Mapping[str, Any]) -> int:
        """The dearest fit, with the vectors or weights of all others held beside it."""
        needs = [
            SINGLE[member["algorithm"]].peak_bytes(extent, member.get("settings", {}))
            for member in members_of(settings)
        ]
        return max(needs) + sum(needs) // 2 + 12 * extent.n_values

    @classmethod
    def fit(
        cls, matrix: csr_matrix, settings: Mapping[str, Any], *, seed: int, report: Report
    ) -> Self:
        chosen = members_of(settings)
        members = []
        for n, member in enumerate(chosen):
            model = SINGLE[member["algorithm"]].fit(
                seen(matrix, binary=_binary(member)),
                member.get("settings", {}),
                seed=seed,
                report=_part(report, n, len(chosen)),
            )
            members.append(Member(model, float(member["weight"]), _binary(member)))
        return cls(tuple(members))

    def scores(self, history: History) -> Floats:
        total = np.zeros(self.n_items)
        for member in self.members:
            scores = member.model.scores(member.history(history))
            total += member.weight / _spread(scores[None])[0] * scores
        return total.astype(np.float32)

    def scores_of_many(self, histories: Sequence[History]) -> Floats:
        total = np.zeros((len(histories), self.n_items), dtype=np.float32)
        for member in self.members:
            seen = [member.history(history) for history in histories]
            scores = member.model.scores_of_many(seen)
            scores *= (member.weight / _spread(scores))[:, None].astype(np.float32)
            total += scores
        return total

    def similar(self, item: int) -> Floats:
        """The members' likeness, by weight; 1 for the item itself."""
        total = sum(member.weight for member in self.members)
        likeness = np.zeros(self.n_items)
        for member in self.members:
            likeness += member.weight / total * member.model.similar(item)
        likeness[item] = 1
        return likeness.astype(np.float32)

    def likeness(self, items: Positions) -> Floats:
        total = sum(member.weight for member in self.members)
        likeness = np.zeros((len(items), len(items)))
        for member in self.members:
            likeness += member.weight / total * member.model.likeness(items)
        np.fill_diagonal(likeness, 1)
        return likeness.astype(np.float32)

    def explain_many(self, history: History, items: Positions) -> Explanations:
        bases, contributions = np.zeros(len(items)), np.zeros((len(items), len(history)))
        for member in self.members:
            seen = member.history(history)
            share = member.weight / _spread(member.model.scores(seen)[None])[0]
            told = member.model.explain_many(seen, items)
            bases += share * told.bases
            contributions += share * told.contributions
        return Explanations.of(bases, contributions)

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {
            f"{n}-{name}": array
            for n, member in enumerate(self.members)
            for name, array in member.model.arrays().items()
        }

    def settings(self) -> dict[str, Any]:
        return {
            "members": [
                {
                    "algorithm": member.model.algorithm,
                    "weight": member.weight,
                    "binary": member.binary,
                    "settings": member.model.settings(),
                }
                for member in self.members
            ]
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], settings: Mapping[str, Any]) -> Self:
        members = []
        for n, member in enumerate(members_of(settings)):
            own = {
                name.removeprefix(f"{n}-"): array
                for name, array in arrays.items()
                if name.startswith(f"{n}-")
            }
            model = SINGLE[member["algorithm"]].from_arrays(own, member.get("settings", {}))
            members.append(Member(model, float(member["weight"]), _binary(member)))
        return cls(tuple(members))


def members_of(settings: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The members to fit. Raises InvalidInput naming what is unknown or out of its range."""
    for name in settings:
        if name != "members":
            raise InvalidInput(str(name), "blend knows only members")
    members = settings.get("members", DEFAULT_MEMBERS)
    if not isinstance(members, Sequence) or not 1 <= len(members) <= _MOST_MEMBERS:
        raise InvalidInput("members", f"must be a list of 1 to {_MOST_MEMBERS} members")
    for member in members:
        _check_member(member)
    return members


def _check_member(member: Any) -> None:
    if not isinstance(member, Mapping):
        raise InvalidInput("members", f"{member!r} is no object with an algorithm and a weight")
    for name in member:
        if name not in {"algorithm", "weight", "binary", "settings"}:
            raise InvalidInput(str(name), "a member has algorithm, weight, binary, settings")
    if member.get("algorithm") not in SINGLE:
        raise InvalidInput("algorithm", f"must be one of {', '.join(SINGLE)}")
    weight = {"weight": member.get("weight")}
    ranges.check("blend", weight, {"weight": Range(1e-6, 1e6)})
    if not isinstance(member.get("binary", False), bool):
        raise InvalidInput("binary", "must be true or false")
    if not isinstance(member.get("settings", {}), Mapping):
        raise InvalidInput("settings", "must be an object")
    SINGLE[member["algorithm"]].complete(member.get("settings", {}))


def _completed(member: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "algorithm": member["algorithm"],
        "weight": float(member["weight"]),
        "binary": _binary(member),
        "settings": SINGLE[member["algorithm"]].complete(member.get("settings", {})),
    }


def _binary(member: Mapping[str, Any]) -> bool:
    return bool(member.get("binary", False))


def seen(matrix: csr_matrix, *, binary: bool) -> csr_matrix:
    """What a member is fitted on: a binary one on the signs of strengths alone."""
    if not binary:
        return matrix
    return csr_matrix(
        (presence(matrix.data), matrix.indices, matrix.indptr), shape=matrix.shape, copy=False
    )


def _spread(scores: Floats) -> NDArray[np.float64]:
    """Standard deviation of each row, (n,); 1 where all are equal."""
    spread = scores.std(axis=1, dtype=np.float64) if scores.shape[1] else np.ones(len(scores))
    return np.where(spread > 0, spread, 1.0)


def _part(report: Report, n: int, of: int) -> Report:
    return lambda done: report((n + done) / of)
