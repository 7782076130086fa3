"""Signing in and out, with scripts and without."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.tab import Tab
from tests.web.world import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def stranger(request: pytest.FixtureRequest, open_tab: OpenPage) -> Tab:
    return open_tab(None, java_script_enabled=request.param)


def test_signing_in_leads_to_the_page_that_was_wanted(stranger: Tab) -> None:
    stranger.open("/search?q=nina")
    _sign_in(stranger, PASSWORD)
    expect(stranger.page).to_have_title("Search: nina · PyTune")
    assert stranger.complaints == []


def test_a_wrong_password_is_said(stranger: Tab) -> None:
    stranger.open("/login")
    _sign_in(stranger, "wrong")
    expect(stranger.page.get_by_role("alert")).to_have_text("That name and password do not match.")
    expect(stranger.label("Name")).to_have_value("ann")
    expect(stranger.label("Password")).to_be_focused()


def test_signing_out_closes_the_door(stranger: Tab) -> None:
    stranger.open("/login")
    _sign_in(stranger, PASSWORD)
    stranger.page.get_by_role("button", name="Sign out").click()
    expect(stranger.page.get_by_role("heading", name="Sign in.")).to_be_visible()
    stranger.open("/")
    expect(stranger.page.get_by_role("heading", name="Sign in.")).to_be_visible()


def _sign_in(tab: Tab, password: str) -> None:
    tab.label("Name").fill("ann")
    tab.label("Password").fill(password)
    tab.page.get_by_role("button", name="Sign in").click()
