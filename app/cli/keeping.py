"""Commands about what is kept: the schema, tracks and listens, people."""

import sys
from pathlib import Path

import typer

from app import accounts
from app import backup as backups
from app.cli import progress
from app.cli.opening import ready
from app.cli.progress import OUT
from app.db import open_database
from app.errors import InvalidInput
from app.importing.csv_import import import_csv
from app.migrations import migrate as migrate_database
from app.models import Role
from app.settings import Settings


def migrate() -> None:
    database = open_database(Settings())
    database.check()
    migrate_database(database)
    OUT.print("The database is up to date.")


def load_csv(folder: Path, source: str | None) -> None:
    settings = Settings()
    database = ready(settings)
    with progress.bars() as shown:
        bar = progress.import_bar(shown)
        report = import_csv(database, folder, settings.folder / "imports", bar, source)
    progress.print_report(report)


def backup(file: Path) -> None:
    settings = Settings()
    with progress.bars() as shown:
        report = backups.write(ready(settings), settings, file, progress.table_bar(shown))
    OUT.print(f"{file} holds {report.rows:,} rows and {report.models} models.")
    _say_missing(report)


def restore(file: Path) -> None:
    settings = Settings()
    database = open_database(settings)
    database.check()
    with progress.bars() as shown:
        report = backups.restore(database, settings, file, progress.table_bar(shown))
    OUT.print(f"{report.rows:,} rows and {report.models} models were restored.")
    _say_missing(report)


def _say_missing(report: backups.Report) -> None:
    for model in report.missing_models:
        OUT.print(f"The files of model {model} are missing: it cannot be served again.")


def add_user(name: str, *, admin: bool, from_stdin: bool) -> None:
    database = ready(Settings())
    password = _password(from_stdin=from_stdin)
    role = Role.ADMINISTRATOR if admin else Role.LISTENER
    database.transact(lambda session: accounts.create_user(session, name, password, role))
    OUT.print(f"{name} was added as {role.value}.")


def set_password(name: str, *, from_stdin: bool) -> None:
    database = ready(Settings())
    password = _password(from_stdin=from_stdin)
    database.transact(lambda session: accounts.set_password(session, name, password))
    OUT.print(f"{name} can sign in with it now; earlier sign-ins are over.")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InvalidInput("password", "cannot be asked for here: use --password-stdin")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
