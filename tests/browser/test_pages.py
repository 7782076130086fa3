"""Every page in every dress: nothing complains, overflows, or asks outside before play."""

import re
from typing import Any

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.conftest import OpenPage, Product
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

PATHS = [
    "/",
    "/search",
    "/search?q=zzz",
    "/tracks/2",
    "/artists/1",
    "/history",
    "/loved",
    "/playlists",
    "/tracks/2/playlists",
    "/statistics",
    "/mixes",
    "/welcome",
    "/imports",
    "/settings",
    "/settings/delete",
    "/admin/models",
    "/admin/models/1",
    "/admin/jobs",
    "/admin/alerts",
    "/admin/users",
    "/admin/users/1",
]
WIDE: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 640}
"""As a wide one that is magnified four times: nobody then has to scroll to the side."""
DRESSES: list[dict[str, Any]] = [
    {"viewport": WIDE, "color_scheme": "light"},
    {"viewport": PHONE, "color_scheme": "dark", "has_touch": True, "locale": "fr-FR"},
]


@pytest.mark.parametrize("dress", DRESSES, ids=["wide", "phone"])
def test_pages_are_quiet_fit_and_ask_nobody_outside_before_the_first_play(
    open_tab: OpenPage, product: Product, administrator: int, dress: dict[str, Any]
) -> None:
    tab = open_tab(administrator, **dress)
    assert [name for path in PATHS for name in _too_wide(tab, path, dress["viewport"])] == []
    assert _origins(tab) == {product.origin}
    tab.open("/search?q=isi")
    tab.page.locator("main [data-play]").first.click()
    expect(tab.page.locator("#all")).to_have_text("1:00:00")
    assert _origins(tab) == {product.origin, product.youtube}
    assert tab.complaints == []


def _too_wide(tab: Tab, path: str, usual: ViewportSize) -> list[str]:
    """The page at each width at which something of it stands out to the side."""
    found = []
    tab.page.set_viewport_size(usual)
    tab.open(path)
    for size in (usual, NARROW):
        tab.page.set_viewport_size(size)
        width = tab.page.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            found.append(f"{path} is {width} wide at {size['width']}")
    return found


def test_back_forward_and_reload_show_the_right_page(tab: Tab) -> None:
    tab.open("/")
    tab.page.locator("#for-you").get_by_role("link", name="At Last", exact=True).click()
    expect(tab.page).to_have_title("At Last by Etta James · PyTune")
    tab.page.get_by_role("link", name="Etta James").first.click()
    expect(tab.page).to_have_title("Etta James · PyTune")
    tab.page.go_back()
    expect(tab.page).to_have_title("At Last by Etta James · PyTune")
    tab.page.go_back()
    expect(tab.page.get_by_role("heading", name="For you")).to_be_visible()
    expect(tab.page.locator("#nav [aria-current]")).to_have_text("Home")
    tab.page.go_forward()
    expect(tab.page.get_by_role("heading", name="At Last")).to_be_visible()
    tab.page.reload()
    expect(tab.page).to_have_title("At Last by Etta James · PyTune")


def test_following_a_link_moves_the_focus_to_the_new_page(tab: Tab) -> None:
    tab.open("/")
    tab.page.locator("#for-you").get_by_role("link", name="At Last", exact=True).focus()
    tab.page.keyboard.press("Enter")
    expect(tab.page.get_by_role("heading", name="At Last")).to_be_visible()
    expect(tab.page.locator("#main")).to_be_focused()


def test_search_works_by_keyboard_alone(tab: Tab) -> None:
    tab.open("/")
    tab.page.keyboard.press("/")
    tab.page.keyboard.type("neu")
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("#ask")).to_be_focused()
    expect(tab.page.locator("#ask")).to_have_value("neu")
    for _ in range(3):
        tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("ArrowUp")
    tab.page.keyboard.press("Enter")
    expect(tab.page.get_by_role("heading", name="Hallogallo")).to_be_visible()


def test_on_a_phone_the_search_key_leads_to_the_search(open_tab: OpenPage) -> None:
    tab = open_tab(viewport={"width": 390, "height": 844})
    tab.open("/")
    tab.page.keyboard.press("/")
    expect(tab.page.locator("#ask")).to_be_focused()
    assert tab.complaints == []


def test_a_server_that_does_not_answer_is_said(tab: Tab) -> None:
    tab.open("/search?q=neu")
    tab.page.route("**/tracks/*", lambda route: route.abort())
    tab.page.get_by_role("link", name="Isi", exact=True).click()
    expect(tab.note).to_contain_text("The server does not answer.")
    tab.complaints.clear()


def test_an_ended_session_leads_to_the_sign_in_and_back(tab: Tab) -> None:
    with tab.answer("/settings/time-zone"):  # nothing may be under way when the session ends
        tab.open("/search?q=neu")
    tab.page.context.clear_cookies()
    tab.page.get_by_role("link", name="Isi", exact=True).click()
    expect(tab.page.get_by_role("heading", name="Sign in.")).to_be_visible()
    assert tab.page.url.endswith("/login?next=%2Fsearch%3Fq%3Dneu")
    assert "status of 401" in tab.complaints.pop()


def test_a_page_that_is_not_there_is_shown_in_its_frame(tab: Tab) -> None:
    tab.open("/tracks/999")
    expect(tab.page.get_by_role("heading", name="Not in this crate.")).to_be_visible()
    tab.page.get_by_role("link", name="Back to your music").click()
    expect(tab.page.get_by_role("heading", name="For you")).to_be_visible()
    assert "status of 404" in tab.complaints.pop()


def _origins(tab: Tab) -> set[str]:
    """Which were asked; a picture that is drawn in the page itself asks none."""
    asked = (request.url for request in tab.requests)
    return {"/".join(url.split("/")[:3]) for url in asked if not url.startswith("data:")}


def test_the_first_track_of_the_list_hides_no_tool_on_a_phone(open_tab: OpenPage) -> None:
    tab = open_tab(viewport={"width": 360, "height": 740}, has_touch=True)
    tab.open("/")
    lead = tab.page.locator(".lead")
    for name in ("Love", "Add to the queue", "Add to a playlist", "Why"):
        expect(lead.get_by_label(re.compile(f"^{name}"))).to_be_visible()
    assert tab.page.evaluate("document.documentElement.scrollWidth") == 360
