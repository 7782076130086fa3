"""What can be typed after `pytune`."""

import os
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from app import accounts, graphql, lifeline, training
from app.cli import progress
from app.cli.progress import OUT
from app.db import Database, open_database
from app.embedded import WEB_SOCKET, Embedded
from app.embedded import demo as demo_data
from app.errors import InvalidInput, SchemaBehind
from app.importing.csv_import import import_csv
from app.logs import configure
from app.migrations import is_current, migrate
from app.ml.recipe import Recipe
from app.models import Role
from app.queue import JobQueue
from app.settings import Settings

_STARTUP_FAILED = 3
_GRACE_SECONDS = 5

app = typer.Typer(
    help="PyTune recommends music: listen, train, compare, swap models while it runs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
import_app = typer.Typer(help="Bring in a catalogue and listens.", no_args_is_help=True)
user_app = typer.Typer(help="Listeners and administrators.", no_args_is_help=True)
app.add_typer(import_app, name="import")
app.add_typer(user_app, name="user")

Port = Annotated[
    int | None, typer.Option(help="Port to serve at; 0 for a free one. Default: PYTUNE_PORT, 8000.")
]


@app.command()
def demo(port: Port = None) -> None:
    """Set up the demo catalogue, train the first model and serve it all. Ctrl-C ends it."""
    settings = _settings(port)
    with Embedded(settings) as running:
        database = open_database(settings)
        with progress.bars() as shown:
            known = demo_data.prepare(
                settings, database, progress.generating_bar(shown), progress.import_bar(shown)
            )
        _first_training(running, database, settings)
        database.dispose()
        if not running.stop_asked:
            _say_where(running)
            OUT.print(f"  listener       {demo_data.LISTENER} / {known.listener_password}")
            OUT.print(
                f"  administrator  {demo_data.ADMINISTRATOR} / {known.administrator_password}"
            )
        running.watch(OUT.print)


@app.command()
def up(port: Port = None) -> None:
    """Serve everything from this machine: key-value server, web, worker and scheduler."""
    with Embedded(_settings(port)) as running:
        _say_where(running)
        running.watch(OUT.print)


@app.command()
def web(port: Port = None) -> None:
    """Serve pages and GraphQL alone; worker, scheduler and servers run elsewhere."""
    settings = _settings(port)
    _begin_process(settings)
    config = uvicorn.Config(
        "app.main:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    given = os.environ.get(WEB_SOCKET)
    server = uvicorn.Server(config)
    server.run(sockets=[socket.socket(fileno=int(given))] if given else None)
    if not server.started:
        sys.exit(_STARTUP_FAILED)


@app.command()
def worker() -> None:
    """Run the jobs of the queue: trainings, video searches."""
    from jobs.worker import work  # RQ is slow to import

    settings = Settings()
    _begin_process(settings)
    work(settings)


@app.command()
def scheduler() -> None:
    """Put jobs on the queue when their time has come."""
    from jobs.schedule import schedule  # RQ is slow to import

    settings = Settings()
    _begin_process(settings)
    schedule(settings)


@app.command(name="migrate")
def migrate_command() -> None:
    """Bring the database to this version's schema."""
    database = open_database(Settings())
    database.check()
    migrate(database)
    OUT.print("The database is up to date.")


@app.command()
def train(
    *, wait: Annotated[bool, typer.Option(help="Show its progress until it is over.")] = False
) -> None:
    """Train the default recipe on all listens, in a worker."""
    settings = Settings()
    database = _ready(settings)
    queue = JobQueue(settings)
    number = training.launch(database, queue, "command line", Recipe())
    if not wait:
        OUT.print(f"Training {number} waits for a worker.")
        return
    _say_trained(database, number)


@app.command()
def schema() -> None:
    """Print the GraphQL schema."""
    print(graphql.export())  # noqa: T201


@import_app.command()
def csv(
    folder: Annotated[Path, typer.Argument(help="Folder with tracks.csv and listens.csv.")],
    source: Annotated[
        str | None, typer.Option(help="Whose ids these are. Default: the folder's name.")
    ] = None,
) -> None:
    """Load a folder of PyTune's CSV files, gzip or not; again and again if you like."""
    settings = Settings()
    database = _ready(settings)
    with progress.bars() as shown:
        bar = progress.import_bar(shown)
        report = import_csv(database, folder, settings.folder / "imports", bar, source)
    progress.print_report(report)


@user_app.command()
def add(
    name: str,
    *,
    admin: Annotated[bool, typer.Option("--admin", help="Make an administrator.")] = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Add a user; asks for the password."""
    database = _ready(Settings())
    password = _password(from_stdin=password_stdin)
    role = Role.ADMINISTRATOR if admin else Role.LISTENER
    database.transact(lambda session: accounts.create_user(session, name, password, role))
    OUT.print(f"{name} was added as {role.value}.")


@user_app.command()
def password(
    name: str,
    *,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Set a user's password, which also claims a listener that came from a file."""
    database = _ready(Settings())
    secret = _password(from_stdin=password_stdin)
    database.transact(lambda session: accounts.set_password(session, name, secret))
    OUT.print(f"{name} can sign in with it now; earlier sign-ins are over.")


def _settings(port: int | None) -> Settings:
    return Settings() if port is None else Settings(port=port)


def _begin_process(settings: Settings) -> None:
    configure(settings)
    lifeline.hold_on()
    _ready(settings).dispose()


def _ready(settings: Settings) -> Database:
    """The database, answering and at this version's schema."""
    database = open_database(settings)
    database.check()
    if not is_current(database):
        raise SchemaBehind
    return database


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InvalidInput("password", "cannot be asked for here: use --password-stdin")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _first_training(running: Embedded, database: Database, settings: Settings) -> None:
    with database.read() as session:
        trained = training.champion(session) is not None
        underway = training.active_training(session)
    if trained:
        return
    number = underway.id if underway else None
    if number is None:
        number = training.launch(database, JobQueue(settings), "demo", Recipe())
    _say_trained(database, number, running)


def _say_trained(database: Database, number: int, running: Embedded | None = None) -> None:
    row = progress.follow_training(database, number, running.tend if running else None)
    if row.finished_at is not None:
        with database.read() as session:
            evaluation = training.evaluation_of(session, number)
        OUT.print(f"Training {number} is finished. {evaluation.reason if evaluation else ''}")


def _say_where(running: Embedded) -> None:
    OUT.print(f"PyTune serves {running.address} (Ctrl-C ends it)")
