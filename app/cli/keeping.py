"""Commands about what is kept: the schema, tracks and listens, people."""

import sys
from pathlib import Path

import typer

from app import accounts, verifying
from app import backup as backups
from app.cli import progress
from app.cli.opening import ready
from app.cli.out import OUT
from app.db import Database, open_database
from app.errors import InvalidInput, UserNotFound
from app.importing.formats import ImportFormat
from app.importing.records import Wanted
from app.importing.run import import_now
from app.importing.undoing import undo_now
from app.migrations import migrate as migrate_database
from app.models import Role
from app.models.columns import id_of
from app.settings import Settings


def migrate() -> None:
    database = open_database(Settings())
    database.check()
    migrate_database(database)
    OUT.print("The database is up to date.")


def load(form: str, path: Path, user: str | None = None, source: str | None = None) -> None:
    settings = Settings()
    database = ready(settings)
    user_id = None if user is None else _user_id(database, user)
    wanted = Wanted.of(ImportFormat(form), path, source=source, user_id=user_id)
    with progress.bars() as shown:
        report = import_now(database, wanted, settings.reports, progress.import_bar(shown))
    progress.print_report(report)


def undo(import_id: int) -> None:
    database = ready(Settings())
    with progress.bars() as shown:
        undo_now(database, import_id, progress.undoing_bar(shown))
    OUT.print(f"Import {import_id} was taken back.")


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
    OUT.print("Everybody signs in anew, with the password of then; programs need new tokens.")
    _say_missing(report)


def _say_missing(report: backups.Report) -> None:
    for model in report.missing_models:
        OUT.print(f"The files of model {model} are missing: it cannot be served again.")


def _user_id(database: Database, name: str) -> int:
    """Raises UserNotFound."""
    with database.read() as session:
        found = accounts.user_by_name(session, name)
    if found is None:
        raise UserNotFound(name)
    return id_of(found)


def check() -> None:
    settings = Settings()
    database = ready(settings)
    with database.read() as session:
        found = list(verifying.findings(session, settings))
    for finding in found:
        OUT.print(finding)
    if found:
        sys.exit(1)
    OUT.print("Everything agrees.")


def add_user(name: str, *, admin: bool, from_stdin: bool) -> None:
    database = ready(Settings())
    password = accounts.hashed(_password(from_stdin=from_stdin))
    role = Role.ADMINISTRATOR if admin else Role.LISTENER
    database.transact(lambda session: accounts.create_user(session, name, password, role))
    OUT.print(f"{name} was added as {role.value}.")


def set_password(name: str, *, from_stdin: bool) -> None:
    database = ready(Settings())
    password = accounts.hashed(_password(from_stdin=from_stdin))
    database.transact(lambda session: accounts.set_password(session, name, password))
    OUT.print(f"{name} can sign in with it now; earlier sign-ins are over.")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InvalidInput("password", "cannot be asked for here: use --password-stdin")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
