"""Whom a page asks: nobody else before the first play, then YouTube alone."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Product
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

PATHS = ("/", "/search?q=neu", "/artists/1", "/settings", "/tracks/1")


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
