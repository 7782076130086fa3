"""Love, dislike and the dial."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

_SAY = """([track, disliked]) =>
  document.dispatchEvent(new CustomEvent("taste-changed", { detail: { track, disliked } }))"""


def test_love_is_one_press_everywhere_at_once(tab: Tab) -> None:
    tab.open("/search?q=neu")
    tab.play("Isi")
    hearts = tab.page.get_by_label("Love: Isi")
    expect(hearts).to_have_count(2)
    hearts.first.click()
    for place in (0, 1):
        expect(hearts.nth(place)).to_have_attribute("aria-pressed", "true")
    hearts.last.click()
    for place in (0, 1):
        expect(hearts.nth(place)).to_have_attribute("aria-pressed", "false")


def test_a_dislike_takes_the_row_away_and_can_be_undone(tab: Tab) -> None:
    tab.open("/")
    tab.row("At Last").get_by_label("Not for me: At Last").click()
    expect(tab.row("At Last")).to_have_count(0)
    expect(tab.note).to_contain_text("At Last will not be recommended again.")
    tab.note.get_by_role("button", name="Undo").click()
    expect(tab.row("At Last")).to_be_visible()
    expect(tab.note).to_be_empty()


def test_a_dislike_takes_the_track_from_the_queue_until_it_is_undone(tab: Tab) -> None:
    tab.open("/")
    tab.play("Autobahn")
    expect(tab.label("Pause")).to_be_visible()
    upcoming = tab.page.locator("#upcoming .row-title")
    first, second, *others = upcoming.all_text_contents()
    tab.row(second).get_by_label(f"Not for me: {second}").dispatch_event("click")
    expect(upcoming).to_have_text([first, *others])
    tab.note.get_by_role("button", name="Undo").click()
    expect(upcoming).to_have_text([first, second, *others])
    tab.page.locator("#now-feedback").get_by_label("Not for me: Autobahn").click()
    expect(tab.now).to_have_text(first)


@pytest.mark.parametrize("back", [(1, 2), (2, 1)])
def test_each_of_several_tracks_turned_down_stands_again_where_it_did(
    tab: Tab, back: tuple[int, int]
) -> None:
    tab.open("/")
    tab.play("Autobahn")
    expect(tab.label("Pause")).to_be_visible()
    upcoming = tab.page.locator("#upcoming .row-title")
    titles = upcoming.all_text_contents()
    links = [link.get_attribute("href") or "" for link in upcoming.locator("a").all()]
    ids = [int(link.removeprefix("/tracks/")) for link in links]
    # The first one twice, as by the row of another page.
    for place in (1, 1, 2):
        tab.page.evaluate(_SAY, [ids[place], True])
    expect(upcoming).to_have_text([titles[0], *titles[3:]])
    for place in back:
        tab.page.evaluate(_SAY, [ids[place], False])
    expect(upcoming).to_have_text(titles)


def test_on_a_phone_the_rows_tools_are_in_a_sheet(open_tab: OpenPage) -> None:
    tab = open_tab(viewport={"width": 390, "height": 844}, has_touch=True)
    tab.open("/")
    expect(tab.row("At Last").get_by_label("Love: At Last")).to_be_hidden()
    tab.row("At Last").get_by_label("More for At Last").click()
    tab.row("At Last").get_by_label("Love: At Last").click()
    pressed = tab.row("At Last").get_by_label("Love: At Last")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    tab.row("At Last").get_by_label("Add to a playlist: At Last").click()
    expect(tab.page.locator("#adding").get_by_label("New playlist")).to_be_focused()
    expect(pressed).to_be_hidden()
    tab.page.keyboard.press("Escape")
    expect(tab.row("At Last").get_by_label("More for At Last")).to_be_focused()
    assert tab.complaints == []


def test_the_dial_brings_back_what_is_known(tab: Tab) -> None:
    tab.open("/")
    expect(tab.page.locator("#dial-says")).to_have_text("All of these are new to you.")
    tab.label("From familiar to discover").fill("0.5")
    expect(tab.page.locator("#dial-says")).to_have_text("11 of these 12 are new to you.")
    expect(
        tab.page.locator("#for-you").get_by_role("link", name="Sinnerman", exact=True)
    ).to_be_visible()
    expect(tab.page).to_have_url(tab.page.url.split("?")[0] + "?discovery=0.5&diversity=0")
    tab.label("From alike to varied").fill("1")
    expect(tab.page).to_have_url(tab.page.url.split("?")[0] + "?diversity=1&discovery=0.5")
    tab.page.reload()
    expect(tab.label("From familiar to discover")).to_have_value("0.5")
    expect(tab.label("From alike to varied")).to_have_value("1")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "That did not work, and nothing was changed."),
        (502, "The server does not answer."),
    ],
)
def test_a_failed_press_says_so_and_changes_nothing(tab: Tab, status: int, said: str) -> None:
    """What stands before the server may refuse it too, in no words of ours."""
    tab.open("/")
    tab.page.route("**/feedback", lambda route: route.fulfill(status=status, body="broken"))
    tab.row("At Last").get_by_label("Not for me: At Last").click()
    expect(tab.note).to_contain_text(said)
    expect(tab.row("At Last")).to_be_visible()
    assert f"status of {status}" in tab.complaints.pop()
