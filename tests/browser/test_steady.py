"""A page that is brought up to date stays under the listener's hands."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

_SCROLLED = "shelf => { shelf.scrollLeft = 120; return shelf.scrollLeft; }"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def phone(open_tab: OpenPage) -> Tab:
    """The home page, while its first row is played and soon half heard."""
    tab = open_tab(**PHONE)
    tab.open("/")
    return tab


def test_a_listen_leaves_focus_and_place_alone(phone: Tab) -> None:
    recent = phone.page.get_by_role("region", name="Recently played")
    link = recent.get_by_role("link", name="Sinnerman", exact=True)
    phone.play("At Last")
    link.focus()
    link.scroll_into_view_if_needed()
    _wait_for_the_listen(phone)
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()


def test_a_listen_leaves_an_open_sheet_and_a_shelf_alone(phone: Tab) -> None:
    shelf = phone.page.locator("#shelves .shelf").first
    with phone.answer("/listens"):
        phone.play("At Last")
        stands = shelf.evaluate(_SCROLLED)
        phone.row("Autobahn").get_by_label("More for Autobahn").click()
    expect(phone.page.locator("#shelves")).to_contain_text("Because you listened to At Last")
    expect(phone.row("Autobahn").locator(".sheet")).to_be_visible()
    assert shelf.evaluate("shelf => shelf.scrollLeft") == stands


def _wait_for_the_listen(tab: Tab) -> None:
    expect(tab.page.locator("#shelves")).to_contain_text("Because you listened to At Last")
    expect(tab.page.locator("#for-you").get_by_role("link", name="At Last")).to_have_count(0)
