"""The player: one bar that plays a list on, whatever page is shown."""

import re

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import OpenPage, Product
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

LEAST_TOUCHED = 24
LEAST_HEIGHT = 200
"""YouTube's terms ask for it."""
_KEEP_WHAT_IS_SHOWN = """
  window.shown = { titles: [], videos: [] };
  const keep = (kept, value) => value && value !== kept.at(-1) && kept.push(value);
  const look = () => {
    keep(shown.titles, document.querySelector("#now-title")?.textContent);
    keep(shown.videos, document.querySelector("#stage iframe")?.src.split("/").at(-1));
  };
  const every = { childList: true, characterData: true, subtree: true, attributeFilter: ["src"] };
  new MutationObserver(look).observe(document, every);
"""
_KEEP_THE_LOOP = """
  const Real = window.Audio;
  window.Audio = class extends Real {
    constructor(...given) { super(...given); window.loop = this; }
  };
"""


def test_search_as_you_type_and_play(tab: Tab, product: Product) -> None:
    tab.open("/search")
    tab.page.keyboard.type("autob")
    expect(tab.page.locator("#hits .row")).to_have_count(1)
    expect(tab.page.locator("#found")).to_have_text(re.compile("One track, 0 artists"))
    tab.play("Autobahn")
    tab.shows_video(f"long{product.world.tracks['Autobahn']:0>7}")
    expect(tab.now).to_have_text("Autobahn")
    expect(tab.row("Autobahn")).to_have_attribute("aria-current", "true")
    expect(tab.row("Autobahn").get_by_label("Pause Autobahn")).to_be_visible()


@pytest.mark.parametrize("size", [(1280, 800), (1000, 800), (390, 844), (320, 640)])
def test_the_video_is_seen_whole_while_it_plays(open_tab: OpenPage, size: tuple[int, int]) -> None:
    width, height = size
    tab = open_tab(viewport={"width": width, "height": height})
    tab.open("/search?q=neu")
    tab.page.get_by_label("Play Hallogallo").click()
    tab.page.get_by_label("Add to the queue: Isi").dispatch_event("click")
    expect(tab.note).to_contain_text("Isi was added to the queue.")
    box = tab.video.bounding_box()
    assert box is not None
    assert box["height"] >= LEAST_HEIGHT
    assert box["width"] >= LEAST_HEIGHT
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    deck = tab.page.locator(".deck").bounding_box()
    assert deck is not None
    assert box["y"] + box["height"] <= deck["y"] + 1
    assert tab.complaints == []


def test_a_phone_goes_back_and_to_another_place(open_tab: OpenPage) -> None:
    """Its bar has no room for all: the sheet of the queue has some, its edge the rest."""
    tab = open_tab(viewport={"width": 390, "height": 844}, has_touch=True)
    tab.open("/search?q=neu")
    tab.page.get_by_label("Play Hallogallo").click()
    tab.page.get_by_label("Add to the queue: Isi").dispatch_event("click")
    tab.page.locator(".player").get_by_label("Next track").click()
    expect(tab.now).to_have_text("Isi")
    tab.page.get_by_label("Queue", exact=True).click()
    tab.page.locator("#queue").get_by_label("Previous track").click()
    expect(tab.now).to_have_text("Hallogallo")
    tab.page.keyboard.press("Escape")
    tab.until("() => document.getElementById('seek').max > 50")
    edge = tab.page.locator("#seek").bounding_box()
    assert edge is not None
    assert edge["height"] >= LEAST_TOUCHED
    tab.page.touchscreen.tap(edge["x"] + edge["width"] / 2, edge["y"] + edge["height"] / 2)
    tab.until("() => document.getElementById('seek-bar').value > 20")
    assert tab.complaints == []


def test_a_press_before_the_player_is_there_is_not_lost(tab: Tab) -> None:
    held: list[Route] = []
    tab.page.route("**/app.js", lambda route: held.append(route))  # noqa: PLW0108  a function
    with tab.page.expect_response("**/early.js") as early:
        tab.page.goto("/", wait_until="commit")
    tab.page.evaluate("address => import(address).then(() => null)", early.value.url)
    tab.play("Autobahn")
    expect(tab.now).not_to_have_text("Autobahn")
    held.pop().continue_()
    expect(tab.now).to_have_text("Autobahn")


def test_it_plays_on_from_page_to_page(tab: Tab) -> None:
    tab.open("/")
    tab.play("Autobahn")
    expect(tab.label("Pause")).to_be_visible()
    tab.video.evaluate("frame => { frame.marked = true; }")
    tab.page.locator(".player").get_by_role("link", name="Kraftwerk", exact=True).click()
    expect(tab.page.get_by_role("heading", name="Kraftwerk")).to_be_visible()
    before = tab.label("Position").input_value()
    tab.page.go_back()
    expect(tab.page.get_by_role("heading", name="For you")).to_be_visible()
    expect(tab.row("Autobahn")).to_have_attribute("aria-current", "true")
    assert tab.video.evaluate("frame => frame.marked")
    expect(tab.label("Position")).not_to_have_value(before)
    expect(tab.label("Pause")).to_be_visible()


