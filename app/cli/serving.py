"""Commands that serve: each process alone, or all under one parent."""

import os
import socket
import sys

import uvicorn

from app import lifeline, training
from app.cli import progress
from app.cli.opening import ready, settings_with
from app.cli.progress import OUT
from app.cli.training import say_trained
from app.db import Database, open_database
from app.embedded import WEB_SOCKET, Embedded
from app.embedded import demo as demo_data
from app.importing.report import Counts
from app.logs import configure
from app.ml.recipe import Recipe
from app.queue import JobQueue
from app.settings import Settings

_STARTUP_FAILED = 3
_GRACE_SECONDS = 5


def demo(port: int | None) -> None:
    settings = settings_with(port)
    with Embedded(settings) as running:
        database = open_database(settings)
        known = _prepare_demo(running, database, settings)
        _first_training(running, database, settings)
        database.dispose()
        if not running.stop_asked:
            _say_where(running)
            _say_account("listener", demo_data.LISTENER, known.listener_password)
            _say_account("administrator", demo_data.ADMINISTRATOR, known.administrator_password)
        running.watch(OUT.print)


def up(port: int | None) -> None:
    with Embedded(settings_with(port)) as running:
        _say_where(running)
        running.watch(OUT.print)


def web(port: int | None) -> None:
    settings = settings_with(port)
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


def worker() -> None:
    from jobs.worker import work  # the other commands need not wait for RQ

    settings = Settings()
    _begin_process(settings)
    work(settings)


def scheduler() -> None:
    from jobs.schedule import schedule  # the other commands need not wait for RQ

    settings = Settings()
    _begin_process(settings)
    schedule(settings)


def _begin_process(settings: Settings) -> None:
    configure(settings)
    lifeline.hold_on()
    ready(settings).dispose()


def _prepare_demo(
    running: Embedded, database: Database, settings: Settings
) -> demo_data.DemoAccounts:
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


def _say_where(running: Embedded) -> None:
    OUT.print(f"PyTune serves {running.address} (Ctrl-C ends it)")


def _say_account(role: str, name: str, password: str) -> None:
    OUT.print(f"  {role:<14} {name} / {password}")
