"""The whole way in a browser: sign in, play the first track of the list, see the list change.

The demo's tracks have no video ids: the worker looks one up when the track is first played.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import col, select

from app.models import Event, Track
from tests.browser.tab import Tab
from tests.music_search import MusicSearch, Song
from tests.stack.running import Running
from tests.stack.signing import sign_in

pytestmark = [pytest.mark.stack, pytest.mark.browser]

VIDEO_ID = "video000001"
PATIENCE_MS = 120_000
"""A worker starts before the video is found."""


@pytest.fixture
def tab(stack: Running, browser: Browser) -> Iterator[Tab]:
    context = browser.new_context(base_url=stack.address)
    context.set_default_timeout(PATIENCE_MS)
    yield Tab(context.new_page())
    context.close()


def test_a_play_finds_its_video_counts_as_a_listen_and_changes_the_list(
    stack: Running, tab: Tab, search: MusicSearch
) -> None:
    sign_in(tab.page, *stack.accounts["listener"])
    first = tab.page.locator(".lead-title a").first.inner_text()
    database = stack.database()
    with database.read() as session:
        track = session.exec(select(Track).where(Track.title == first)).one()
    artist = tab.page.locator(".lead .meta").first.inner_text().split(" · ")[0]
    search.songs[f"{artist} {first}"] = [Song(first, artist, VIDEO_ID)]
    with tab.answer("/listens"):
        tab.page.get_by_role("button", name="Play all").click()
        tab.shows_video(VIDEO_ID, timeout_ms=PATIENCE_MS)
    tab.page.reload()
    expect(tab.page.locator(".lead-title a").first).not_to_have_text(first)
    with database.read() as session:
        event = session.exec(select(Event).order_by(col(Event.id).desc()).limit(1)).first()
        kept = session.get_one(Track, track.id)
    database.dispose()
    assert event is not None
    assert (event.track_id, event.position) == (track.id, 1)
    assert kept.youtube_id == VIDEO_ID
    assert tab.complaints == []
