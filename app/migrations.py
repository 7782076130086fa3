"""Bring the database to the newest schema, by Alembic, one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from app.db import Database
from app.errors import DatabaseUnavailable, SchemaAhead

ROOT = Path(__file__).resolve().parent.parent

_LOCK_SECONDS = 120


def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade (or, to an older revision, downgrade) the schema; processes take turns.

    Raises DatabaseUnavailable where another process goes on and on, and SchemaAhead where the
    database is newer than this code.
    """
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            with references_unwatched(connection):
                _run(connection.execution_options(pytune_writes=True), revision)
        else:
            with _one_at_a_time(connection):
                _run(connection, revision)


@contextmanager
def references_unwatched(connection: Connection) -> Iterator[None]:
    """Let SQLite copy a table in the place of another: what refers to its rows is left alone.

    Otherwise dropping the old one would delete its rows first, and by cascade those of others.
    It can be said between transactions only: whatever is not committed at the end is undone.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    _watch_references(connection, on=False)
    try:
        yield
    finally:
        connection.rollback()
        _watch_references(connection, on=True)


def _watch_references(connection: Connection, *, on: bool) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


@contextmanager
def _one_at_a_time(connection: Connection) -> Iterator[None]:
    """MySQL commits at each change of a table, so a named lock keeps the others waiting."""
    lock = f"SELECT GET_LOCK('pytune-migrate', {_LOCK_SECONDS})"
    taken = connection.exec_driver_sql(lock).scalar()
    connection.commit()
    if not taken:
        reason = f"another process has been changing the schema for {_LOCK_SECONDS} seconds"
        address = connection.engine.url.render_as_string(hide_password=True)
        raise DatabaseUnavailable(address=address, reason=reason)
    try:
        yield
    finally:
        connection.rollback()
        connection.exec_driver_sql("SELECT RELEASE_LOCK('pytune-migrate')")


def is_current(database: Database) -> bool:
    """Whether the schema is the one this version was written for.

    Raises SchemaAhead where a newer version has changed it.
    """
    with database.engine.connect() as connection:
        return _known_revision(connection) == _head()


def _known_revision(connection: Connection) -> str | None:
    """The database's revision, None where it is bare. Raises SchemaAhead for a newer one."""
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in _scripts().walk_revisions()}
    if current is not None and current not in known:
        raise SchemaAhead(found=current, known=_head())
    return current


def _head() -> str | None:
    return _scripts().get_current_head()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def knows(revision: str) -> bool:
    """Whether this version has a schema of that name."""
    scripts = ScriptDirectory.from_config(_config())
    return any(each.revision == revision for each in scripts.walk_revisions())


def _run(connection: Connection, revision: str) -> None:
    older = revision in _behind(connection) or revision == "base" or revision.startswith("-")
    if connection.dialect.name != "sqlite":
        # There all steps are one transaction, begun by now: otherwise Alembic commits each, and
        # another process goes on from between two.
        connection.rollback()
    config = _config()
    config.attributes["connection"] = connection
    (command.downgrade if older else command.upgrade)(config, revision)
    connection.commit()


def _behind(connection: Connection) -> set[str]:
    """The revisions that led to the database's own. Raises SchemaAhead for a newer one."""
    current = _known_revision(connection)
    if current is None:
        return set()
    steps = _scripts().iterate_revisions(current, "base")
    return {script.revision for script in steps} - {current}


def _config() -> Config:
    config = Config(str(ROOT / "alembic.ini"))
    config.attributes["configure_logger"] = False
    return config
