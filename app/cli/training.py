"""Commands about models."""

from collections.abc import Callable

from app import evaluations, training
from app.cli.opening import ready
from app.cli.progress import OUT, follow_training
from app.db import Database
from app.ml.recipe import Recipe
from app.queue import JobQueue
from app.settings import Settings


def train(*, wait: bool) -> None:
    settings = Settings()
    database = ready(settings)
    number = training.launch(database, JobQueue(settings), "command line", Recipe())
    if wait:
        say_trained(database, number)
    else:
        OUT.print(f"Training {number} waits for a worker.")


def say_trained(database: Database, number: int, go_on: Callable[[], bool] | None = None) -> None:
    """Show a training until it is over or `go_on()` is False, then what came of it."""
    row = follow_training(database, number, go_on)
    if row.finished_at is not None:
        with database.read() as session:
            (measured,) = evaluations.evaluations_of(session, [number])
        OUT.print(f"Training {number} is finished. {measured[0].reason if measured else ''}")
