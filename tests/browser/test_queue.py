"""The queue: its order by keyboard and pointer, shuffled, repeated, and kept over a reload."""

import re

import pytest
from playwright.sync_api import Locator, Request, Route, expect

from tests.browser.conftest import Product
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

MOST_TAKEN = 1000
_LENGTHEN = """(count) => {
  const name = Object.keys(sessionStorage).find((each) => each.startsWith("pytune.queue."));
  const kept = JSON.parse(sessionStorage[name]);
  [kept.entries, kept.at] = [Array(count).fill(kept.entries[0]), 0];
  sessionStorage[name] = JSON.stringify(kept);
}"""


@pytest.fixture
def queued(tab: Tab) -> Tab:
    """Plays Autobahn; three others follow."""
    tab.open("/search?q=an")
    tab.page.locator("#ask").fill("k")
    expect(tab.page.locator("#hits [data-track]")).to_have_count(2)
    tab.play("Autobahn")
    expect(tab.label("Pause")).to_be_visible()
    tab.open("/search?q=neu")
    for title in ("Hallogallo", "Isi"):
        tab.page.get_by_label(f"Add to the queue: {title}").dispatch_event("click")
    expect(_upcoming(tab)).to_have_text(["Neonlicht", "Hallogallo", "Isi"])
    return tab


def _upcoming(tab: Tab) -> Locator:
    return tab.page.locator("#upcoming .row-title")


def _open_queue(tab: Tab) -> None:
    if not tab.page.locator("#queue").is_visible():
        tab.label("Queue").click()


def _key_of(tab: Tab, name: str) -> Locator:
    """A button of the bar; the sheet of a phone has some of them too."""
    return tab.page.locator(".player").get_by_label(name, exact=True)


def _grip(tab: Tab, title: str) -> Locator:
    return tab.label(f"Move {title} with the arrow keys or by dragging")


def test_the_arrows_move_a_track_and_say_where_it_is(queued: Tab) -> None:
    _open_queue(queued)
    _grip(queued, "Isi").focus()
    queued.page.keyboard.press("ArrowUp")
    expect(_upcoming(queued)).to_have_text(["Neonlicht", "Isi", "Hallogallo"])
    expect(queued.page.locator("#moved")).to_have_text("Isi is now 2 of 3.")
    queued.page.keyboard.press("ArrowUp")
    queued.page.keyboard.press("ArrowUp")
    expect(_upcoming(queued)).to_have_text(["Isi", "Neonlicht", "Hallogallo"])
    expect(_grip(queued, "Isi")).to_be_focused()


def test_a_track_can_be_dragged(queued: Tab) -> None:
    _open_queue(queued)
    start, end = _grip(queued, "Neonlicht").bounding_box(), _grip(queued, "Isi").bounding_box()
    assert start is not None
    assert end is not None
    mouse = queued.page.mouse
    mouse.move(start["x"] + 10, start["y"] + 10)
    mouse.down()
    mouse.move(start["x"] + 10, end["y"] + end["height"], steps=8)
    mouse.up()
    expect(_upcoming(queued)).to_have_text(["Hallogallo", "Isi", "Neonlicht"])
    queued.label("Next track").click()
    expect(queued.now).to_have_text("Hallogallo")


def test_shuffled_and_back(queued: Tab) -> None:
    _key_of(queued, "Shuffle").click()
    expect(_key_of(queued, "Shuffle")).to_have_attribute("aria-pressed", "true")
    assert sorted(_upcoming(queued).all_text_contents()) == ["Hallogallo", "Isi", "Neonlicht"]
    _key_of(queued, "Shuffle").click()
    expect(_upcoming(queued)).to_have_text(["Neonlicht", "Hallogallo", "Isi"])


def test_the_whole_queue_again(tab: Tab) -> None:
    tab.open("/search?q=can")
    tab.play("Vitamin C")
    _key_of(tab, "Repeat: off").click()
    expect(_key_of(tab, "Previous track")).to_be_enabled()
    _key_of(tab, "Previous track").click()
    expect(tab.now).to_have_text("Spoon")
    tab.label("Next track").click()
    expect(tab.now).to_have_text("Vitamin C")


def test_one_track_again_is_another_listen(tab: Tab) -> None:
    tab.slow_videos()
    tab.open("/search?q=at+last")
    tab.play("At Last")
    _key_of(tab, "Repeat: off").click()
    _key_of(tab, "Repeat: the whole queue").click()
    expect(_key_of(tab, "Repeat: this track")).to_be_visible()
    tab.page.locator("#toggle").click()
    tab.page.evaluate("delete window.videoRate")
    with tab.answer("/listens"):
        tab.page.locator("#toggle").click()
    with tab.answer("/listens"):
        pass
    first, second = (request.post_data or "" for request in tab.sent("/listens")[:2])
    assert _key(first) != _key(second)
    expect(tab.now).to_have_text("At Last")


def test_a_reload_goes_on_where_it_was_and_counts_the_play_once(tab: Tab) -> None:
    tab.open("/search?q=neu")
    tab.play("Isi")
    with tab.answer("/listens"):
        pass
    tab.page.reload()
    expect(tab.now).to_have_text("Isi")
    expect(tab.page.locator("#at")).to_have_text(re.compile(r"^([4-9]|\d\d):\d\d$"))
    tab.page.locator("#toggle").click()
    expect(tab.page.locator("#all")).to_have_text("1:00:00")
    at = tab.page.locator("#seek").input_value()
    assert int(at) >= 240
    tab.page.locator("#at").click()
    expect(tab.page.locator("#seek")).not_to_have_value(at)
    assert len(tab.sent("/listens")) == 1
    assert tab.sent("/skips") == []


