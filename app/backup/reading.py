"""Restore a backup into an empty database: all of it or nothing."""

import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import orjson
from sqlalchemy import Connection, inspect, text

from app.backup import numbering, tables
from app.backup.archive import Contents, Progress, Report, Table, files_of, model_member
from app.backup.verifying import verify
from app.db import Database
from app.errors import BackupRefused
from app.migrations import knows, migrate
from app.ml import artifacts
from app.settings import Settings

_DAMAGED = (BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError, OSError)


def restore(database: Database, settings: Settings, path: Path, progress: Progress) -> Report:
    """Fill an empty database and the artifact folder, then bring both to this version.

    Nobody is signed in afterwards, whatever an older backup holds.
    Raises BackupRefused where the file is damaged or newer, or the database holds anything.
    """
    with _opened(path, progress) as (archive, contents):
        if not knows(contents.revision):
            reason = f"its schema {contents.revision!r} is of a newer PyTune: upgrade first"
            raise BackupRefused(file=path, reason=reason)
        _refuse_to_overwrite(database, path)
        migrate(database, "base")
        migrate(database, contents.revision)
        with _models_in_place(archive, contents, settings, path):
            report = _load(database, archive, contents, progress)
    migrate(database)
    with database.write() as session:
        numbering.go_on(session.connection(), contents.last_ids)
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


@contextmanager
def _models_in_place(
    archive: ZipFile, contents: Contents, settings: Settings, path: Path
) -> Iterator[None]:
    """The models' folders; gone again if what follows fails."""
    placed: list[Path] = []
    try:
        for model in contents.models:
            _place(archive, model, settings.artifacts, path)
            placed.append(settings.artifacts / model)
        yield
    except BaseException:
        for folder in placed:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _place(archive: ZipFile, model: str, folder: Path, path: Path) -> None:
    target = folder / model
    if target.exists():
        raise BackupRefused(file=path, reason=f"{target} exists: name another PYTUNE_ARTIFACT_DIR")
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{model}-", dir=folder))
    try:
        for file in files_of(archive, model):
            member = archive.open(model_member(model, file))
            with member as source, (unfinished / file).open("wb") as copy:
                shutil.copyfileobj(source, copy)
        artifacts.seal(unfinished)
        artifacts.load(unfinished)
        unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _load(database: Database, archive: ZipFile, contents: Contents, progress: Progress) -> Report:
    report = Report(models=len(contents.models))
    with database.write() as session:
        connection = session.connection()
        for table in (each for each in contents.tables if each.name not in tables.ACCESS):
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
