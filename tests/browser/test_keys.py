"""The player by keys alone, the sheet that lists them, and what the system is told."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.tab import Tab

pytestmark = pytest.mark.browser


_KEEP_PLACES = """
  const { mediaSession } = navigator;
  const tell = mediaSession.setPositionState.bind(mediaSession);
  window.places = [];
  mediaSession.setPositionState = (place) => { places.push(place); tell(place); };
"""


@pytest.fixture
def playing(tab: Tab) -> Tab:
    """Plays a video of an hour."""
    tab.open("/search?q=neu")
    tab.play("Isi")
    expect(tab.page.locator("#all")).to_have_text("1:00:00")
    tab.page.locator("#main").focus()
    return tab


def test_space_and_arrows(playing: Tab) -> None:
    keyboard = playing.page.keyboard
    playing.page.locator("#mute").click()
    keyboard.press("Space")
    expect(playing.page.locator("#toggle")).to_have_accessible_name("Play")
    expect(playing.label("Unmute")).to_be_visible()
    keyboard.press("5")
    expect(playing.page.locator("#at")).to_have_text("30:00")
    keyboard.press("ArrowRight")
    expect(playing.page.locator("#at")).to_have_text("30:05")
    keyboard.press("ArrowLeft")
    keyboard.press("ArrowLeft")
    expect(playing.page.locator("#at")).to_have_text("29:55")
    keyboard.press("Space")
    expect(playing.page.locator("#toggle")).to_have_accessible_name("Pause")


def test_volume_and_mute_are_kept(playing: Tab) -> None:
    keyboard, volume = playing.page.keyboard, playing.label("Volume")
    keyboard.press("Shift+ArrowDown")
    expect(volume).to_have_value("75")
    keyboard.press("m")
    expect(volume).to_have_value("0")
    expect(playing.label("Unmute")).to_be_visible()
    for _ in range(2):
        playing.page.reload()
        expect(volume).to_have_value("0")
    playing.label("Unmute").click()
    expect(volume).to_have_value("75")


def test_a_key_in_a_field_or_on_a_button_is_not_the_players(playing: Tab) -> None:
    playing.page.locator("#ask").focus()
    playing.page.keyboard.press("End")
    playing.page.keyboard.type(" m5")
    expect(playing.page.locator("#ask")).to_have_value("neu m5")
    expect(playing.label("Mute")).to_be_visible()
    playing.page.locator(".player [data-previous]").evaluate("button => button.disabled = false")
    playing.page.locator("#mute").focus()
    playing.page.keyboard.press("Space")
    expect(playing.label("Unmute")).to_be_visible()
    expect(playing.page.locator("#toggle")).to_have_accessible_name("Pause")
    playing.page.locator("#nav").get_by_role("link", name="Settings").click()
    playing.page.locator("select[name=time_zone]").focus()
    playing.page.keyboard.type("mos")
    expect(playing.page.locator("select[name=time_zone]")).to_have_value(re.compile("^M"))
    expect(playing.label("Unmute")).to_be_visible()
    with playing.page.expect_response("**/settings"):
        playing.page.locator("#main").get_by_role("button", name="Save").click()
    expect(playing.page.locator("select[name=time_zone]")).to_have_value(re.compile("^M"))
    expect(playing.page.locator("#toggle")).to_have_accessible_name("Pause")


def test_space_pauses_also_after_the_pointer_was_on_a_slider(playing: Tab) -> None:
    for name in ("Position", "Volume"):
        playing.label(name).click()
        expect(playing.label(name)).to_be_focused()
        playing.page.keyboard.press("Space")
        expect(playing.page.locator("#toggle")).to_have_accessible_name("Play")
        playing.page.keyboard.press("Space")
        expect(playing.page.locator("#toggle")).to_have_accessible_name("Pause")


def test_the_sheet_lists_the_keys_and_switches_them_off(playing: Tab) -> None:
    keyboard, sheet = playing.page.keyboard, playing.page.locator("#keys")
    keyboard.press("?")
    expect(sheet).to_be_visible()
    expect(sheet.get_by_text("Play or pause")).to_be_visible()
    playing.label("Take these keys in this browser").uncheck()
    keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    playing.page.reload()
    playing.page.locator("#main").focus()
    keyboard.press("m")
    keyboard.press("/")
    expect(playing.label("Mute")).to_be_visible()
    expect(playing.page.locator("#main")).to_be_focused()
    playing.label("Keys").click()
    expect(playing.label("Take these keys in this browser")).not_to_be_checked()


def test_the_system_is_told_what_plays_with_its_sleeve(playing: Tab) -> None:
    told = playing.until(
        """() => {
          const { metadata, playbackState } = navigator.mediaSession;
          if (!metadata) return null;
          const { title, artist, artwork } = metadata;
          return { title, artist, playbackState, picture: artwork[0].src };
        }"""
    )
    picture = told.pop("picture")
    assert told == {"title": "Isi", "artist": "Neu!", "playbackState": "playing"}
    assert picture.startswith("data:image/png;base64,")
    assert len(picture) > 1000


def test_the_system_is_told_where_the_video_stands_and_no_more_often_than_it_must(
    tab: Tab,
) -> None:
    tab.page.add_init_script(_KEEP_PLACES)
    tab.slow_videos()
    tab.open("/search?q=neu")
    tab.play("Isi")
    expect(tab.page.locator("#all")).to_have_text("1:00:00")
    tab.until("places.at(-1)?.duration === 3600")
    tab.label("Position").fill("1800")
    tab.until("places.at(-1).position >= 1800")
    told = tab.page.evaluate("places.length")
    tab.until("document.querySelector('#seek').valueAsNumber >= 1802")
    assert tab.page.evaluate("places.length") == told
    tab.page.locator("#toggle").click()
    tab.until(f"places.length > {told}")
