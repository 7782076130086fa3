"""Use-cases: searches for the best recipe, which the next training takes."""

from app.tuning.launching import (
    DEFAULT_SEED,
    LEAST_SECONDS,
    MOST_SECONDS,
    cancel_job,
    launch,
    resume,
    resume_lost,
    retry_job,
)
from app.tuning.rows import (
    best_known,
    best_recipe,
    count_tunings,
    fail,
    finish,
    progress,
    start,
    stop,
    trials,
    tuning,
    tunings,
    untried_recipe,
)

__all__ = [
    "DEFAULT_SEED",
    "LEAST_SECONDS",
    "MOST_SECONDS",
    "best_known",
    "best_recipe",
    "cancel_job",
    "count_tunings",
    "fail",
    "finish",
    "launch",
    "progress",
    "resume",
    "resume_lost",
    "retry_job",
    "start",
    "stop",
    "trials",
    "tuning",
    "tunings",
    "untried_recipe",
]
