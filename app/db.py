"""The database: engine, sessions for reading and for writing, transactions that are repeated."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlmodel import Session

from app import reading_time
from app.errors import DatabaseUnavailable, InvalidInput, PyTuneError
from app.group_commit import GroupCommit
from app.settings import Settings
from app.sqlite_engine import sqlite_engine

log = logging.getLogger(__name__)

T = TypeVar("T")

_DEADLOCK_CODES = {1205, 1213}
"""MySQL's lock wait time-out and deadlock: the transaction may be tried again."""
_AWAY_CODES = {1040, 1053, 2002, 2003, 2006, 2013}
"""No more connections, shutting down, not reachable, gone, lost in a query."""
_PASSING_CODES = _DEADLOCK_CODES | _AWAY_CODES | {1021, 1114, 1290, 1836}
"""These, and the disk or a table full, and read-only for now."""
_ATTEMPTS = 5
BULK_CACHE, REQUESTS_CACHE = 64, 4
"""Mebibytes of SQLite's cache: of a job's few connections, and of each of a web process' forty."""
JOBS_SILENCE = 3600.0
"""Seconds. What a job asks may take long; a frozen database is not waited for overnight."""
_CONNECT_SECONDS = 5
_WANTED = "must be like mysql://user:password@host/name, mariadb://… or sqlite:///path"


class Database:
    """One engine; `read()` and `write()` give sessions, `transact()` repeats after a deadlock."""

    def __init__(
        self,
        url: URL,
        busy_seconds: float = 30.0,
        cache_mebibytes: int = BULK_CACHE,
        silence_seconds: float = JOBS_SILENCE,
        *,
        groups: bool = False,
    ) -> None:
        self.url = url
        sqlite = url.get_backend_name() == "sqlite"
        self.engine = (
            sqlite_engine(url, busy_seconds, cache_mebibytes)
            if sqlite
            else _server(url, silence_seconds)
        )
        reading_time.watch(self.engine)
        self._writing = self.engine.execution_options(pytune_writes=True)
        self.group = GroupCommit(self._writing) if sqlite and groups else None
        """Of the writers of this process, where there are many at once."""

    @contextmanager
    def read(self, seconds: float | None = None, since: float | None = None) -> Iterator[Session]:
        """A session for reading; nothing done in it is kept.

        Raises TookTooLong where it takes longer than `seconds`, if they are given: from now on, or
        from a moment of the monotonic clock.
        """
        with (
            reading_time.limited_to(seconds, since),
            Session(self.engine, expire_on_commit=False) as session,
        ):
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one transaction, committed at the end, rolled back on an error."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def transact(self, work: Callable[[Session], T]) -> T:
        """Run `work` in a write transaction; again after a deadlock, at most five times."""
        if self.group is not None:
            return self.group.run(work)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self.write() as session:
                    return work(session)
            except OperationalError as error:
                if attempt == _ATTEMPTS or not _is_deadlock(error):
                    raise
                log.info("transaction repeated after a deadlock", extra={"attempt": attempt})
        raise AssertionError("unreachable")

    def check(self) -> None:
        """Raise DatabaseUnavailable unless the database answers."""
        try:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
        except DatabaseError as error:
            address = self.url.render_as_string(hide_password=True)
            raise DatabaseUnavailable(address=address, reason=error.orig) from error

    def dispose(self) -> None:
        self.engine.dispose()


def open_database(settings: Settings) -> Database:
    """The database that the settings name; SQLite in the data folder without any."""
    return Database(database_url(settings), settings.database_busy_seconds)


def open_for_requests(settings: Settings) -> Database:
    """The same for many connections at once, whose users do not wait long.

    SQLite's cache is each connection's own: a process with many of them wants a small one.
    """
    return Database(
        database_url(settings),
        settings.database_busy_seconds,
        REQUESTS_CACHE,
        settings.database_silence_seconds,
        groups=True,
    )


def database_url(settings: Settings) -> URL:
    """Raises InvalidInput for an address that makes no sense or names another database."""
    if settings.database_url is None:
        settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(PermissionError):  # another's folder, lent to us: theirs to guard
            settings.folder.chmod(0o700)
        return URL.create("sqlite", database=str(settings.folder / "pytune.db"))
    try:
        url = make_url(settings.database_url)
    except (ArgumentError, ValueError):
        raise InvalidInput("PYTUNE_DATABASE_URL", _WANTED) from None
    match url.drivername.partition("+")[0]:
        case "mysql" | "mariadb":
            if settings.database_password_file is not None:
                url = url.set(password=_password(settings.database_password_file))
            # One dialect name for both servers: the SQL written here is taken by either.
            return url.set(drivername="mysql+pymysql").update_query_dict({"charset": "utf8mb4"})
        case "sqlite" if url.database not in {None, "", ":memory:"}:
            return url
    raise InvalidInput("PYTUNE_DATABASE_URL", _WANTED)


def _password(path: Path) -> str:
    try:
        password = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput("PYTUNE_DATABASE_PASSWORD_FILE", f"cannot be read: {error}") from error
    if not password:
        raise InvalidInput("PYTUNE_DATABASE_PASSWORD_FILE", f"{path} is empty")
    return password


def _server(url: URL, silence_seconds: float) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,
        # A host that is frozen or cut off answers nothing, and closes nothing either.
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
            "read_timeout": silence_seconds,
            "write_timeout": silence_seconds,
        },
        pool_pre_ping=True,
        pool_recycle=1800,
        pool_size=20,
        max_overflow=20,
        isolation_level="READ COMMITTED",
        paramstyle="format",
        # Whoever takes a connection ends the transaction: nothing is left to roll back.
        pool_reset_on_return=None,
    )


def worded(error: BaseException) -> str:
    """What a row may say of what ended it: of a statement that failed neither SQL nor values."""
    if isinstance(error, PyTuneError):
        return str(error)
    if isinstance(error, SQLAlchemyError):
        return f"The database could not do what it was asked ({type(error).__name__}): see the log."
    return f"{type(error).__name__}: {error}"


def is_away(error: SQLAlchemyError) -> bool:
    """Whether the server could not be reached or went away: the same may work a little later."""
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or _code(error) in _AWAY_CODES


def may_pass(error: Exception) -> bool:
    """Whether the same may work a little later. SQLite has no numbers: the kind must tell."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, NoConnectionFree)
    code = _code(error)
    known = code in _PASSING_CODES if isinstance(code, int) else isinstance(error, OperationalError)
    return known or error.connection_invalidated


def _is_deadlock(error: OperationalError) -> bool:
    return _code(error) in _DEADLOCK_CODES


def _code(error: DBAPIError) -> object:
    """MySQL's number of the error; None where there is none."""
    arguments: tuple[object, ...] = getattr(error.orig, "args", ())
    return arguments[0] if arguments else None
