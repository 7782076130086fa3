"""What can be typed after `pytune`.

Each command imports what it does when it runs, so that help and wrong words answer at once.
"""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.benchmark import benchmark
from app.cli.importing import import_app
from app.queue_names import QueueName

app = typer.Typer(
    help="PyTune recommends music: listen, train, compare, swap models while it runs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
user_app = typer.Typer(help="Listeners and administrators.", no_args_is_help=True)
app.add_typer(import_app, name="import")
app.add_typer(user_app, name="user")
app.command()(benchmark)

Port = Annotated[
    int | None, typer.Option(help="Port to serve at; 0 for a free one. Default: PYTUNE_PORT, 8000.")
]
Queue = Annotated[
    QueueName | None,
    typer.Option(help="Only the jobs of this queue, in this process. Default: those of all."),
]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


@app.command()
def demo(port: Port = None) -> None:
    """Set up the demo catalogue, train the first model and serve it all. Ctrl-C ends it."""
    from app.cli import up

    up.demo(port)


@app.command()
def up(port: Port = None) -> None:
    """Serve everything from this machine: key-value server, web, worker and scheduler."""
    from app.cli import up

    up.up(port)


@app.command()
def web(port: Port = None) -> None:
    """Serve pages and GraphQL alone; worker, scheduler and servers run elsewhere."""
    from app.cli import serving

    serving.web(port)


@app.command()
def worker(queue: Queue = None) -> None:
    """Do the jobs: trainings, imports, and short ones, each kind in a process of its own."""
    from app.cli import serving

    serving.worker(queue)


@app.command()
def scheduler() -> None:
    """Put jobs on the queue when their time has come."""
    from app.cli import serving

    serving.scheduler()


@app.command()
def migrate() -> None:
    """Bring the database to this version's schema."""
    from app.cli import keeping

    keeping.migrate()


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A new file, such as pytune.zip.")],
) -> None:
    """Write every row and every model into one file, while PyTune runs."""
    from app.cli import keeping

    keeping.backup(file)


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="What `pytune backup` wrote.")]) -> None:
    """Fill an empty database and the models' folder from a backup of either database."""
    from app.cli import keeping

    keeping.restore(file)


@app.command()
def check() -> None:
    """Look whether all that is kept agrees with itself; exit code 1 where something does not."""
    from app.cli import keeping

    keeping.check()


@app.command()
def train(
    *,
    algorithm: Annotated[
        str | None, typer.Option(help="als, ials, ease, neighbours, rp3beta, popularity or blend.")
    ] = None,
    weighting: Annotated[
        str | None, typer.Option(help="Of plays: binary, log, linear, relative or bm25.")
    ] = None,
    half_life_days: Annotated[
        str, typer.Option(help="In which a listen loses half its weight.", metavar="DAYS")
    ] = "",
    given: Annotated[
        list[str] | None,
        typer.Option("--set", help="A setting of the algorithm; repeatable.", metavar="NAME=VALUE"),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of everything random.")] = 42,
    wait: Annotated[
        bool, typer.Option("--wait", help="Show its progress until it is over.")
    ] = False,
) -> None:
    """Train on all listens, in a worker: the best known recipe, or the one that is given."""
    from app.cli import training

    wanted = training.Wanted(algorithm, weighting, half_life_days, given or [])
    training.train(wanted, seed, wait=wait)


@app.command()
def evaluate(
    version: Annotated[
        int | None, typer.Argument(help="Number of a finished training. Default: the champion.")
    ] = None,
    *,
    wait: Annotated[
        bool, typer.Option("--wait", help="Show its progress until it is over.")
    ] = False,
) -> None:
    """Measure a training's recipe against the champion's on today's listens; promotes nothing."""
    from app.cli import evaluating

    evaluating.evaluate(version, wait=wait)


@app.command()
def tune(
    *,
    seconds: Annotated[
        int | None, typer.Option(help="Time that it may take. Default: 900, a quarter of an hour.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of everything random.")] = 42,
    wait: Annotated[
        bool, typer.Option("--wait", help="Show its progress until it is over.")
    ] = False,
) -> None:
    """Search for the best recipe, in a worker; the next training takes it."""
    from app.cli import tuning

    tuning.tune(seconds, seed, wait=wait)


@app.command()
def schema() -> None:
    """Print the GraphQL schema."""
    from app import graphql

    print(graphql.export(), end="")  # noqa: T201


@user_app.command()
def add(
    name: str,
    *,
    admin: Annotated[bool, typer.Option("--admin", help="Make an administrator.")] = False,
    password_stdin: PasswordStdin = False,
) -> None:
    """Add a user; asks for the password."""
    from app.cli import keeping

    keeping.add_user(name, admin=admin, from_stdin=password_stdin)


@user_app.command()
def password(name: str, *, password_stdin: PasswordStdin = False) -> None:
    """Set a user's password, which also claims a listener that came from a file."""
    from app.cli import keeping

    keeping.set_password(name, from_stdin=password_stdin)
