"""Optuna's sampler, one study an arm."""

from collections.abc import Mapping
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution

from app.ml.search_space import Arm, Span

_AT_RANDOM = 4
"""Trials of an arm before the estimator has a say."""


def new_study(arm: Arm, seed: int) -> optuna.Study:
    """A study that tries the arm's start first."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=_AT_RANDOM)
    return optuna.create_study(direction="maximize", sampler=sampler, study_name=arm.name)


def ask(study: optuna.Study, arm: Arm, *, first: bool) -> tuple[optuna.Trial, dict[str, Any]]:
    """The settings to try next: the arm's start, then what the sampler proposes."""
    if first:
        study.enqueue_trial(dict(arm.start))
    trial = study.ask(_distributions(arm))
    return trial, dict(trial.params)


def tell(study: optuna.Study, trial: optuna.Trial, value: float) -> None:
    study.tell(trial, value)


def known(study: optuna.Study, arm: Arm, settings: Mapping[str, Any], value: float) -> None:
    """Count an earlier trial as done."""
    done = optuna.trial.create_trial(
        params=dict(settings), distributions=_distributions(arm), value=value
    )
    study.add_trial(done)


def _distributions(arm: Arm) -> dict[str, BaseDistribution]:
    return {name: _distribution(span) for name, span in arm.spans.items()}


def _distribution(span: Span) -> BaseDistribution:
    if span.whole:
        return IntDistribution(int(span.low), int(span.high), step=32)
    return FloatDistribution(span.low, span.high, log=span.log)