def test_a_track_that_ends_is_followed_by_the_next(tab: Tab, product: Product) -> None:
    """Each of them plays for two seconds: what is shown is kept, and looked at in peace."""
    tab.page.add_init_script(_KEEP_WHAT_IS_SHOWN)
    tab.open("/")
    tab.page.get_by_role("button", name="Play all 11").click()
    tab.until("shown.titles.length > 1 && shown.videos.length > 1")
    shown = tab.page.evaluate("shown")
    assert shown["titles"][:2] == ["Feeling Good", "At Last"]
    tracks = [product.world.tracks[title] for title in shown["titles"][:2]]
    assert shown["videos"][:2] == [f"short{track:0>6}" for track in tracks]


def test_previous_next_and_the_queue(tab: Tab) -> None:
    tab.open("/search?q=can")
    tab.play("Vitamin C")
    queue = tab.page.locator("#upcoming")
    expect(queue.get_by_role("link")).to_have_text(["Spoon"])
    expect(tab.page.locator(".player").get_by_label("Previous track")).to_be_disabled()
    tab.label("Next track").click()
    expect(tab.now).to_have_text("Spoon")
    expect(tab.page.get_by_text("Nothing follows.")).to_be_visible()
    tab.page.locator(".player").get_by_label("Previous track").click()
    expect(tab.now).to_have_text("Vitamin C")
    queue.get_by_label("Remove Spoon from the queue").click()
    expect(queue.get_by_role("link")).to_have_count(0)


def test_the_queue_is_a_sheet_where_the_screen_is_small(open_tab: OpenPage) -> None:
    tab = open_tab(viewport={"width": 390, "height": 844})
    tab.open("/search?q=can")
    tab.play("Vitamin C")
    expect(tab.page.locator("#queue")).to_be_hidden()
    tab.label("Queue").click()
    _is_above(tab.page.locator("#queue"), tab.video)
    tab.page.locator("#queue").get_by_label("Play Spoon").click()
    expect(tab.now).to_have_text("Spoon")
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("#queue")).to_be_hidden()
    assert tab.complaints == []


def test_a_rows_sheet_leaves_the_video_in_sight(open_tab: OpenPage) -> None:
    tab = open_tab(viewport={"width": 390, "height": 844})
    tab.open("/search?q=can")
    tab.play("Vitamin C")
    expect(tab.video).to_be_visible()
    tab.row("Vitamin C").get_by_label("More for Vitamin C").click()
    _is_above(tab.row("Vitamin C").locator(".sheet"), tab.video)


def _is_above(upper: Locator, lower: Locator) -> None:
    expect(upper).to_be_visible()
    boxes = upper.bounding_box(), lower.bounding_box()
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]


def test_closing_the_video_pauses_it_and_gives_the_loudspeaker_back(tab: Tab) -> None:
    tab.page.add_init_script(_KEEP_THE_LOOP)
    tab.open("/search?q=neu")
    tab.play("Isi")
    expect(tab.label("Pause")).to_be_visible()
    tab.until("!loop.paused")
    tab.label("Close the video and pause").click()
    tab.until("loop.paused")
    expect(tab.video).to_be_hidden()
    expect(tab.page.locator("#toggle")).to_have_accessible_name("Play")
    tab.page.locator("#toggle").click()
    expect(tab.video).to_be_visible()
    expect(tab.page.locator("#toggle")).to_have_accessible_name("Pause")
    tab.until("!loop.paused")


def test_pressing_play_again_pauses(tab: Tab) -> None:
    tab.open("/search?q=neu")
    tab.play("Isi")
    tab.row("Isi").get_by_label("Pause Isi").click()
    expect(tab.row("Isi").get_by_label("Play Isi")).to_be_visible()
    expect(tab.now).to_have_text("Isi")


def test_pressing_play_all_again_pauses_and_plays_on_without_a_skip(tab: Tab) -> None:
    tab.open("/search?q=vitamin")
    tab.play("Vitamin C")
    expect(tab.label("Pause")).to_be_visible()
    tab.row("Vitamin C").get_by_role("link", name="Can").click()
    play_all = tab.page.locator("[data-play-all]")
    expect(play_all).to_have_text("Pause")
    play_all.click()
    expect(play_all).to_have_text("Play both")
    play_all.click()
    expect(play_all).to_have_text("Pause")
    expect(tab.page.locator("#upcoming .row")).to_have_count(1)
    expect(tab.now).to_have_text("Vitamin C")
    assert tab.sent("/skips") == []


def test_seek_and_volume_reach_the_video(tab: Tab) -> None:
    tab.open("/search?q=neu")
    tab.play("Isi")
    expect(tab.page.locator("#all")).to_have_text("1:00:00")
    tab.label("Position").fill("1800")
    expect(tab.page.locator("#at")).to_have_text(re.compile(r"^3\d:\d\d$"))
    tab.label("Volume").fill("35")
    expect(tab.page.locator("#volume-bar")).to_have_attribute("value", "35")


def test_a_reload_keeps_the_queue_and_asks_youtube_for_nothing(tab: Tab, product: Product) -> None:
    tab.open("/search?q=can")
    tab.play("Vitamin C")
    expect(tab.label("Pause")).to_be_visible()
    tab.requests.clear()
    tab.page.reload()
    expect(tab.now).to_have_text("Vitamin C")
    expect(tab.video).to_have_count(0)
    assert not [asked.url for asked in tab.requests if asked.url.startswith(product.youtube)]
    tab.page.locator("#toggle").click()
    expect(tab.video).to_be_visible()
