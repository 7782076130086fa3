"""Two tabs of one browser: one plays at a time, and what both send counts once."""

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Product
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

_TOLD = "() => navigator.mediaSession.playbackState"
_KEEP = """([name, report]) => { localStorage[name] = JSON.stringify(report); }"""
KEY = "a listen that was kept"


@pytest.fixture
def other(tab: Tab) -> Tab:
    """Another tab of the same browser."""
    return Tab(tab.page.context.new_page())


def test_where_one_begins_the_other_pauses_and_says_so(tab: Tab, other: Tab) -> None:
    for each in (tab, other):
        each.open("/search?q=neu")
    tab.play("Isi")
    expect(tab.label("Pause")).to_be_visible()
    other.play("Hallogallo")
    _plays(other, instead_of=tab)
    tab.page.locator("#toggle").click()
    _plays(tab, instead_of=other)
    expect(tab.note).to_be_empty()
    expect(tab.now).to_have_text("Isi")
    assert [*tab.sent("/skips"), *other.sent("/skips"), *other.complaints] == []


def test_what_is_still_being_looked_up_does_not_begin_later(tab: Tab, other: Tab) -> None:
    """The later press counts, whichever video is there first."""
    for each in (tab, other):
        each.open("/search?q=neu")
    looked_up = _held(tab, "**/iframe_api")
    with tab.page.expect_request("**/iframe_api"):
        tab.play("Isi")
    other.play("Hallogallo")
    _is_told(tab)
    for route in looked_up:
        route.continue_()
    expect(tab.video).to_be_visible()
    _plays(other, instead_of=tab)


def test_what_two_tabs_send_at_once_is_one_listen(
    tab: Tab, other: Tab, product: Product, listener: int
) -> None:
    tab.open("/search?q=zzz")
    track_id = product.world.tracks["Isi"]
    begun = {"listened_at": "2026-03-01T10:00:00Z", "seconds_played": 100, "idempotency_key": KEY}
    report = {"path": "/listens", "fields": {"track_id": track_id, **begun}}
    tab.page.evaluate(_KEEP, [f"pytune.outbox.{listener}./listens.{KEY}", report])
    held = [_held(each, "**/listens") for each in (tab, other)]
    for each in (tab, other):
        with each.page.expect_request("**/listens"):
            each.page.goto("/search?q=zzz")
    with tab.answer("/listens") as one, other.answer("/listens") as another:
        for (route,) in held:
            route.continue_()
    assert (one.value.status, another.value.status) == (204, 204)
    tab.open(f"/tracks/{track_id}")
    expect(tab.page.get_by_text("You have played this once.")).to_be_visible()


def _plays(one: Tab, instead_of: Tab) -> None:
    _is_told(instead_of)
    expect(instead_of.page.locator("#toggle")).to_have_accessible_name("Play")
    expect(one.page.locator("#toggle")).to_have_accessible_name("Pause")
    expect(instead_of.video).to_have_attribute("data-state", "2")
    assert [each.page.evaluate(_TOLD) for each in (one, instead_of)] == ["playing", "paused"]


def _is_told(tab: Tab) -> None:
    expect(tab.note).to_contain_text("Paused here: another tab plays now.")


def _held(tab: Tab, address: str) -> list[Any]:
    """What is asked there waits until somebody lets it go on."""
    held: list[Route] = []
    tab.page.route(address, lambda route: held.append(route))  # noqa: PLW0108  Playwright names it
    return held
