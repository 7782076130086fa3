"""What a page weighs, and whom it asks: nobody else before the first play, then YouTube alone."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Product
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

MOST_BYTES = 100_000
PATHS = ("/", "/search?q=neu", "/artists/1", "/settings", "/tracks/1")


def test_home_is_light(tab: Tab) -> None:
    tab.page.goto("/", wait_until="networkidle")
    weights = tab.page.evaluate(
        """() => [...performance.getEntriesByType("navigation"),
                  ...performance.getEntriesByType("resource")]
                 .map(({ name, encodedBodySize }) => [name, encodedBodySize])"""
    )
    assert {"app.js", "htmx.min.js", "icons.svg"} <= {
        urlsplit(name).path.rpartition("/")[2] for name, weight in weights if weight
    }
    assert sum(weight for _, weight in weights) <= MOST_BYTES


def test_nobody_else_is_asked_before_the_first_play(tab: Tab, product: Product) -> None:
    for path in PATHS:
        tab.page.goto(path, wait_until="networkidle")
    assert _asked(tab) == {_host(product.origin)}
    tab.open("/search?q=neu")
    tab.play("Isi")
    expect(tab.page.locator("#all")).to_have_text("1:00:00")
    assert _asked(tab) == {_host(product.origin), _host(product.youtube)}


def _asked(tab: Tab) -> set[str]:
    """Hosts that were asked; a picture drawn in the page itself asks none."""
    return {_host(request.url) for request in tab.requests if not request.url.startswith("data:")}


def _host(address: str) -> str:
    return urlsplit(address).netloc
