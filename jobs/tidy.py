"""Clear away what is over: expired sign-ins, old models and half-written artifacts."""

import logging

from app import accounts, promotion, training
from app.ml import artifacts
from jobs.runtime import Runtime, runtime

log = logging.getLogger(__name__)


def tidy() -> None:
    with runtime() as rt:
        _tidy(rt)


def _tidy(rt: Runtime) -> None:
    tokens = rt.transact(accounts.remove_expired_tokens)
    idle = rt.read(training.active_training) is None
    leftovers = artifacts.remove_unfinished(rt.settings.artifacts) if idle else 0
    removed = promotion.remove_old_models(rt.database, rt.settings)
    log.info(
        "tidied",
        extra={"tokens": tokens, "unfinished_artifacts": leftovers, "models_removed": removed},
    )
