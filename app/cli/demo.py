"""What the demo shows: a catalogue, listeners, two accounts and a first model."""

from app import training
from app.cli import progress
from app.cli.training import say_trained
from app.db import Database, open_database
from app.embedded import Embedded
from app.embedded import demo as demo_data
from app.embedded.demo import DemoAccounts
from app.importing.report import Counts
from app.ml.recipe import Recipe
from app.queue import JobQueue
from app.settings import Settings


def prepare(running: Embedded, settings: Settings) -> DemoAccounts:
    """Load what is made up and train on it, each once."""
    database = open_database(settings)
    known = _load(running, database, settings)
    _first_training(running, database, settings)
    database.dispose()
    return known


def _load(running: Embedded, database: Database, settings: Settings) -> DemoAccounts:
    """With bars; Ctrl-C ends it between two blocks."""
    with progress.bars() as shown:
        generating, importing = progress.generating_bar(shown), progress.import_bar(shown)

        def made(done: int, total: int) -> None:
            generating(done, total)
            running.keep_going()

        def loaded(file: str, share: float, counts: Counts) -> None:
            importing(file, share, counts)
            running.keep_going()

        return demo_data.prepare(settings, database, made, loaded)


def _first_training(running: Embedded, database: Database, settings: Settings) -> None:
    with database.read() as session:
        trained = training.champion(session) is not None
        underway = training.active_training(session)
    if trained:
        return
    number = underway.id if underway else None
    if number is None:
        number = training.launch(database, JobQueue(settings), "demo", Recipe())
    say_trained(database, number, running.tend)
