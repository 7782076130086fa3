"""A recipe over a holdout: what listeners would have been served, against what they then heard.

The full catalogue is ranked by the code that serves, never sampled negatives, on which metrics
may put recommenders in another order (Krichene, Rendle: On Sampled Metrics for Item
Recommendation, KDD 2020). The catalogue is that of the training part: what serving places beside it
is not tested, see `holdout`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import nan
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from app.ml import metrics
from app.ml.bootstrap import Interval, finite, mean_intervals
from app.ml.holdout import Holdout, Lists
from app.ml.interactions import Interactions
from app.ml.measuring import METRICS, Crowd, Served, measure, serve
from app.ml.recipe import MEMORY_MIB, Recipe
from app.ml.recommender import Recommender, Report
from app.ml.vocabulary import Ids, Positions
from app.ml.weigher import Weigher

MAIN = "ndcg"
"""The metric by which recipes are compared."""
SLICES = ("light", "middle", "heavy")
_BETWEEN_REPORTS = 16
"""Listeners."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the recipes of a comparison have in common."""

    seed: int
    """Of fits, samples and intervals: the same seed gives the same figures, bit for bit."""
    k: int = 20
    """Length of the lists."""
    max_listeners: int | None = 5000
    """At most so many are tested, drawn by the seed: enough for an interval of a few percent."""
    artist_ids: Ids | None = None
    """Artist of each of the holdout's tracks, (n_tracks,), for the diversity by artist."""
    memory_mib: float = MEMORY_MIB
    """A fit that would need more is refused."""


@dataclass(frozen=True, slots=True)
class Slice:
    """About a third of the tested listeners, by how many tracks they had heard before."""

    name: str
    least: int
    most: int
    members: Positions
    """Places among the tested listeners."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a recipe takes to fit and to serve."""

    fit_seconds: float = nan
    milliseconds: float = nan
    """From a listener's history to the list: 95th percentile."""
    mebibytes: float = nan
    """The fitted arrays."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of one recipe; those of one holdout and terms compare listener by listener."""

    recipe: Recipe
    """With every setting spelled out."""
    terms: Terms
    listener_ids: Ids
    """Who was tested, (n,)."""
    heard: NDArray[np.int64]
    """How many tracks each had heard before, (n,)."""
    per_listener: Mapping[str, NDArray[np.float64]]
    """Each of METRICS, (n,)."""
    coverage: float
    """Share of the catalogue that stands in at least one list."""
    cost: Cost = Cost()
    lists: Lists = field(default_factory=lambda: Lists.of(()))
    """Ids of the tracks that each was served, best first."""

    def intervals(self) -> dict[str, Interval]:
        """The mean of each metric, with its bootstrap 95% interval."""
        return mean_intervals(self.per_listener, seed=self.terms.seed)

    def mean(self, metric: str = MAIN) -> float:
        """Over the listeners of whom it is known; NaN if of none."""
        values = self.per_listener[metric]
        known = values[~np.isnan(values)]
        return float(known.mean()) if len(known) else nan

    def slices(self) -> list[Slice]:
        """Thirds by tracks heard; who heard as many stays together, and none is empty."""
        if not len(self.heard):
            return []
        bounds = np.quantile(self.heard, [1 / 3, 2 / 3], method="inverted_cdf")
        third = np.searchsorted(bounds, self.heard)
        parts = ((name, np.flatnonzero(third == n)) for n, name in enumerate(SLICES))
        return [
            Slice(name, int(self.heard[part].min()), int(self.heard[part].max()), part)
            for name, part in parts
            if len(part)
        ]

    def as_json(self) -> dict[str, Any]:
        """Every figure but those of single listeners; None where one is unknown."""
        lift = metrics.popularity_lift(self.mean("popularity"), self.mean("heard_popularity"))
        return {
            "recipe": self.recipe.as_json(),
            "k": self.terms.k,
            "listeners": len(self.listener_ids),
            "metrics": {name: at.as_json() for name, at in self.intervals().items()},
            "coverage": finite(self.coverage),
            "popularity_lift": finite(lift),
            "slices": [self._slice_as_json(part) for part in self.slices()],
            "fit_seconds": finite(self.cost.fit_seconds),
            "milliseconds": finite(self.cost.milliseconds),
            "mebibytes": finite(self.cost.mebibytes),
        }

    def _slice_as_json(self, part: Slice) -> dict[str, Any]:
        values = {MAIN: self.per_listener[MAIN][part.members]}
        return {
            "name": part.name,
            "least": part.least,
            "most": part.most,
            "listeners": len(part.members),
            MAIN: mean_intervals(values, seed=self.terms.seed)[MAIN].as_json(),
        }


