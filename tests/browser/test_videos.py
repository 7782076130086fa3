"""A video that is missing is searched for; the test is the worker that finds it or not."""

import re

import pytest
from playwright.sync_api import Route, expect
from sqlmodel import delete

from app import videos
from app.models import Track, VideoState, WrongVideo
from tests.browser.conftest import UNSOUGHT, Product
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

FOUND = "found000001"
PLAYING, PAUSED = "1", "2"
"""States as YouTube's script numbers them."""


@pytest.fixture
def track_id(product: Product) -> int:
    """A track that nobody has looked for."""
    wanted = product.world.tracks[UNSOUGHT]
    with product.database.write() as session:
        row = session.get_one(Track, wanted)
        row.youtube_id, row.video_state = None, VideoState.UNKNOWN
        session.add(row)
    return wanted


def test_the_first_play_waits_for_the_search_and_plays(
    tab: Tab, product: Product, track_id: int
) -> None:
    _ask(tab, track_id)
    expect(tab.note).to_contain_text(f"Looking for a video of {UNSOUGHT}.")
    with product.database.write() as session:
        videos.keep(session, track_id, FOUND)
    tab.shows_video(FOUND)
    expect(tab.note).to_be_empty()


def test_where_none_is_found_a_search_by_hand_is_offered(
    tab: Tab, product: Product, track_id: int
) -> None:
    _ask(tab, track_id)
    with product.database.write() as session:
        videos.keep(session, track_id, None)
    expect(tab.note).to_contain_text(f"No video of {UNSOUGHT} was found.")
    link = tab.note.get_by_role("link", name="Search YouTube")
    wanted = "https://www.youtube.com/results?search_query=Irma+Thomas+Tired"
    expect(link).to_have_attribute("href", wanted)
    tab.note.get_by_label("Dismiss").press("Enter")
    expect(tab.note).to_be_empty()
    expect(tab.page.locator("#toggle")).to_be_focused()


def test_where_nobody_can_search_the_same_is_offered(
    tab: Tab, product: Product, track_id: int
) -> None:
    _ask(tab, track_id)
    with product.database.write() as session:
        videos.give_up(session, track_id)
    expect(tab.note).to_contain_text(f"{UNSOUGHT} cannot be looked up right now.")
    expect(tab.note.get_by_role("link", name="Search YouTube")).to_be_visible()


def test_a_video_that_may_not_be_shown_is_struck_passed_over_and_replaced(
    tab: Tab, product: Product
) -> None:
    track_id = product.world.tracks["Respect"]
    tab.open("/")
    with tab.answer(f"/tracks/{track_id}/video/wrong") as told:
        tab.play("Respect")
    assert told.value.json() == {"state": "searching", "youtube_id": None}
    expect(tab.note).to_contain_text("YouTube does not play Respect here.")
    expect(tab.now).not_to_have_text("Respect")
    expect(tab.row("Respect")).to_have_class(re.compile("no-video"))
    with product.database.write() as session:
        videos.keep(session, track_id, "long-respect")
    tab.play("Respect")
    tab.shows_video("long-respect")
    with product.database.write() as session:
        session.exec(delete(WrongVideo))
        session.get_one(Track, track_id).youtube_id = f"blocked{track_id:0>4}"


def test_a_wrong_video_is_replaced_at_one_click(tab: Tab, product: Product) -> None:
    track_id = product.world.tracks["Isi"]
    tab.open("/search?q=neu")
    tab.play("Isi")
    expect(tab.label("Pause")).to_be_visible()
    with tab.answer(f"/tracks/{track_id}/video/wrong"):
        tab.page.get_by_role("button", name="Wrong video").click()
    expect(tab.note).to_contain_text("Looking for a video of Isi.")
    with product.database.write() as session:
        videos.keep(session, track_id, "long-other1")
    tab.shows_video("long-other1")
    assert tab.sent("/skips") == []
    with product.database.write() as session:
        session.exec(delete(WrongVideo))
        session.get_one(Track, track_id).youtube_id = f"long{track_id:0>7}"


def test_without_youtube_the_page_says_so(tab: Tab, product: Product) -> None:
    tab.page.route(f"{product.youtube}/**", lambda route: route.abort())
    tab.open("/search?q=neu")
    tab.play("Isi")
    expect(tab.note).to_contain_text("YouTube cannot be reached from here.")
    assert re.search("ERR_FAILED", tab.complaints.pop())
    tab.page.unroute(f"{product.youtube}/**")
    tab.page.locator("#toggle").click()
    expect(tab.video).to_be_visible()


def test_a_video_that_is_closed_before_it_is_there_stays_still(tab: Tab, product: Product) -> None:
    held: list[Route] = []
    tab.page.route(f"{product.youtube}/iframe_api", lambda route: held.append(route))  # noqa: PLW0108  it has to be a function
    tab.open("/search?q=neu")
    with tab.page.expect_request(f"{product.youtube}/iframe_api"):
        tab.play("Isi")
    tab.label("Close the video and pause").click()
    held[0].continue_()
    expect(tab.video).to_have_attribute("data-state", PAUSED)
    expect(tab.video).to_be_hidden()
    expect(tab.page.locator("#toggle")).to_have_accessible_name("Play")
    tab.page.locator("#toggle").click()
    expect(tab.video).to_be_visible()
    expect(tab.video).to_have_attribute("data-state", PLAYING)


def test_a_search_that_ends_after_the_video_was_closed_leaves_it_closed(
    tab: Tab, product: Product, track_id: int
) -> None:
    tab.open("/search?q=i")
    tab.play("Isi")
    expect(tab.video).to_have_attribute("data-state", PLAYING)
    tab.page.locator("#ask").fill(UNSOUGHT)
    with tab.answer(f"/tracks/{track_id}/video"):
        tab.play(UNSOUGHT)
    expect(tab.note).to_contain_text("Looking for a video")
    tab.label("Close the video and pause").click()
    with product.database.write() as session:
        videos.keep(session, track_id, FOUND)
    expect(tab.note).to_be_empty()
    expect(tab.page.locator("#stage")).to_be_hidden()


def _ask(tab: Tab, track_id: int) -> None:
    """Radio is off: what it would go on with may have something to say of its own."""
    tab.page.add_init_script(
        "if (origin !== 'null') localStorage.setItem('pytune.radio.off', 'true')"
    )
    tab.open(f"/search?q={UNSOUGHT}")
    with tab.answer(f"/tracks/{track_id}/video") as told:
        tab.play(UNSOUGHT)
    assert told.value.json() == {"state": "searching", "youtube_id": None}
