"""The database: engine, sessions for reading and for writing, and writes both dialects take."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Engine, Select, Table, create_engine, event
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, OperationalError
from sqlmodel import Session

from app.errors import DatabaseUnavailable, InvalidInput
from app.settings import Settings

log = logging.getLogger(__name__)

T = TypeVar("T")

_DEADLOCK_CODES = {1205, 1213}
"""MySQL's lock wait time-out and deadlock: the transaction may be tried again."""
_DUPLICATE = 1062
_ATTEMPTS = 5
_WANTED = "must be like mysql://user:password@host/name, mariadb://… or sqlite:///path"


class Database:
    """One engine; `read()` and `write()` give sessions, `transact()` repeats after a deadlock."""

    def __init__(self, url: URL, busy_seconds: float = 30.0) -> None:
        self.url = url
        self.engine = _engine(url, busy_seconds)
        self._writing = self.engine.execution_options(pytune_writes=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; nothing done in it is kept."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one transaction, committed at the end, rolled back on an error."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def transact(self, work: Callable[[Session], T]) -> T:
        """Run `work` in a write transaction; again after a deadlock, at most five times."""
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


def insert_once(session: Session, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row unless it breaks a unique key; whether it went in."""
    try:
        session.connection().execute(table.insert(), row)
    except IntegrityError as error:
        # Either database undoes the one statement and goes on with the transaction.
        if _is_duplicate(error):
            return False
        raise
    return True


def insert_numbered(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert many rows; the numbers that the database gave them, in their order."""
    if not rows:
        return []
    connection = session.connection()
    (number,) = table.primary_key.columns
    if connection.dialect.insert_executemany_returning:
        statement = table.insert().returning(number, sort_by_parameter_order=True)
        return list(connection.execute(statement, list(rows)).scalars())
    # MySQL has no RETURNING.
    return [
        connection.execute(table.insert(), row).inserted_primary_key[0]  # type: ignore[index]
        for row in rows
    ]


def insert_missing(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows of the same columns, leaving out those that break a unique key.

    The values go straight to the driver, which is twice as quick for many.
    """
    if not rows:
        return
    connection = session.connection()
    names = list(rows[0])
    statement = _insert_missing(table, connection.dialect)
    compiled = statement.compile(dialect=connection.dialect, column_keys=names)
    order = compiled.positiontup or names
    columns = [_for_driver(table.c[name], connection.dialect, rows) for name in order]
    values: list[Any] = list(zip(*columns, strict=True))
    if not compiled.positional:
        values = [dict(zip(order, row, strict=True)) for row in values]
    connection.exec_driver_sql(str(compiled), values)


def _insert_missing(table: Table, dialect: Dialect) -> Any:
    if dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    # Not INSERT IGNORE, which would let over-long values through, cut.
    key = next(iter(table.primary_key.columns)).name
    return mysql.insert(table).on_duplicate_key_update({key: table.c[key]})


def _for_driver(column: Any, dialect: Dialect, rows: Sequence[dict[str, Any]]) -> list[Any]:
    """One column of the rows as the driver takes it."""
    values = [row[column.name] for row in rows]
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return values
    first = values[0]
    if all(value is first for value in values):
        return [process(first)] * len(values)
    return [process(value) for value in values]


Update = Callable[[Any, Any], dict[str, Any]]
"""(old row, new row) → what to set."""


def upsert(
    session: Session, table: Table, rows: dict[str, Any] | Select[Any], update: Update
) -> None:
    """Insert a row, or all that a query selects; where the primary key exists, `update` it."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        lite = _filled(sqlite.insert(table), rows)
        keys = list(table.primary_key.columns)
        new = lite.excluded
        statement = lite.on_conflict_do_update(index_elements=keys, set_=update(table.c, new))
    else:
        my = _filled(mysql.insert(table), rows)
        statement = my.on_duplicate_key_update(update(table.c, my.inserted))
    connection.execute(statement)


def _filled(insert: Any, rows: dict[str, Any] | Select[Any]) -> Any:
    if isinstance(rows, dict):
        return insert.values(rows)
    return insert.from_select([column.name for column in rows.selected_columns], rows)


def _engine(url: URL, busy_seconds: float) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_recycle=1800,
            pool_size=20,
            max_overflow=20,
            isolation_level="READ COMMITTED",
        )
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(
        url,
        connect_args={"timeout": busy_seconds, "check_same_thread": False},
        pool_size=20,
        max_overflow=40,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A write that starts as a read fails at once when another has written meanwhile,
    # whatever the busy time-out: writers take their turn from the start.
    writes = connection.get_execution_options().get("pytune_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _is_duplicate(error: IntegrityError) -> bool:
    arguments: tuple[object, ...] = getattr(error.orig, "args", ())
    return "UNIQUE constraint failed" in str(error.orig) or arguments[:1] == (_DUPLICATE,)


def _is_deadlock(error: OperationalError) -> bool:
    arguments: tuple[object, ...] = getattr(error.orig, "args", ())
    return bool(arguments) and arguments[0] in _DEADLOCK_CODES
