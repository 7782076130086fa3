"""The time zone is the browser's, wherever it is, until the listener chooses one."""

import pytest
from playwright.sync_api import expect

from app import preferences
from tests.browser.conftest import OpenPage, Product

pytestmark = pytest.mark.browser


def test_days_follow_the_browser_until_a_zone_is_chosen(
    open_tab: OpenPage, product: Product, listener: int
) -> None:
    for zone in ("Asia/Tokyo", "Europe/Paris"):
        tab = open_tab(timezone_id=zone)
        with tab.answer("/settings/time-zone") as told:
            tab.open("/settings")
        assert told.value.status == 204
        tab.open("/settings")
        expect(tab.page.locator("body")).to_have_attribute("data-time-zone", zone)
        expect(tab.label("Time zone")).to_have_value("")
        assert len(tab.sent("/settings/time-zone")) == 1
    product.database.transact(
        lambda session: preferences.set_preferences(session, listener, None, "Asia/Tokyo")
    )
    tab.open("/settings")
    expect(tab.label("Time zone")).to_have_value("Asia/Tokyo")
    assert len(tab.sent("/settings/time-zone")) == 1
