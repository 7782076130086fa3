"""The focus stays near what was pressed, also where that is gone afterwards."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser


def test_love_keeps_the_focus(tab: Tab) -> None:
    tab.open("/search?q=neu")
    heart = tab.row("Isi").get_by_label("Love: Isi")
    heart.press("Enter")
    expect(heart).to_have_attribute("aria-pressed", "true")
    expect(heart).to_be_focused()


def test_after_a_dislike_the_focus_is_on_undo_and_then_in_the_page(tab: Tab) -> None:
    tab.open("/")
    tab.row("Misty Blue").get_by_label("Not for me: Misty Blue").press("Enter")
    undo = tab.note.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.press("Enter")
    expect(tab.note).to_be_empty()
    tab.until("document.querySelector('#main').matches(':focus-within, :focus')")


def test_the_queue_keeps_its_place(tab: Tab) -> None:
    tab.open("/")
    tab.play("Autobahn")
    rows = tab.page.locator("#upcoming .row")
    expect(rows.nth(2)).to_be_visible()
    third = rows.nth(2).locator("[data-title]").inner_text()
    rows.nth(1).locator("[data-remove]").press("Enter")
    expect(rows.nth(1)).to_contain_text(third)
    expect(rows.nth(1).locator("[data-remove]")).to_be_focused()
    tab.page.locator("[data-clear]").press("Enter")
    expect(tab.page.locator("#next-up")).to_be_focused()
    tab.page.locator("#main").focus()
    tab.row("Misty Blue").get_by_label("Add to the queue: Misty Blue").dispatch_event("click")
    rows.last.locator("[data-jump]").press("Enter")
    expect(rows).to_have_count(0)
    expect(tab.page.locator("#next-up")).to_be_focused()


def test_closing_the_video_leads_to_the_players_button(tab: Tab) -> None:
    tab.open("/search?q=neu")
    tab.play("Isi")
    tab.label("Close the video and pause").press("Enter")
    expect(tab.page.locator("#toggle")).to_be_focused()


def test_what_has_the_focus_stands_above_the_deck_and_the_video(open_tab: OpenPage) -> None:
    tab = open_tab(viewport={"width": 390, "height": 844})
    tab.open("/search")
    tab.play("Isi")
    expect(tab.video).to_be_visible()
    links = tab.page.locator("main .row-title a")
    for place in range(links.count()):
        links.nth(place).focus()
        row = tab.page.locator("main .row").nth(place).bounding_box()
        stage = tab.page.locator("#stage").bounding_box()
        assert row is not None
        assert stage is not None
        assert row["y"] + row["height"] <= stage["y"]
