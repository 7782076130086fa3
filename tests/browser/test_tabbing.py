"""Home and the player by the Tab key alone: everything in order, in sight, and with a ring."""

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

WIDE: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}

NUMBER_THE_STOPS = """() => {
  const every = 'a[href], button, input, select, textarea, summary, iframe, [tabindex="0"]';
  const isStop = (one) => !one.disabled && one.tabIndex >= 0 && one.type !== 'hidden'
    && one.checkVisibility({ visibilityProperty: true });
  const stops = [...document.querySelectorAll(every)].filter(isStop);
  stops.forEach((stop, number) => (stop.dataset.stop = number));
  return stops.length;
}"""

LOOK_AT_THE_STOP = """() => {
  const stop = document.activeElement;
  const { x, y, width, height } = stop.getBoundingClientRect();
  const there = document.elementFromPoint(x + width / 2, y + height / 2);
  const ringed = stop.closest('.field, .track') ?? stop;
  const isSeen = there !== null && (stop.contains(there) || ringed.contains(there)
    || there.contains(stop));
  const hasRing = [stop, ringed].some((one) => getComputedStyle(one).outlineStyle !== 'none');
  const isFrame = stop.localName === 'iframe';
  const where = `${stop.outerHTML.slice(0, 120)} below ${there?.outerHTML.slice(0, 80)}`;
  return {
    number: Number(stop.dataset.stop ?? -1),
    wrong: isFrame || (isSeen && hasRing) ? null : where,
  };
}"""


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_tab_reaches_everything_of_home_and_player(open_tab: OpenPage, size: ViewportSize) -> None:
    tab = open_tab(viewport=size)
    tab.open("/")
    tab.play("Autobahn")
    tab.page.locator("#toggle").and_(tab.page.get_by_label("Pause")).click()
    expect(tab.page.locator("#now-feedback button").first).to_be_attached()
    tab.page.locator("#mixes").evaluate("mixes => mixes.scrollIntoView()")
    expect(tab.page.locator("#mixes[aria-busy]")).to_have_count(0)
    tab.page.locator(".skip").focus()
    stops = tab.page.evaluate(NUMBER_THE_STOPS)
    seen = []
    for _ in range(1, stops):
        tab.page.keyboard.press("Tab")
        seen.append(tab.page.evaluate(LOOK_AT_THE_STOP))
    assert "\n".join(one["wrong"] for one in seen if one["wrong"]) == ""
    assert [one["number"] for one in seen] == list(range(1, stops))
    assert tab.complaints == []
