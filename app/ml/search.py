"""What bounds a search over recipes, and what comes of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.ml.candidate import Candidate, Features
from app.ml.recipe import MEMORY_MIB, Recipe
from app.ml.recommender import Report
from app.ml.search_space import TUNED


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings of an arm and how they did. What is recorded as JSON, and resumed from."""

    arm: str
    settings: Mapping[str, Any]
    state: str
    """complete, pruned, or refused for its memory."""
    ndcg: float
    """Over the panel; of a pruned trial what its first quarter lets expect."""
    quarter: float
    """Over the first quarter of the panel."""
    seconds: float
    """In all."""
    fit_seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Tuned:
    """What was found. `scores` are NDCG on the panel, by algorithm like `best`."""

    best: Mapping[str, Candidate]
    scores: Mapping[str, float]
    chosen: str
    trials: Sequence[Trial]
    listeners: int
    """How many a trial is measured on."""
    panel_seconds: float = 0.0
    """What it takes to read and weigh each listener's past, before any is measured."""

    @property
    def recipe(self) -> Recipe:
        return self.best[self.chosen].recipe


@dataclass(frozen=True, slots=True)
class Search:
    """What bounds a search."""

    seconds: float
    algorithms: tuple[str, ...] = (*TUNED, "blend")
    seed: int = 0
    k: int = 20
    memory_mib: float = MEMORY_MIB
    report: Report = lambda _: None
    features: Features | None = None
    """How much they weigh is searched for each algorithm; it may be nothing."""
    stop: Callable[[], bool] = lambda: False
    """Asked between and within fits; the search then ends with what it has."""
    record: Callable[[Trial], None] = lambda _: None
    """Told of each trial as it ends."""
    kept_back: Callable[[Tuned], float] = lambda _: 0.0
    """Asked after each trial, with what was found so far: how much of `seconds` the search is to
    leave."""
