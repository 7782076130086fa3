"""Write a backup: under another name, read back, then renamed. Nothing waits for it."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from app.backup import numbering, tables
from app.backup.archive import BLOCK, CONTENTS, Contents, Progress, Report, Table, model_member
from app.backup.verifying import verify
from app.db import Database
from app.errors import BackupRefused
from app.settings import Settings

_LEVEL = 3
_SHOWN_EACH = 10_000
"""Rows between two reports of progress."""


def write(database: Database, settings: Settings, path: Path, progress: Progress) -> Report:
    """Everything at one moment into a new file. Raises BackupRefused where it cannot be kept."""
    if path.exists():
        raise BackupRefused(file=path, reason="it exists: name a new file")
    unfinished = path.with_name(f".{path.name}.part")
    try:
        report = _write(database, settings, unfinished, progress)
        with ZipFile(unfinished) as archive:
            verify(archive, Contents.read(archive), progress)
        _sync(unfinished)
        unfinished.rename(path)
    except OSError as error:
        raise BackupRefused(file=path, reason=error) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return report


def _write(database: Database, settings: Settings, path: Path, progress: Progress) -> Report:
    report = Report()
    # Listeners' histories and hashes of passwords: for its owner alone.
    path.touch(mode=0o600)
    with (
        ZipFile(path, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive,
        tables.snapshot(database) as connection,
    ):
        revision = MigrationContext.configure(connection).get_current_revision() or ""
        kept = [_table(archive, connection, name, progress) for name in tables.names(connection)]
        wanted = tables.models(connection)
        models = [each for each in wanted if _model(archive, settings.artifacts / each)]
        now = datetime.now(UTC).isoformat()
        last_ids = numbering.last_ids(connection)
        archive.writestr(CONTENTS, Contents(now, revision, kept, models, last_ids).bytes())
    report.rows, report.models = sum(table.rows for table in kept), len(models)
    report.missing_models = [each for each in wanted if each not in models]
    return report


def _table(archive: ZipFile, connection: Connection, name: str, progress: Progress) -> Table:
    columns = tables.columns(connection, name)
    digest, count = hashlib.sha256(), 0
    member = Table(name, columns, 0, "").member
    with archive.open(member, "w", force_zip64=True) as stream:
        for row in tables.rows(connection, name, columns):
            line = orjson.dumps(row) + b"\n"
            stream.write(line)
            digest.update(line)
            count += 1
            if count % _SHOWN_EACH == 0:
                progress(name, count, 0)
    progress(name, count, count)
    return Table(name, columns, count, digest.hexdigest())


def _model(archive: ZipFile, folder: Path) -> bool:
    """Whether all of it could be read: it may be cleared away meanwhile."""
    try:
        files = sorted(folder.iterdir())
        for file in files:
            with file.open("rb") as source:
                target = model_member(folder.name, file.name)
                with archive.open(target, "w", force_zip64=True) as stream:
                    while block := source.read(BLOCK):
                        stream.write(block)
    except FileNotFoundError:
        return False
    return bool(files)


def _sync(path: Path) -> None:
    for each, flags in ((path, os.O_RDWR), (path.parent, os.O_RDONLY)):
        handle = os.open(each, flags)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
