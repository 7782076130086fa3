"""The real application in process, on SQLite, with a small world in it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from sqlmodel import Session
from starlette.testclient import TestClient

from app import accounts
from app.access import COOKIE
from app.db import open_database
from app.main import create_app
from app.settings import Settings
from app.state import State
from tests.web import world
from tests.web.world import World

HTML = {"Accept": "text/html"}
_QUIET = {"champion_poll_seconds": 0.25}
"""What a test waits for is announced: each look in between costs more than most requests."""


@dataclass
class Site:
    """The pages as a browser meets them, signed in or not."""

    client: TestClient
    state: State
    world: World

    def sign_in(self, user_id: int) -> None:
        token = self.state.database.transact(lambda session: _token(session, user_id))
        self.client.cookies.set(COOKIE, token)

    def token(self, user_id: int | None = None) -> str:
        """A bearer token of Ann's, or of another."""
        whose = user_id or self.world.ann
        return self.state.database.transact(lambda session: _token(session, whose))

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(path, headers=HTML | headers, follow_redirects=False)

    def htmx(self, path: str, target: str = "main#main") -> Response:
        """What htmx gets to fill that element."""
        return self.get(path, **{"HX-Request": "true", "HX-Target": target})

    def post(self, path: str, data: dict[str, Any], **headers: str) -> Response:
        sent = HTML | headers
        return self.client.post(path, data=data, headers=sent, follow_redirects=False)


OpenSite = Callable[..., Site]


@pytest.fixture(scope="session")
def furnished(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> tuple[Path, World]:
    """A database with the world in it, to be copied; hashing passwords takes its time."""
    folder = tmp_path_factory.mktemp("furnished")
    shutil.copy(migrated_sqlite, folder)
    database = open_database(Settings(data_dir=folder))
    made = database.transact(world.make)
    database.dispose()
    return folder / "pytune.db", made


@pytest.fixture
def open_site(sqlite_settings: Settings, furnished: tuple[Path, World]) -> Iterator[OpenSite]:
    """Starts the application with settings of the test's own, with or without a model."""
    file, made = furnished
    shutil.copy(file, sqlite_settings.folder)
    database = open_database(sqlite_settings)
    with ExitStack() as stack:

        def start(*, model: bool = True, **changed: Any) -> Site:
            settings = sqlite_settings.model_copy(update=_QUIET | changed)
            if model:
                world.crown(database, settings, made)
            client = TestClient(create_app(settings), raise_server_exceptions=False)
            stack.enter_context(client)
            return Site(client, client.app_state["pytune"], made)

        yield start
    database.dispose()


@pytest.fixture
def nobody(open_site: OpenSite) -> Site:
    """Not signed in."""
    return open_site()


@pytest.fixture
def site(nobody: Site) -> Site:
    """Signed in as a listener who has played Sinnerman twice."""
    nobody.sign_in(nobody.world.ann)
    return nobody


@pytest.fixture
def admin(nobody: Site) -> Site:
    nobody.sign_in(nobody.world.root)
    return nobody


def _token(session: Session, user_id: int) -> str:
    (user,) = accounts.users_by_id(session, [user_id])
    assert user is not None
    return accounts.open_session(session, user, timedelta(hours=1), "test").token
