"""Connections to the database are encrypted where its server offers it. Half a minute."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.db import Database, open_database
from app.errors import DatabaseUnavailable
from app.settings import Settings
from tests.conftest import _execute
from tests.soak.killable import MariaDB

pytestmark = [pytest.mark.soak, pytest.mark.mariadb, pytest.mark.timeout(300)]

PASSWORD = "correct-horse"
_USER = (
    "CREATE DATABASE encrypted",
    f"CREATE USER ann@localhost IDENTIFIED BY '{PASSWORD}' REQUIRE SSL",
    "GRANT ALL ON encrypted.* TO ann@localhost",
)


def _certificate(folder: Path, name: str) -> Path:
    """A server's own, as MySQL makes one at its first start; its key lies beside it."""
    made = folder / f"{name}.pem"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    places = ["-keyout", str(made.with_suffix(".key")), "-out", str(made)]
    subprocess.run([*words, *names, *places], check=True, capture_output=True)
    made.with_suffix(".key").chmod(0o644)
    return made


@pytest.fixture
def server(short_folder: Path) -> Iterator[MariaDB]:
    """It lets the user in by TLS alone."""
    short_folder.chmod(0o755)
    own = _certificate(short_folder, "own")
    _certificate(short_folder, "another")
    options = [f"--ssl-cert={own}", f"--ssl-key={own.with_suffix('.key')}"]
    made = MariaDB(short_folder / "mariadb", options)
    try:
        _execute(made.url, *_USER)
        yield made
    finally:
        made.kill()


def _database(server: MariaDB, more: str = "") -> Database:
    address = f"mysql://ann:{PASSWORD}@localhost/encrypted?unix_socket={server.path}{more}"
    return open_database(Settings(database_url=address))


def _cipher(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.exec_driver_sql("SHOW STATUS LIKE 'Ssl_cipher'").one()[1])


def test_what_is_offered_is_taken_and_checked_where_a_certificate_is_named(
    server: MariaDB, short_folder: Path
) -> None:
    for more in ("", f"&ssl_ca={short_folder}/own.pem"):
        database = _database(server, more)
        assert _cipher(database.engine) != ""
        database.dispose()
    for more in ("&ssl_disabled=true", f"&ssl_ca={short_folder}/another.pem"):
        database = _database(server, more)
        with pytest.raises(DatabaseUnavailable):
            database.check()
        database.dispose()
