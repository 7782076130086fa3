"""An old and a new web process side by side: the upgrade that docs/deploying.md describes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from urllib.request import ProxyHandler, build_opener

import pytest
from sqlalchemy.engine import URL
from sqlmodel import Session, col, select

from app import accounts
from app.db import Database, open_database
from app.embedded import WEB_SOCKET
from app.graphql.ids import global_id
from app.migrations import migrate
from app.models import Event
from app.settings import Settings
from tests import making
from tests.conftest import BOTH, create_mariadb, drop_mariadb
from tests.soak.conftest import Say
from tests.soak.faults.clients import Hearer
from tests.soak.faults.scene import copy_of_code
from tests.soak.swapping import PASSWORD, await_that
from tests.stack.client import Client
from tests.stack.running import ROOT

pytestmark = [pytest.mark.soak, pytest.mark.stack, pytest.mark.timeout(600)]

NEXT = '''"""a migration of a version to come

Revision: 9999, after {head}
"""

import sqlalchemy as sa
from alembic import op


revision = '9999'
down_revision = '{head}'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('track', sa.Column('mood', sa.String(64), nullable=True))
    op.add_column('event', sa.Column('weight', sa.Integer(), nullable=False, server_default='1'))
    op.create_index('ix_track_mood', 'track', ['mood'])


def downgrade() -> None:
    op.drop_index('ix_track_mood', 'track')
    op.drop_column('event', 'weight')
    op.drop_column('track', 'mood')
'''
LISTENERS = ("old", "new")
_DIRECTLY = build_opener(ProxyHandler({}))


@pytest.fixture(params=BOTH)
def settings(
    request: pytest.FixtureRequest, short_folder: Path, key_value_url: str
) -> Iterator[Settings]:
    """A database of its own: the tests' other ones stay at today's schema."""
    folder = short_folder / request.param
    if request.param == "sqlite":
        yield Settings(data_dir=folder, redis_url=key_value_url)
        return
    server: URL = request.getfixturevalue("mariadb_server")
    url = create_mariadb(server, "upgrade").render_as_string(hide_password=False)
    yield Settings(data_dir=folder, redis_url=key_value_url, database_url=url)
    drop_mariadb(server, "upgrade")


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = open_database(settings)
    migrate(opened)
    opened.transact(_fill)
    yield opened
    opened.dispose()


def _fill(session: Session) -> None:
    for name in LISTENERS:
        accounts.create_user(session, name, accounts.hashed(PASSWORD))
    making.tracks(session, 40)


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The code of a version to come, which has one more migration."""
    code = copy_of_code(tmp_path / "newer")
    head = max(path.name for path in (code / "alembic" / "versions").glob("[0-9]*.py"))[:4]
    (code / "alembic" / "versions" / "9999_next.py").write_text(NEXT.format(head=head))
    return code


def _environment(settings: Settings) -> dict[str, str]:
    return os.environ | {
        "PYTUNE_DATA_DIR": str(settings.folder),
        "PYTUNE_DATABASE_URL": settings.database_url or "",
        "PYTUNE_REDIS_URL": settings.key_value_url,
        "PYTUNE_REQUESTS_PER_MINUTE": "1000000",
    }


@contextmanager
def _web(code: Path, settings: Settings) -> Iterator[str]:
    """Origin of `pytune web` of that code."""
    with create_server(("127.0.0.1", 0)) as door:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "web"],
            cwd=code,
            env=_environment(settings) | {WEB_SOCKET: str(door.fileno())},
            pass_fds=[door.fileno()],
        )
        origin = f"http://127.0.0.1:{door.getsockname()[1]}"
        try:
            with _DIRECTLY.open(f"{origin}/healthz", timeout=60):
                yield origin
        finally:
            process.terminate()
            assert process.wait() in {0, -15}


def _run(code: Path, settings: Settings, command: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "app.cli", command]
    environment = _environment(settings)
    return subprocess.run(
        words, cwd=code, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_an_old_and_a_new_web_process_serve_side_by_side(
    settings: Settings, database: Database, newer: Path, say: Say
) -> None:
    with _web(ROOT, settings) as old, _hearing(old, "old") as before:
        await_that(lambda: len(before.acknowledged) >= 20)
        migrated = _run(newer, settings, "migrate")
        assert (migrated.returncode, migrated.stderr) == (0, "")
        with _web(newer, settings) as new, _hearing(new, "new") as after:
            count = len(before.acknowledged)
            await_that(lambda: len(after.acknowledged) >= 20)
            await_that(lambda: len(before.acknowledged) >= count + 20)
            assert before.client.recommended()["items"] != []
    late = _run(ROOT, settings, "web")
    say(f"{len(before.acknowledged)} listens by the old, {len(after.acknowledged)} by the new;")
    failed = before.failed + after.failed
    say(f"{failed} requests failed; an old one that starts late says: {late.stderr}")
    assert before.failed == after.failed == 0
    assert _kept(database) == before.acknowledged | after.acknowledged
    assert late.returncode == 1
    assert "a newer PyTune" in late.stderr


@contextmanager
def _hearing(origin: str, name: str) -> Iterator[Hearer]:
    client = Client(origin)
    client.sign_in(name, PASSWORD)
    with Hearer(client, name=name, track=global_id("Track", 1)) as hearer:
        yield hearer
    client.http.close()


def _kept(database: Database) -> set[str | None]:
    with database.read() as session:
        return set(session.exec(select(col(Event.idempotency_key))))
