"""A browser that keeps nothing, since its storage is full or forbidden, plays all the same."""

import pytest
from playwright.sync_api import expect

from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

_FILL = """() => {
  for (const storage of [localStorage, sessionStorage]) {
    for (let size = 2 ** 22; size >= 1; size /= 2) {
      try {
        storage.setItem(`filling ${size}`, "x".repeat(size));
      } catch (error) {
        if (error.name !== "QuotaExceededError") throw error;
      }
    }
  }
}"""
_FORBID = """
  for (const name of ["localStorage", "sessionStorage"]) {
    const get = () => { throw new DOMException("It is forbidden", "SecurityError"); };
    Object.defineProperty(window, name, { get });
  }
"""


def test_music_plays_on_and_listens_are_sent(tab: Tab) -> None:
    tab.open("/search?q=can")
    tab.page.evaluate(_FILL)
    _plays_two(tab)
    tab.page.add_init_script(_FORBID)
    tab.open("/search?q=can")
    _plays_two(tab)


def _plays_two(tab: Tab) -> None:
    tab.play("Vitamin C")
    expect(tab.label("Pause")).to_be_visible()
    with tab.answer("/skips"):
        tab.label("Next track").click()
    expect(tab.now).to_have_text("Spoon")
    expect(tab.label("Pause")).to_be_visible()
    tab.label("Mute").click()
    expect(tab.label("Unmute")).to_be_visible()
