"""What the home page weighs for whoever comes for the first time, headers included."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stack.running import Running
from tests.stack.signing import sign_in

pytestmark = [pytest.mark.stack, pytest.mark.browser]

MOST_BYTES = 100_000
MOST_COVERS = 12
"""The lead, its rows and a little more; the page has more than five times as many."""


def test_home_is_light_over_the_wire(browser: Browser, stack: Running) -> None:
    """Every list of the page is full here, and nothing is in the browser's cache."""
    page = _afresh(browser, stack)
    arrived = _arriving(page)
    page.goto("/", wait_until="networkidle")
    assert page.locator("main [data-track]").count() > 50
    assert {"app.js", "htmx.min.js", "pytune.css", "plain.svg"} <= {
        url.partition("?")[0].rpartition("/")[2] for url in arrived
    }
    assert sum(arrived.values()) <= MOST_BYTES
    page.context.close()


def test_a_phone_fetches_no_covers_of_shelves_far_below(browser: Browser, stack: Running) -> None:
    page = _afresh(browser, stack, viewport={"width": 412, "height": 823})
    arrived = _arriving(page)
    page.goto("/", wait_until="networkidle")
    assert 0 < sum("/covers/" in url for url in arrived) <= MOST_COVERS
    last = page.locator("main .card .cover img").last
    last.scroll_into_view_if_needed()
    expect(last).to_have_js_property("complete", value=True)
    assert last.evaluate("image => image.naturalWidth") > 0
    page.context.close()


def _afresh(browser: Browser, stack: Running, **options: Any) -> Page:
    """Signed in, with nothing in the browser's cache."""
    context = browser.new_context(base_url=stack.address)
    sign_in(context.new_page(), *stack.accounts["listener"])
    cookies: Any = context.cookies()
    context.close()
    afresh = browser.new_context(base_url=stack.address, **options)
    afresh.add_cookies(cookies)
    return afresh.new_page()


def _arriving(page: Page) -> dict[str, int]:
    """By address, bytes that came over the wire."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    asked: dict[str, str] = {}
    arrived: dict[str, int] = {}

    def note(event: dict[str, Any]) -> None:
        asked[event["requestId"]] = event["request"]["url"]

    def weigh(event: dict[str, Any]) -> None:
        arrived[asked[event["requestId"]]] = event["encodedDataLength"]

    session.on("Network.requestWillBeSent", note)
    session.on("Network.loadingFinished", weigh)
    return arrived
