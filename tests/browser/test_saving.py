"""What changes one's own music from a page leaves the player playing."""

import pytest
from playwright.sync_api import Locator, expect
from sqlmodel import Session

from app import playlists
from tests.browser.conftest import Product
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser


def _rows(tab: Tab) -> Locator:
    return tab.page.locator("#main .row-title")


def test_the_queue_is_saved_as_a_playlist_and_then_put_in_order(tab: Tab) -> None:
    tab.open("/search?q=neu")
    tab.play("Hallogallo")
    expect(tab.label("Pause")).to_be_visible()
    heard = _titles(tab)
    tab.page.locator("#queue").get_by_role("button", name="Save", exact=True).click()
    name = tab.page.get_by_label("Name of the playlist")
    expect(name).to_be_focused()
    expect(name).to_have_value("Queue, " + tab.page.evaluate(TODAY))
    name.fill("On the road")
    name.press("Enter")
    expect(tab.page.get_by_role("heading", name="On the road")).to_be_visible()
    expect(_rows(tab)).to_have_text(heard)
    _moves_up(tab, heard)
    expect(tab.page.locator("#toggle")).to_have_attribute("aria-label", "Pause")


def test_a_track_goes_into_a_playlist_from_its_row_by_keyboard(tab: Tab) -> None:
    tab.open("/search?q=isi")
    tab.play("Isi")
    expect(tab.label("Pause")).to_be_visible()
    add = tab.row("Isi").get_by_label("Add to a playlist: Isi")
    add.press("Enter")
    menu = tab.page.locator("#adding")
    expect(menu.get_by_label("New playlist")).to_be_focused()
    menu.get_by_label("New playlist").fill("Night drive")
    menu.get_by_label("New playlist").press("Enter")
    expect(tab.note).to_contain_text("Isi was added to Night drive.")
    expect(add).to_be_focused()
    add.press("Enter")
    expect(menu.get_by_role("button", name="Night drive is in it")).to_be_focused()
    tab.page.keyboard.press("Escape")
    expect(add).to_be_focused()
    tab.note.get_by_role("link", name="Night drive").click()
    expect(_rows(tab)).to_have_text(["Isi"])
    expect(tab.page.locator("#toggle")).to_have_attribute("aria-label", "Pause")


def test_a_playlist_that_is_full_says_so(tab: Tab, product: Product, listener: int) -> None:
    def fill(session: Session) -> None:
        number = playlists.create(session, listener, "All of it")
        whole = [product.world.tracks["Sinnerman"]] * playlists.MAX_ADDED
        for _ in range(playlists.MAX_TRACKS // playlists.MAX_ADDED):
            playlists.add_tracks(session, listener, number, whole)

    product.database.transact(fill)
    tab.open("/search?q=isi")
    tab.row("Isi").get_by_label("Add to a playlist: Isi").press("Enter")
    tab.page.locator("#adding").get_by_role("button", name="All of it").click()
    expect(tab.note).to_have_text(
        "That is more than fits: 2,000 are the most. Nothing was changed."
    )
    assert "422" in tab.complaints.pop()


TODAY = 'new Date().toLocaleDateString("en", { dateStyle: "long" })'


def _titles(tab: Tab) -> list[str]:
    first = tab.now.inner_text()
    return [first, *tab.page.locator("#upcoming .row-title").all_text_contents()]


def _moves_up(tab: Tab, heard: list[str]) -> None:
    """The focus stays where the button was, and one step back leads to where one was before."""
    tab.label(f"Move up: {heard[1]}").press("Enter")
    expect(_rows(tab)).to_have_text([heard[1], heard[0], *heard[2:]])
    expect(tab.label(f"Move up: {heard[0]}")).to_be_focused()
    tab.label(f"Take out: {heard[1]}").evaluate("button => { button.click(); button.click(); }")
    expect(_rows(tab)).to_have_text([heard[0], *heard[2:]])
    tab.page.go_back()
    expect(tab.page.locator("#ask")).to_be_visible()


def test_an_empty_queue_cannot_be_saved(tab: Tab) -> None:
    tab.open("/")
    expect(tab.page.locator("[data-saves]")).to_be_hidden()
    assert tab.page.locator("[data-saves]").get_attribute("hidden") is not None


def test_a_token_is_made_copied_and_revoked_where_one_stands(tab: Tab) -> None:
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.open("/settings")
    tab.label("What it is for").fill("Living room")
    tab.label("What it is for").press("Enter")
    copy = tab.page.get_by_role("button", name="Copy")
    expect(copy).to_be_focused()
    token = tab.label("The token of Living room, shown this once").input_value()
    copy.press("Enter")
    expect(tab.page.get_by_role("button", name="Copied")).to_be_focused()
    assert tab.page.evaluate("navigator.clipboard.readText()") == token
    tab.label("Revoke: Living room").press("Enter")
    expect(tab.page.get_by_text("None yet.")).to_be_visible()
    assert tab.page.evaluate("scrollY") > 0
    expect(tab.label("What it is for")).to_have_value("")
