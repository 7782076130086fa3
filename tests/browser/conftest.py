"""The real application as a process, driven in Chromium; YouTube's stand-in beside it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlmodel import Session

from app import accounts, listening
from app.access import COOKIE
from app.db import Database, open_database
from app.listening import Listen
from app.models import Role, User
from app.models.columns import utc_now
from app.settings import Settings
from tests import making
from tests.browser import stand_in
from tests.browser.tab import Tab
from tests.servers import served
from tests.web import world
from tests.web.world import World

PATIENCE_MS = 30_000
"""A busy machine may need seconds for what takes a tenth of one."""
SHORT = {"Feeling Good", "At Last"}
UNSOUGHT = "Tired"
"""Nobody has looked for its video yet."""
_NAMES = count()

expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True, slots=True)
class Product:
    """The running application, and its database to look into."""

    origin: str
    youtube: str
    database: Database
    settings: Settings
    world: World


@pytest.fixture(scope="session")
def youtube() -> Iterator[str]:
    with stand_in.youtube() as origin:
        yield origin


@pytest.fixture(scope="session")
def product(
    tmp_path_factory: pytest.TempPathFactory,
    migrated_sqlite: Path,
    key_value_server: str,
    youtube: str,
) -> Iterator[Product]:
    """Started once a run; every test has a listener of its own."""
    folder = tmp_path_factory.mktemp("product")
    shutil.copy(migrated_sqlite, folder)
    settings = Settings(data_dir=folder, redis_url=key_value_server)
    database = open_database(settings)
    made = database.transact(world.make)
    database.transact(lambda session: _give_videos(session, made))
    world.crown(database, settings, made)
    addresses = {
        "PYTUNE_VIDEO_SCRIPT_URL": f"{youtube}/iframe_api",
        "PYTUNE_VIDEO_FRAME_ORIGIN": youtube,
    }
    with served(settings, addresses) as origin:
        yield Product(origin, youtube, database, settings, made)
    database.dispose()


def _give_videos(session: Session, made: World) -> None:
    """Short ones last two seconds here, long ones a minute; one may not be shown."""
    for title, track_id in made.tracks.items():
        if title != UNSOUGHT:
            kind = {"Respect": "blocked"}.get(title, "short" if title in SHORT else "long")
            world.give_video(session, track_id, f"{kind}{track_id:0>{11 - len(kind)}}")


@pytest.fixture
def listener(product: Product) -> int:
    """Has played Sinnerman twice."""
    return add_listener(product)


def add_listener(product: Product) -> int:
    name = f"listener {next(_NAMES)}"

    def add(session: Session) -> int:
        user_id = making.user(session, name)
        for hours in (2, 1):
            moment = utc_now() - timedelta(hours=hours)
            listening.record_listen(
                session, user_id, Listen(product.world.tracks["Sinnerman"], moment)
            )
        return user_id

    return product.database.transact(add)


@pytest.fixture
def administrator(product: Product, listener: int) -> int:
    """Sees every page, and has played something."""
    return made_administrator(product, listener)


def made_administrator(product: Product, user_id: int) -> int:
    with product.database.write() as session:
        user = session.get_one(User, user_id)
        user.role = Role.ADMINISTRATOR
        session.add(user)
    return user_id


OpenPage = Callable[..., Tab]


@pytest.fixture
def open_tab(browser: Browser, product: Product, listener: int) -> Iterator[OpenPage]:
    """Opens tabs of a listener's browser; at the end none may have complained."""
    with ExitStack() as stack:

        def start(user_id: int | None = listener, **options: Any) -> Tab:
            context = browser.new_context(base_url=product.origin, **options)
            context.set_default_timeout(PATIENCE_MS)
            stack.callback(context.close)
            if user_id is not None:
                context.add_cookies([cookie(product, user_id)])
            return Tab(context.new_page())

        yield start


@pytest.fixture(scope="session")
def usual(browser: Browser, product: Product) -> Iterator[BrowserContext]:
    """On a wide screen. What every page loads is loaded once a run."""
    context = browser.new_context(base_url=product.origin)
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def tab(usual: BrowserContext, product: Product, listener: int) -> Iterator[Tab]:
    """A listener's, in a browser that remembers nobody before."""
    usual.add_cookies([cookie(product, listener)])
    opened = Tab(usual.new_page())
    yield opened
    _forget(usual, product, opened.page)
    assert opened.complaints == []


def _forget(context: BrowserContext, product: Product, page: Page) -> None:
    session = context.new_cdp_session(page)
    page.goto("about:blank")  # a page that is left may still write something down
    everything = {"origin": product.origin, "storageTypes": "local_storage,indexeddb"}
    session.send("Storage.clearDataForOrigin", everything)
    for each in context.pages:
        each.close()
    context.clear_cookies()
    context.clear_permissions()


def cookie(product: Product, user_id: int) -> Any:
    def sign_in(session: Session) -> str:
        (user,) = accounts.users_by_id(session, [user_id])
        assert user is not None
        return accounts.open_session(session, user, timedelta(hours=1), "test").token

    token = product.database.transact(sign_in)
    return {"name": COOKIE, "value": token, "url": product.origin}
