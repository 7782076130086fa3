"""Algorithms on a pair of files: tuned on the one, measured on the other."""

import resource
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import InvalidInput
from app.ml.candidate import Candidate
from app.ml.holdout import Holdout, Lists
from app.ml.interactions import Interactions
from app.ml.panels import Panels
from app.ml.search import Search, Tuned
from app.ml.tuning import tune
from app.ml.vocabulary import Vocabulary

_TUNING_SHARE = 0.5
"""Of the budget; the rest is for fitting and measuring what was found."""
_MARGIN = 1.25
"""How much longer than a trial's a last fit and ranking may take: there is more to fit on."""
_TOO_SHORT_TO_TELL = 0.02
"""Of the budget: what was expected to take less does not say how slow the machine is now."""
_LOOK_SECONDS = 0.05
_STATM = Path("/proc/self/statm")
_KIB = 1024


@dataclass(frozen=True, slots=True)
class Measured:
    """A recipe fitted on the whole training file. Means are over all listeners of the test."""

    name: str
    candidate: Candidate
    ndcg: NDArray[np.float64]
    """NDCG@k of each tested listener, (n,)."""
    recall: NDArray[np.float64]
    """Recall@k of each, (n,)."""
    fit_seconds: float
    peak_mib: float
    """Most memory of the process during the fit, data included, in mebibytes."""

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "recall_at_k": float(self.recall.mean()),
            "ndcg_at_k": float(self.ndcg.mean()),
            "fit_seconds": self.fit_seconds,
            "peak_mib": self.peak_mib,
            "settings": self.candidate.settings(),
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was measured, and which of it was chosen before the test was looked at."""

    algorithms: list[Measured]
    chosen: Measured
    tuned: Tuned
    left_out: list[str]
    """Algorithms for whose last fit the time was too short."""

    def as_json(self) -> dict[str, Any]:
        return {
            "algorithms": [measured.as_json() for measured in self.algorithms],
            "chosen": self.chosen.as_json(),
        }


def compare(train: Interactions, test: Interactions, search: Search) -> Comparison:
    """Tune on `train` alone, then fit each best recipe on all of it and rank for `test`.

    Every listener with a test item that is not in their training part counts; a listener
    without a training part gets what is popular. The chosen recipe is fitted last: the seconds
    of `search` bound everything but that. Raises InvalidInput where there is nothing to test.
    """
    started = monotonic()
    holdout = _holdout(train, test)
    tuned = _tuned(train, search, len(holdout), started)
    panels = Panels(holdout)
    order = sorted(tuned.best, key=lambda name: (name == tuned.chosen, tuned.scores[name]))
    expected = {name: expected_seconds(tuned, name, len(holdout)) for name in order}
    least = _TOO_SHORT_TO_TELL * search.seconds
    measured, left_out, slower = [], [], 1.0
    for n, name in enumerate(order):
        began = monotonic()
        left = search.seconds - (began - started)
        if name != tuned.chosen and slower * (expected[tuned.chosen] + expected[name]) > left:
            left_out.append(name)
            continue
        measured.append(_measure(name, tuned, holdout, panels, search))
        slower = max(slower, (monotonic() - began) / max(expected[name], least))
        search.report(_TUNING_SHARE + (1 - _TUNING_SHARE) * (n + 1) / len(order))
    return Comparison(measured, measured[-1], tuned, left_out)


def _tuned(train: Interactions, search: Search, listeners: int, started: float) -> Tuned:
    """Within its share of the time, or less where measuring what it finds takes more."""

    def kept_back(so_far: Tuned) -> float:
        dear = expected_seconds(so_far, so_far.chosen, listeners, fit=False)
        return max((1 - _TUNING_SHARE) * search.seconds, dear)

    bounded = replace(
        search,
        seconds=search.seconds - (monotonic() - started),
        report=lambda done: search.report(_TUNING_SHARE * done),
        kept_back=kept_back,
    )
    return tune(train, bounded)


def _measure(
    name: str,
    tuned: Tuned,
    holdout: Holdout,
    panels: Panels,
    search: Search,
) -> Measured:
    candidate = tuned.best[name]
    features = search.features(holdout) if search.features else None
    started = monotonic()
    with _peak() as peak:
        model = candidate.fit(
            holdout.train,
            holdout.tracks,
            features,
            seed=search.seed,
            memory_mib=search.memory_mib,
        )
    seconds = monotonic() - started
    ndcg, recall = panels.of(candidate.recipe).measure(model, search.k)
    return Measured(name, candidate, ndcg, recall, seconds, peak())


def expected_seconds(tuned: Tuned, name: str, listeners: int, *, fit: bool = True) -> float:
    """Seconds that measuring may take, and fitting on everything, from what the trials took."""
    if name == "blend":
        members = tuned.best[name].members
        names = [each.recipe.algorithm for each in members]
        return sum(expected_seconds(tuned, one, listeners, fit=fit) for one in names)
    taken = [trial for trial in tuned.trials if trial.arm.split("/")[0] == name]
    whole = [trial for trial in taken if trial.state == "complete"]  # others ranked for fewer
    fitting = float(np.median([trial.fit_seconds for trial in taken] or [0.0])) if fit else 0.0
    rank = float(np.median([trial.seconds - trial.fit_seconds for trial in whole] or [0.0]))
    each = rank / tuned.listeners + tuned.panel_seconds
    return _MARGIN * (fitting + each * listeners)


def _holdout(train: Interactions, test: Interactions) -> Holdout:
    """Test items that are new to their listener, of all listeners who have some."""
    tracks = Vocabulary.of(train.track_ids)
    every = Vocabulary.of(np.concatenate([train.track_ids, test.track_ids]))
    keys = [
        pairs.listener_ids * len(every) + every.positions(pairs.track_ids)
        for pairs in (train, test)
    ]
    fresh = test.at(np.flatnonzero(~np.isin(keys[1], keys[0]) & (test.doings.plays > 0)))
    listeners = Vocabulary.of(fresh.listener_ids)
    if not len(listeners) or not len(train):
        raise InvalidInput("test", "no listener has a test item that is new to them")
    owners = listeners.positions(fresh.listener_ids)
    targets = Lists.by_owner(owners, fresh.track_ids, len(listeners))
    none = Lists.by_owner(owners[:0], fresh.track_ids[:0], len(listeners))
    ordered = train.at(np.lexsort((train.track_ids, train.listener_ids)))
    return Holdout(ordered, tracks, listeners.ids, targets, none, 0)


@contextmanager
def _peak() -> Iterator[Callable[[], float]]:
    """The most resident memory of the process within the block, in mebibytes, once it is left.

    Looked at every 50 ms; where the system does not tell, the most since the process began.
    """
    seen = [_resident()]
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_SECONDS):
            seen.append(_resident())

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield lambda: max(seen)
    finally:
        over.set()
        watcher.join()
        seen.append(_resident())


def _resident() -> float:
    if _STATM.exists():
        return int(_STATM.read_text().split()[1]) * resource.getpagesize() / 2**20
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / _KIB / (_KIB if sys.platform == "darwin" else 1)