def evaluate(
    recipe: Recipe,
    holdout: Holdout,
    terms: Terms,
    *,
    fitted_on: Interactions | None = None,
    report: Report = lambda _: None,
) -> Evaluation:
    """Fit on the training part, then serve and measure; each is half of the progress.

    With `fitted_on` the recipe is fitted on that instead: what an older model knew. Listeners
    are folded in from the training part all the same, as serving does. Raises InvalidInput for
    a recipe that cannot be fitted.
    """
    fitting = holdout.train if fitted_on is None else fitted_on
    matrix = recipe.matrix(fitting, holdout.tracks)
    weigher = recipe.weigher(fitting, holdout.tracks)
    started = perf_counter()
    model = recipe.fit(
        matrix,
        seed=terms.seed,
        report=lambda share: report(share / 2),
        memory_mib=terms.memory_mib,
    )
    seconds = perf_counter() - started
    found = evaluate_recommender(
        model, weigher, holdout, terms, report=lambda share: report((1 + share) / 2)
    )
    return replace(found, cost=replace(found.cost, fit_seconds=seconds))


def evaluate_recommender(
    recommender: Recommender,
    weigher: Weigher,
    holdout: Holdout,
    terms: Terms,
    *,
    report: Report = lambda _: None,
) -> Evaluation:
    """Serve the tested listeners one by one and measure what each gets.

    Memory grows with listeners plus tracks, never with their product. The recommender's items
    are the holdout's tracks, else ValueError.
    """
    if recommender.n_items != len(holdout.tracks):
        raise ValueError(f"{recommender.n_items} items for {len(holdout.tracks)} tracks")
    if terms.max_listeners is not None:
        holdout = holdout.sample(terms.max_listeners, seed=terms.seed)
    crowd = Crowd.of(holdout, weigher, terms.artist_ids)
    tally = _Tally(holdout)
    with threadpool_limits(1, "blas"):  # the same bits and the same latency on any machine
        for n in range(len(holdout)):
            tally.add(n, serve(recommender, weigher, holdout, n, crowd, terms.k), crowd)
            if n % _BETWEEN_REPORTS == 0:
                report(n / len(holdout))
    report(1.0)
    recipe = Recipe(
        recommender.algorithm, weigher.weighting, recommender.settings(), weigher.half_life_days
    )
    return tally.evaluation(recipe, terms, recommender)


class _Tally:
    """Gathers the figures of the listeners."""

    def __init__(self, holdout: Holdout) -> None:
        self.holdout = holdout
        self.values = np.full((len(METRICS), len(holdout)), nan)
        self.seconds = np.full(len(holdout), nan)
        self.heard = np.zeros(len(holdout), dtype=np.int64)
        self.times_listed = np.zeros(len(holdout.tracks), dtype=np.int64)
        self.listed: list[Ids] = []

    def add(self, n: int, served: Served, crowd: Crowd) -> None:
        found = measure(served, self.holdout, n, crowd)
        self.values[:, n] = [found[name] for name in METRICS]
        self.seconds[n], self.heard[n] = served.seconds, len(served.heard)
        self.times_listed[served.listed] += 1
        self.listed.append(self.holdout.tracks.ids[served.listed])

    def evaluation(self, recipe: Recipe, terms: Terms, recommender: Recommender) -> Evaluation:
        size = sum(array.nbytes for array in recommender.arrays().values())
        slowest = float(np.quantile(self.seconds, 0.95)) if len(self.seconds) else nan
        return Evaluation(
            recipe=recipe,
            terms=terms,
            listener_ids=self.holdout.listener_ids,
            heard=self.heard,
            per_listener=dict(zip(METRICS, self.values, strict=True)),
            coverage=metrics.coverage(self.times_listed),
            cost=Cost(milliseconds=1000 * slowest, mebibytes=size / 2**20),
            lists=Lists.of(self.listed),
        )
