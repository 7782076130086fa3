"""A page that is brought up to date stays under the listener's hands."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

_CHANGE = """() => {
  const styled = () => document.body.offsetHeight;
  styled();
  performance.mark("change");
  document.querySelector("#main .row a").classList.add("htmx-request");
  document.getElementById("record").replaceWith(document.getElementById("record").cloneNode(true));
  styled();
  performance.mark("changed");
}"""
MOST_STYLED = 30
_SCROLLED = "shelf => { shelf.scrollLeft = 120; return shelf.scrollLeft; }"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def phone(open_tab: OpenPage) -> Tab:
    """The home page, while its first row is played and soon half heard."""
    tab = open_tab(**PHONE)
    tab.open("/")
    return tab


def test_a_listen_leaves_the_page_as_it_is_and_asks_for_no_list(phone: Tab) -> None:
    row = phone.row("At Last")
    shelf = phone.page.locator("#shelves .shelf").first
    with phone.answer("/listens"):
        phone.play("At Last")
        stands = shelf.evaluate(_SCROLLED)
        row.get_by_label("More for At Last").click()
    expect(phone.now).not_to_have_text("At Last")
    expect(row.locator(".sheet")).to_be_visible()
    expect(row.get_by_label("More for At Last")).to_be_focused()
    assert shelf.evaluate("shelf => shelf.scrollLeft") == stands
    asked = [each.headers.get("hx-target", "") for each in phone.requests]
    assert not {"section#for-you", "div#shelves"} & set(asked)


def test_a_dislike_leaves_an_open_sheet_and_a_shelf_alone(phone: Tab) -> None:
    shelf = phone.page.locator("#shelves .shelf").first
    stands = shelf.evaluate(_SCROLLED)
    phone.row("Autobahn").get_by_label("More for Autobahn").click()
    phone.row("At Last").get_by_label("Not for me: At Last").dispatch_event("click")
    expect(phone.row("At Last")).to_have_count(0)
    expect(phone.row("Autobahn").locator(".sheet")).to_be_visible()
    assert shelf.evaluate("shelf => shelf.scrollLeft") == stands


def test_a_change_has_no_more_styled_anew_than_it_concerns(tab: Tab) -> None:
    """Rules with :has() may mean every icon and link of a page, at whatever changes in it."""
    tab.open("/")
    browser = tab.page.context.browser
    assert browser is not None
    browser.start_tracing(page=tab.page, categories=["devtools.timeline", "blink.user_timing"])
    tab.page.evaluate(_CHANGE)
    told = sorted(json.loads(browser.stop_tracing())["traceEvents"], key=lambda one: one["ts"])
    names = [one["name"] for one in told]
    change = told[names.index("change") : names.index("changed")]
    styled = [
        one["args"].get("elementCount", 0) for one in change if one["name"] == "UpdateLayoutTree"
    ]
    assert styled
    assert max(styled) <= MOST_STYLED
    assert tab.page.locator("#main .icon").count() > MOST_STYLED
