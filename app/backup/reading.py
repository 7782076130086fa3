"""Restore a backup into an empty database: all of it or nothing."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import orjson
from sqlalchemy import Connection, inspect, text

from app.backup import numbering, tables
from app.backup.archive import Contents, Progress, Report, Table
from app.backup.placing import Begun, models_in_place
from app.backup.verifying import verify
from app.db import Database
from app.errors import BackupRefused
from app.migrations import knows, migrate
from app.settings import Settings

_DAMAGED = (BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError, OSError)


def restore(database: Database, settings: Settings, path: Path, progress: Progress) -> Report:
    """Fill an empty database and the artifact folder, then bring both to this version.

    Nobody is signed in afterwards, whatever an older backup holds. One that was killed goes on
    when it is called again.
    Raises BackupRefused where the file is damaged or newer, or the database holds anything.
    """
    with _opened(path, progress) as (archive, contents):
        if not knows(contents.revision):
            reason = f"its schema {contents.revision!r} is of a newer PyTune: upgrade first"
            raise BackupRefused(file=path, reason=reason)
        begun = Begun.of(settings.artifacts, contents)
        if begun.again and _is_filled(database, contents):
            report = Report(sum(each.rows for each in _tables(contents)), len(contents.models))
        else:
            _refuse_to_overwrite(database, path)
            migrate(database, "base")
            migrate(database, contents.revision)
            with models_in_place(archive, contents, begun, path):
                report = _load(database, archive, contents, progress)
    migrate(database)
    with database.write() as session:
        numbering.go_on(session.connection(), contents.last_ids)
    begun.remove()
    return report


@contextmanager
def _opened(path: Path, progress: Progress) -> Iterator[tuple[ZipFile, Contents]]:
    try:
        archive = ZipFile(path)
        contents = Contents.read(archive)
        verify(archive, contents, progress)
    except _DAMAGED as error:
        raise BackupRefused(file=path, reason=f"it is no whole backup: {error}") from error
    with archive:
        yield archive, contents


def _refuse_to_overwrite(database: Database, path: Path) -> None:
    with database.engine.connect() as connection:
        if not tables.is_empty(connection):
            reason = (
                "the database is not empty: name another by PYTUNE_DATA_DIR or PYTUNE_DATABASE_URL"
            )
            raise BackupRefused(file=path, reason=reason)


def _is_filled(database: Database, contents: Contents) -> bool:
    """Whether all its rows are there, which went in by one transaction."""
    with database.engine.connect() as connection:
        there = tables.names(connection)
        return all(
            each.name in there and tables.count(connection, each.name) == each.rows
            for each in _tables(contents)
        )


def _tables(contents: Contents) -> list[Table]:
    return [each for each in contents.tables if each.name not in tables.ACCESS]


def _load(database: Database, archive: ZipFile, contents: Contents, progress: Progress) -> Report:
    report = Report(models=len(contents.models))
    with database.write() as session:
        connection = session.connection()
        for table in _tables(contents):
            report.rows += _fill(connection, archive, table)
            progress(table.name, table.rows, table.rows)
        report.missing_models = _mark_missing(connection, contents.models)
    return report


def _fill(connection: Connection, archive: ZipFile, table: Table) -> int:
    known = {column["name"] for column in inspect(connection).get_columns(table.name)}
    if not known.issuperset(table.columns):
        raise ValueError(f"{table.name} has other columns")
    with archive.open(table.member) as lines:
        values = (orjson.loads(line) for line in lines)
        return tables.insert(connection, table.name, table.columns, values)


def _mark_missing(connection: Connection, present: list[str]) -> list[str]:
    """Models whose files were not in the backup cannot be served again."""
    missing = [each for each in tables.models(connection) if each not in present]
    now = datetime.now(UTC).replace(tzinfo=None)
    for artifact in missing:
        connection.execute(
            text("UPDATE training SET artifact_removed_at = :now WHERE artifact = :artifact"),
            {"now": f"{now:%Y-%m-%d %H:%M:%S.%f}", "artifact": artifact},
        )
    return missing
