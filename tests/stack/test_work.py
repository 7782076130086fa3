"""What takes a worker, in a browser: a history is brought along, a model trained and promoted."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import Session, col, func, select

from app.models import Artist, Event, Training
from tests.browser.tab import Tab
from tests.importing.packing import packed, stream
from tests.music_search import MusicSearch, Song
from tests.stack.running import Running
from tests.stack.signing import sign_in

pytestmark = [pytest.mark.stack, pytest.mark.browser]

PATIENCE_MS = 120_000
"""A worker starts, and a model is trained."""
NEW_YEAR = datetime(2025, 1, 1, tzinfo=UTC)
"""What the file tells of was heard before, and nothing else that a file brought."""
PLAYING = "1"
"""As YouTube's script numbers its states."""
VIDEO_ID = "long0000002"


@pytest.fixture
def listening(stack: Running, browser: Browser) -> Iterator[Tab]:
    with ExitStack() as opened:
        yield _signed_in(opened, stack, browser, "listener")


@pytest.fixture
def administrating(stack: Running, browser: Browser) -> Iterator[Tab]:
    with ExitStack() as opened:
        yield _signed_in(opened, stack, browser, "administrator")


def test_a_history_is_brought_along_and_seen_to_go_in(
    stack: Running, listening: Tab, tmp_path: Path
) -> None:
    listening.open("/imports")
    listening.label("Where it comes from").select_option("spotify")
    listening.label("The file, as it came").set_input_files(_history(stack, tmp_path))
    listening.page.get_by_role("button", name="Import", exact=True).click()
    imports = listening.page.locator("#imports")
    expect(imports).to_contain_text("It is in.", timeout=PATIENCE_MS)
    expect(imports).to_contain_text("3 rows read, 2 new")
    brought = select(func.count(col(Event.id))).where(col(Event.import_id).is_not(None))
    assert _told_by(stack, brought.where(col(Event.occurred_at) < NEW_YEAR)) == 2
    assert listening.complaints == []


def test_a_model_is_trained_and_promoted_while_somebody_listens(
    stack: Running, listening: Tab, administrating: Tab, search: MusicSearch
) -> None:
    _plays_its_list(listening, search)
    number = int(_told_by(stack, select(func.max(Training.id)))) + 1
    page = administrating.page
    administrating.open("/admin/models")
    page.get_by_role("button", name="Train now").click()
    trainings = page.locator("#trainings")
    expect(trainings.get_by_role("link", name=str(number), exact=True)).to_be_visible(
        timeout=PATIENCE_MS
    )
    administrating.open(f"/admin/models/{number}")
    expect(page.locator("#progress progress")).to_be_hidden(timeout=PATIENCE_MS)
    expect(page.locator("#progress .verdict")).to_be_visible()
    administrating.open(f"/admin/models/{number}")
    by_hand = page.get_by_role("button", name=f"Promote training {number}")
    if by_hand.is_visible():  # the gate may have taken it for better already
        page.get_by_label("Why this model").fill("I want to hear it.")
        by_hand.click()
        champion = f"Training {number} is the champion"
        expect(page.locator("#verdict")).to_contain_text(champion, timeout=PATIENCE_MS)
    assert stack.signed_in(stack.accounts["listener"]).recommended()["modelVersion"] == number
    _listens_on(listening)
    assert administrating.complaints == []


def _signed_in(opened: ExitStack, stack: Running, browser: Browser, role: str) -> Tab:
    context = browser.new_context(base_url=stack.address)
    context.set_default_timeout(PATIENCE_MS)
    opened.callback(context.close)
    tab = Tab(context.new_page())
    sign_in(tab.page, *stack.accounts[role])
    return tab


def _history(stack: Running, folder: Path) -> Path:
    """Two plays of songs by who is known, and one that makes no sense."""
    artist = _told_by(stack, select(Artist.name).order_by(col(Artist.id)).limit(1))
    heard: list[dict[str, Any]] = [
        stream(number, master_metadata_album_artist_name=artist) for number in (1, 2)
    ]
    heard.append(stream(3, ts="never"))
    return packed(folder / "my_spotify_data.zip", {"endsong_0.json": heard})


def _plays_its_list(tab: Tab, search: MusicSearch) -> None:
    """A video of the first track is found by the worker."""
    title = tab.page.locator(".lead-title a").first.inner_text()
    artist = tab.page.locator(".lead .meta").first.inner_text().split(" · ")[0]
    search.songs[f"{artist} {title}"] = [Song(title, artist, VIDEO_ID)]
    tab.slow_videos()
    tab.page.reload()
    tab.page.get_by_role("button", name="Play all").click()
    tab.shows_video(VIDEO_ID, timeout_ms=PATIENCE_MS)


def _listens_on(tab: Tab) -> None:
    """Nothing was loaded anew, and the list of the new model comes as ever."""
    tab.shows_video(VIDEO_ID)
    expect(tab.video).to_have_attribute("data-state", PLAYING)
    asked = len(tab.requests)
    tab.page.locator("#nav").get_by_role("link", name="Library").click()
    expect(tab.page).to_have_url(re.compile("/history$"))
    tab.page.locator("#nav").get_by_role("link", name="Home").click()
    expect(tab.page.locator("#for-you .row").first).to_be_visible()
    assert not any(request.is_navigation_request() for request in tab.requests[asked:])
    assert tab.complaints == []


def _told_by(stack: Running, statement: Any) -> Any:
    database = stack.database()
    with Session(database.engine) as session:
        found = session.exec(statement).one()
    database.dispose()
    return found
