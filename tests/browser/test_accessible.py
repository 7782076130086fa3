"""No page breaks a rule of axe-core, whatever the scheme and the width."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.routing import APIRoute
from playwright.sync_api import Browser, ViewportSize, expect

from app.web import ROUTERS
from tests.browser.at_work import at_work
from tests.browser.conftest import OpenPage, Product, add_listener, cookie, made_administrator
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

WIDE: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
EVERY_RULE: dict[str, Any] = {
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}},
}
"""The size of targets, from WCAG 2.2, is the one that axe leaves out by itself."""
_IDS_THAT_TWO_HAVE = """() => {
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  return ids.filter((id, at) => ids.indexOf(id) < at);
}"""
Look = tuple[ViewportSize, Literal["light", "dark"]]
LOOKS: tuple[Look, ...] = ((WIDE, "light"), (PHONE, "dark"))
"""Each width and each scheme once."""
OTHER_LOOKS: tuple[Look, ...] = ((WIDE, "dark"), (PHONE, "light"))
EITHER = pytest.mark.parametrize(
    "looks",
    [
        pytest.param(LOOKS, id="looks"),
        pytest.param(OTHER_LOOKS, id="other looks", marks=pytest.mark.soak),
    ],
)
IN_DOORWAY = ("/login",)
FILES = {"/settings/export"}
"""Saved, not shown."""
NO_PAGES = ("take-along", "/covers", "/rejected", "/video", "/feedback")
"""Files, what the player asks for, and a part of its bar."""


def _paths() -> set[str]:
    """What can be asked for, ids as the routes name them."""
    routes = [route for router in ROUTERS for route in router.routes]
    pages = [route for route in routes if isinstance(route, APIRoute)]
    return {page.path for page in pages if "GET" in (page.methods or ())}


def _addresses() -> list[str]:
    """Every page that has one address for all, and those that are not there."""
    plain = {path for path in _paths() if "{" not in path and not path.startswith("/covers")}
    return sorted({*plain - FILES, "/search?q=neu", "/search?q=nothing+like+it", "/nowhere"})


def _pages_of_one_thing() -> set[str]:
    """Their addresses, ids as the routes name them."""
    return {path for path in _paths() if "{" in path and not any(no in path for no in NO_PAGES)}


@pytest.fixture(scope="module")
def visitor(browser: Browser, product: Product) -> Iterator[Tab]:
    """An administrator's tab, which goes from page to page."""
    administrator = made_administrator(product, add_listener(product))
    context = browser.new_context(base_url=product.origin)
    context.add_cookies([cookie(product, administrator)])
    yield Tab(context.new_page())
    context.close()


@EITHER
@pytest.mark.parametrize("address", _addresses())
def test_no_page_breaks_a_rule(
    visitor: Tab, open_tab: OpenPage, address: str, looks: tuple[Look, ...]
) -> None:
    tab = open_tab(None) if address in IN_DOORWAY else visitor
    _dress(tab, looks[0])
    answer = tab.page.goto(address)
    if answer is None or not answer.headers["content-type"].startswith("text/html"):
        return
    assert _broken(tab, looks) == []


@EITHER
def test_no_page_of_one_thing_does(
    open_tab: OpenPage, product: Product, administrator: int, looks: tuple[Look, ...]
) -> None:
    """Verdicts, charts and alerts stand where something has happened."""
    tab = open_tab(administrator)
    with at_work(product, administrator) as addresses:
        left_out = [path for path in _pages_of_one_thing() if not _has_one(path, addresses)]
        assert left_out == []
        for address in addresses:
            tab.open(address)
            assert _broken(tab, looks) == [], address


def _has_one(path: str, addresses: Iterable[str]) -> bool:
    of_that_kind = re.compile(re.sub(r"\{\w+\}", "[^/]+", path))
    return any(of_that_kind.fullmatch(address.partition("?")[0]) for address in addresses)


@EITHER
def test_neither_does_the_player(
    open_tab: OpenPage, administrator: int, looks: tuple[Look, ...]
) -> None:
    tab = open_tab(administrator)
    tab.open("/search?q=can")
    tab.play("Vitamin C")
    tab.page.get_by_label("Add to the queue: Spoon").dispatch_event("click")
    expect(tab.note).to_contain_text("Spoon was added to the queue.")
    assert _broken(tab, looks) == []


@EITHER
def test_nor_does_the_sheet_of_keys(
    open_tab: OpenPage, administrator: int, looks: tuple[Look, ...]
) -> None:
    tab = open_tab(administrator)
    tab.open("/")
    tab.page.keyboard.press("?")
    assert _broken(tab, looks) == []


def _broken(tab: Tab, looks: tuple[Look, ...]) -> list[str]:
    """Each broken rule with where and in which look."""
    found = []
    for size, scheme in looks:
        _dress(tab, (size, scheme))
        for rule in Axe().run(tab.page, options=EVERY_RULE).response["violations"]:
            where = [node["html"][:120] for node in rule["nodes"]]
            found.append(f"{size['width']} {scheme} {rule['id']}: {where}")
    twice = tab.page.evaluate(_IDS_THAT_TWO_HAVE)
    return [*found, *(f"two have the id {each}" for each in twice)]


def _dress(tab: Tab, look: Look) -> None:
    """Without motion: a colour on its way to another scheme's is neither the one nor the other."""
    size, scheme = look
    tab.page.set_viewport_size(size)
    tab.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")


def test_nothing_moves_for_who_wants_it_still(open_tab: OpenPage) -> None:
    tab = open_tab()
    tab.open("/")
    moving = "getComputedStyle(document.querySelector('.card .cover')).transitionDuration"
    assert tab.page.evaluate(moving) != "0s"
    tab.page.emulate_media(reduced_motion="reduce")
    assert tab.page.evaluate(moving) == "0s"
    tab.play("Autobahn")
    expect(tab.label("Pause")).to_be_visible()
    assert tab.page.evaluate("document.getAnimations().length") == 0