def test_what_is_left_after_a_reload_without_being_played_on_is_a_skip(
    tab: Tab, product: Product
) -> None:
    tab.open("/search?q=can")
    tab.play("Vitamin C")
    expect(tab.page.locator("#at")).not_to_have_text("0:00")
    tab.page.reload()
    with tab.answer("/skips") as skipped:
        tab.label("Next track").click()
    track_id = product.world.tracks["Vitamin C"]
    assert f"track_id={track_id}&" in (skipped.value.request.post_data or "")


def test_a_queue_without_end_is_taken_along_as_far_as_the_server_takes_it(tab: Tab) -> None:
    tab.open("/search?q=neu")
    tab.play("Isi")
    expect(tab.label("Pause")).to_be_visible()
    tab.page.evaluate(_LENGTHEN, MOST_TAKEN + 1)
    tab.page.reload()
    expect(_upcoming(tab)).to_have_count(MOST_TAKEN)
    _open_queue(tab)
    tab.page.locator("#queue").get_by_role("button", name="Take along").click()
    with tab.page.expect_download() as taken:
        tab.page.get_by_role("button", name="As M3U").click()
    assert taken.value.suggested_filename == "Queue.m3u8"
    assert taken.value.path().read_text().count("#EXTINF") == MOST_TAKEN


def _key(body: str) -> str:
    found = re.search(r"idempotency_key=(\w+)", body)
    assert found
    return found[1]


def test_a_radio_goes_on_where_the_queue_ends(tab: Tab) -> None:
    tab.open("/search?q=autobahn")
    tab.play("Autobahn")
    expect(_upcoming(tab)).to_have_count(0)
    with tab.page.expect_response(re.compile(r"/radio\?seed=track-")) as told:
        tab.label("Next track").click()
    first = told.value.json()["entries"][0]["title"]
    expect(tab.now).to_have_text(first)
    assert first != "Autobahn"
    expect(_upcoming(tab).first).to_be_attached()
    tab.label("Go on with a radio from the last track").dispatch_event("click")
    tab.page.locator("[data-clear]").dispatch_event("click")
    _shuffle_twice(tab)
    expect(_upcoming(tab)).to_have_count(0)
    assert len(_asked(tab)) == 1


def test_a_radio_that_fails_is_asked_again_later_and_gives_each_track_once(tab: Tab) -> None:
    tab.page.route("**/radio?*", lambda route: route.fulfill(status=503, body="later"))
    tab.open("/search?q=autobahn")
    tab.play("Autobahn")
    tab.label("Next track").click()
    expect(tab.note).to_contain_text("That did not work")
    _shuffle_twice(tab)
    assert len(_asked(tab)) == 1
    assert "503" in tab.complaints.pop()
    held: list[Route] = []
    tab.page.unroute("**/radio?*")
    tab.page.route("**/radio?*", lambda route: held.append(route))  # noqa: PLW0108  it has to be a function
    with tab.page.expect_request("**/radio?*"):
        tab.page.evaluate("dispatchEvent(new Event('online'))")
    tab.label("Next track").click()
    held[0].continue_()
    expect(tab.now).not_to_have_text("Autobahn")
    titles = [tab.now.inner_text(), *_upcoming(tab).all_text_contents()]
    assert sorted(titles) == sorted(set(titles))


def _asked(tab: Tab) -> list[Request]:
    """What radios were asked for so far."""
    return [request for request in tab.requests if "/radio?" in request.url]


def _shuffle_twice(tab: Tab) -> None:
    """The queue tells of a change each time, and each is drawn."""
    for state in ("true", "false"):
        _key_of(tab, "Shuffle").click()
        expect(_key_of(tab, "Shuffle")).to_have_attribute("aria-pressed", state)


def test_the_queue_ends_where_no_radio_is_wanted(tab: Tab) -> None:
    tab.open("/search?q=autobahn")
    tab.label("Go on with a radio from the last track").dispatch_event("click")
    tab.play("Autobahn")
    expect(tab.label("Next track")).to_be_disabled()
    tab.page.reload()
    expect(tab.label("Next track")).to_be_disabled()


def test_a_radio_from_a_track_begins_with_it(tab: Tab) -> None:
    tab.open("/search?q=neu")
    tab.page.get_by_label("Radio from Hallogallo").dispatch_event("click")
    expect(tab.now).to_have_text("Hallogallo")
    expect(_upcoming(tab).first).to_be_attached()
    assert "Hallogallo" not in _upcoming(tab).all_text_contents()


def test_a_radio_from_an_artist(tab: Tab, product: Product) -> None:
    tab.open("/search?q=kraftwerk")
    tab.page.get_by_role("link", name="Kraftwerk", exact=True).first.click()
    tab.page.route("**/radio?*", lambda route: route.fulfill(status=503, body="later"))
    tab.page.get_by_role("button", name="Radio", exact=True).click()
    expect(tab.note).to_contain_text("That did not work")
    assert "503" in tab.complaints.pop()
    tab.page.unroute("**/radio?*")
    tab.page.get_by_role("button", name="Radio", exact=True).click()
    expect(tab.label("Pause")).to_be_visible()
    expect(_upcoming(tab).first).to_be_attached()
