"""Commands about models."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app import evaluations, recipes, training, tuning
from app.cli.opening import ready
from app.cli.out import OUT
from app.cli.progress import follow_training
from app.db import Database
from app.errors import InvalidInput
from app.ml.recipe import Recipe
from app.queue import JobQueue
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Wanted:
    """A recipe as it was typed."""

    algorithm: str | None
    weighting: str | None
    half_life_days: str
    settings: Sequence[str]
    """Each NAME=VALUE."""

    def recipe(self) -> Recipe | None:
        """None where nothing was typed. Raises InvalidInput."""
        if not (self.algorithm or self.weighting or self.half_life_days or self.settings):
            return None
        pairs = [each.partition("=") for each in self.settings]
        for name, equals, value in pairs:
            if not (name and equals and value):
                raise InvalidInput("set", f"must be NAME=VALUE, is {name + equals + value!r}")
        given = {name.strip(): value for name, _, value in pairs}
        usual = Recipe()
        return recipes.from_texts(
            self.algorithm or usual.algorithm, self.weighting or "", given, self.half_life_days
        )


def train(wanted: Wanted, seed: int, *, wait: bool) -> None:
    settings, recipe = Settings(), wanted.recipe()
    database = ready(settings)
    if recipe is None:
        with database.read() as session:
            recipe = tuning.best_known(session)
    number = training.launch(database, JobQueue(settings), "command line", recipe, seed)
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
