"""Search over algorithms and settings within a time budget, on a part of the training data.

Tree-structured Parzen estimators: Bergstra, Bardenet, Bengio, Kégl: Algorithms for
Hyper-Parameter Optimization, NeurIPS 2011; by optuna.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from time import monotonic

import numpy as np

from app.errors import InvalidInput
from app.ml.blend_weights import candidates_of, climb, unseen
from app.ml.candidate import Candidate, blend_of, members_of
from app.ml.footing import arms_for, singles
from app.ml.holdout import Holdout, per_listener
from app.ml.interactions import Interactions
from app.ml.panels import Panels
from app.ml.recommender import Algorithm
from app.ml.search import Search, Trial, Tuned
from app.ml.search_space import Arm
from app.ml.studied import Studied

__all__ = ["Search", "Trial", "Tuned", "tune"]

_PANEL_SCORES = 40_000_000
"""Tested listeners × items, at most: more cost time and tell little."""
_HOPELESS = 0.9
"""A trial that reaches less of its arm's best on the first quarter of the listeners is pruned."""
_PATIENCE = 25.0
"""How much sooner the turn of better arms comes: a gap of 1/25 halves the time of an arm."""
_BLEND_SHARE = 0.3
"""Of the time, for the blend."""
_MEMBERS = 5
_HELD = 0.1
"""Of the memory, at most, for fitted models that are kept for a blend."""


class _Ended(Exception):
    """Time is up, or somebody said stop: raised through the progress of a fit."""


