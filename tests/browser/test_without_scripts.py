"""What a browser can do without scripts, it can do here."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(open_tab: OpenPage) -> Tab:
    return open_tab(java_script_enabled=False)


def test_search_is_a_form(plain: Tab) -> None:
    plain.open("/")
    plain.page.locator("#find").fill("auto")
    plain.page.locator("#find").press("Enter")
    expect(plain.row("Autobahn")).to_be_visible()


def test_love_is_a_form_that_comes_back(plain: Tab) -> None:
    plain.open("/search?q=auto")
    plain.label("Love: Autobahn").click()
    expect(plain.label("Love: Autobahn")).to_have_attribute("aria-pressed", "true")
    assert plain.page.url.endswith("/search?q=auto")


def test_a_playlist_is_chosen_on_a_page(plain: Tab) -> None:
    plain.open("/search?q=auto")
    plain.label("Add to a playlist: Autobahn").click()
    plain.label("New playlist").fill("Night drive")
    plain.label("New playlist").press("Enter")
    expect(plain.page.get_by_role("heading", name="Night drive")).to_be_visible()
    expect(plain.row("Autobahn")).to_be_visible()


def test_a_playlist_is_put_in_order_renamed_and_deleted(plain: Tab) -> None:
    titles = plain.page.locator("main .row-title")
    for title in ("Isi", "Hallogallo"):
        plain.open("/search?q=neu")
        plain.label(f"Add to a playlist: {title}").click()
        if title == "Isi":
            plain.label("New playlist").fill("Night drive")
            plain.label("New playlist").press("Enter")
        else:
            plain.page.get_by_role("button", name="Night drive").click()
    expect(titles).to_have_text(["Isi", "Hallogallo"])
    plain.label("Move up: Hallogallo").click()
    expect(titles).to_have_text(["Hallogallo", "Isi"])
    plain.label("Take out: Hallogallo").click()
    expect(titles).to_have_text(["Isi"])
    plain.page.locator("form[action$='/name'] input[name=name]").fill("Day drive")
    plain.page.locator("form[action$='/name'] button").click()
    expect(plain.page.get_by_role("heading", name="Day drive")).to_be_visible()
    plain.page.get_by_text("Delete this playlist").click()
    plain.page.locator("form[action$='/delete'] button").click()
    expect(plain.page).to_have_title("Playlists · PyTune")
    expect(plain.page.get_by_role("link", name="Day drive")).to_have_count(0)


def test_the_language_is_chosen_and_the_record_paused(plain: Tab) -> None:
    plain.open("/settings")
    plain.page.locator("select[name=language]").select_option("fr")
    plain.page.locator("form:has(select[name=language]) button").click()
    expect(plain.page.locator("html")).to_have_attribute("lang", "fr")
    record = plain.page.locator("form[action='/settings/record'] button")
    before = record.inner_text()
    record.click()
    expect(record).not_to_have_text(before)
    record.click()
    expect(record).to_have_text(before)


def test_a_dislike_changes_the_list(plain: Tab) -> None:
    plain.open("/")
    plain.row("At Last").get_by_label("Not for me: At Last").click()
    expect(plain.row("Feeling Good")).to_be_visible()
    expect(plain.row("At Last")).to_have_count(0)


def test_the_dial_has_a_button(plain: Tab) -> None:
    plain.open("/")
    plain.page.get_by_role("button", name="Show").click()
    assert "discovery=1&diversity=0" in plain.page.url


def test_nothing_is_shown_that_needs_scripts(plain: Tab) -> None:
    plain.open("/tracks/1")
    for button in plain.page.locator("[data-play], [data-play-all], [data-enqueue]").all():
        expect(button).to_be_hidden()
    expect(plain.page.get_by_role("link", name="Search YouTube")).to_be_visible()
