"""What the home page weighs for whoever comes for the first time, headers included."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stack.running import Running

pytestmark = [pytest.mark.stack, pytest.mark.browser]

MOST_BYTES = 100_000


def test_home_is_light_over_the_wire(browser: Browser, stack: Running) -> None:
    """Every list of the page is full here, and nothing is in the browser's cache."""
    context = browser.new_context(base_url=stack.address)
    _sign_in(context.new_page(), *stack.accounts["listener"])
    cookies: Any = context.cookies()
    context.close()
    afresh = browser.new_context(base_url=stack.address)
    afresh.add_cookies(cookies)
    page = afresh.new_page()
    arrived = _arriving(page)
    page.goto("/", wait_until="networkidle")
    assert page.locator("main [data-track]").count() > 50
    assert {"app.js", "htmx.min.js", "icons.svg", "plain.svg"} <= {
        url.partition("?")[0].rpartition("/")[2] for url in arrived
    }
    assert sum(arrived.values()) <= MOST_BYTES
    afresh.close()


def _sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/login")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#for-you")).to_be_visible()


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