def tune(
    train: Interactions,
    search: Search,
    recorded: Sequence[Trial] = (),
    holdout: Holdout | None = None,
) -> Tuned:
    """The best recipe of each algorithm on a validation split of `train`, and the chosen one.

    The split is `holdout`, such as the last listens of `train` against those before; without it
    a fifth of each listener's tracks, which says nothing about time: only where listens are
    dated and a split in time is given, half-lives are searched as well.

    `recorded` trials of an earlier search of the same footing count as done. Every arm is
    tried once before any is tried twice, as far as the time reaches. Raises InvalidInput for an
    unknown algorithm, or where no trial was completed.
    """
    arms = arms_for(train, search, holdout)
    blending = "blend" in search.algorithms and len(singles(search.algorithms)) > 1
    if holdout is None:
        holdout = per_listener(train, seed=search.seed)
    most = max(200, _PANEL_SCORES // max(len(holdout.tracks), 1))
    run = _Run(search, holdout.sample(most, seed=search.seed), blending=blending)
    for arm in arms:
        run.add(arm, recorded)
    run.search()
    if not run.best_arms():
        raise InvalidInput("seconds", "no trial was completed: allow more time, or more memory")
    return run.blended() if blending else run.result()


class _Run:
    def __init__(self, search: Search, holdout: Holdout, *, blending: bool) -> None:
        self.chosen = search
        self.holdout = holdout
        self.started = monotonic()
        self.share = 1 - _BLEND_SHARE * blending
        self.left_over = 0.0
        self.held: list[tuple[Candidate, Algorithm]] = []
        """Models of the best trials, for a blend."""
        doings = holdout.train.doings
        self.signed = bool(doings.skips.any() or doings.feedback.any())
        self.arms: list[Studied] = []
        self.panels = Panels(holdout)
        self.features = search.features(holdout) if search.features else None

    def add(self, arm: Arm, recorded: Sequence[Trial]) -> None:
        from app.ml.sampling import known, new_study  # optuna is slow to import

        studied = Studied(arm, new_study(arm, self.chosen.seed + len(self.arms)))
        for trial in recorded:
            if trial.arm == arm.name:
                studied.trials.append(trial)
                known(studied.study, arm, trial.settings, trial.ndcg)
        self.arms.append(studied)

    def search(self) -> None:
        with suppress(_Ended):
            while (studied := self._next()) is not None:
                self._try(studied)

    def _next(self) -> Studied | None:
        """The arm whose turn it is: the one with least time, worse ones being charged more."""
        if self._over() and (self.chosen.stop() or any(at.trials for at in self.arms)):
            return None  # else one trial, however late it is: a choice of something is better
        best = max((at.best.ndcg for at in self.arms if at.best), default=0.0)

        def charged(studied: Studied) -> float:
            if not studied.trials or not studied.best:
                return studied.spent
            gap = 1 - studied.best.ndcg / best if best > 0 else 0.0
            return studied.spent * 2 ** min(_PATIENCE * gap, 20)

        return min((at for at in self.arms if not at.over), key=charged, default=None)

    def _try(self, studied: Studied) -> None:
        from app.ml.sampling import ask, tell

        started = monotonic()
        asked, settings = ask(studied.study, studied.arm, first=not studied.trials)
        fitted = started
        try:
            candidate = studied.arm.candidate(settings)
            model = self.fit(candidate)
            fitted = monotonic()
            state, ndcg, quarter = self._validate(model, candidate, studied.best)
        except InvalidInput as error:
            if error.field != "memory":
                raise
            state, ndcg, quarter = "refused", 0.0, 0.0
        tell(studied.study, asked, ndcg)
        spent = {"seconds": monotonic() - started, "fit_seconds": fitted - started}
        trial = Trial(studied.arm.name, settings, state, ndcg, quarter, **spent)
        studied.trials.append(trial)
        self.chosen.record(trial)
        if studied.best is trial:
            self._hold(candidate, model)
        if studied.best is not None:
            self.left_over = self.chosen.kept_back(self.result())

    def _hold(self, candidate: Candidate, model: Algorithm) -> None:
        """Keep a model that a blend may take, while these few take little memory."""
        ranked = [arm.candidate(trial.settings) for arm, trial in self.best_arms()]
        wanted = [*ranked[:_MEMBERS], *members_of(ranked)[:_MEMBERS]]
        fitted = [*self.held, (candidate, model)]
        self.held = [pair for pair in fitted if any(self._is_same(pair[0], at) for at in wanted)]
        arrays = [array for _, at in self.held for array in at.arrays().values()]
        if sum(array.nbytes for array in arrays) > _HELD * self.chosen.memory_mib * 2**20:
            self.held = []

    def _is_same(self, fitted: Candidate, member: Candidate) -> bool:
        """Whether its fit is the member's too: without skips and dislikes all is for."""
        return fitted in (member, replace(member, signs=member.signs and self.signed))

    def _validate(
        self, model: Algorithm, candidate: Candidate, best: Trial | None
    ) -> tuple[str, float, float]:
        panel = self.panels.of(candidate.recipe)
        cut = (len(panel) + 3) // 4
        first = panel.part(slice(0, cut)).measure(model, self.chosen.k)[0]
        quarter = float(first.mean()) if len(first) else 0.0
        self._progress(0.0)
        if best is not None and quarter < _HOPELESS * best.quarter:
            return "pruned", best.ndcg * quarter / best.quarter, quarter
        rest = panel.part(slice(cut, None)).measure(model, self.chosen.k)[0]
        every = np.concatenate([first, rest])
        return "complete", float(every.mean()) if len(every) else 0.0, quarter

    def fit(self, candidate: Candidate) -> Algorithm:
        """Fit on the training part. Raises _Ended when the time is up."""
        return candidate.fit(
            self.holdout.train,
            self.holdout.tracks,
            self.features,
            seed=self.chosen.seed,
            report=self._progress,
            memory_mib=self.chosen.memory_mib,
        )

    def _over(self) -> bool:
        passed, allowed = monotonic() - self.started, self.chosen.seconds - self.left_over
        self.chosen.report(min(passed / max(allowed, 1e-9), 1.0))
        return self.chosen.stop() or passed >= self.share * allowed

    def _progress(self, _: float) -> None:
        if self._over() and self.best_arms():
            raise _Ended

    def best_arms(self) -> list[tuple[Arm, Trial]]:
        """Each arm's best trial, the best first."""
        found = [(at.arm, at.best) for at in self.arms if at.best]
        return sorted(found, key=lambda pair: -pair[1].ndcg)

    def result(self) -> Tuned:
        best: dict[str, Candidate] = {}
        scores: dict[str, float] = {}
        for arm, trial in self.best_arms():
            if arm.algorithm not in best:
                best[arm.algorithm] = arm.candidate(trial.settings)
                scores[arm.algorithm] = trial.ndcg
        trials = [trial for studied in self.arms for trial in studied.trials]
        chosen = max(scores, key=lambda name: scores[name])
        each = self.panels.seconds_each
        return Tuned(best, scores, chosen, trials, len(self.holdout), each)

    def blended(self) -> Tuned:
        """The result with a blend of the best arms; without where time or memory is short."""
        found = self.result()
        ranked = [arm.candidate(trial.settings) for arm, trial in self.best_arms()]
        self.share = 1.0
        pairs = [
            (member, model)
            for member in members_of(ranked)[:_MEMBERS]
            if (model := self._model_of(member)) is not None
        ]
        if len(pairs) < 2:  # noqa: PLR2004
            return found
        members, models = map(list, zip(*pairs, strict=True))
        panels = [self.panels.seen_by(member) for member in members]
        heads = candidates_of(models, panels, self.chosen.k)
        weights, _ = climb(heads, self.chosen.k)
        ndcg = float(unseen(heads, self.chosen.k).mean())
        return replace(
            found,
            best={**found.best, "blend": blend_of(members, weights.tolist())},
            scores={**found.scores, "blend": ndcg},
            chosen="blend" if ndcg > found.scores[found.chosen] else found.chosen,
        )

    def _model_of(self, member: Candidate) -> Algorithm | None:
        """Of the search, or fitted now; None where the time is up."""
        held = (model for candidate, model in self.held if self._is_same(candidate, member))
        with suppress(_Ended):
            return next(held, None) or self.fit(member)
        return None
