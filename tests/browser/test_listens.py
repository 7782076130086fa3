"""What was really heard is reported, once, with where it came from."""

from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Request, expect
from sqlmodel import delete

from app import videos
from app.models import Track, WrongVideo
from tests.browser.conftest import Product
from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

SHORT_SECONDS = 120
LONG_SECONDS = 3600
_NEAR_ITS_BEGINNING = """() => {
  const name = Object.keys(sessionStorage).find((each) => each.startsWith("pytune.play."));
  const kept = JSON.parse(sessionStorage[name]);
  return kept.position < 200 && kept;
}"""
_AN_HOUR_AHEAD = """
  const Real = Date;
  window.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(Real.now() + 3600_000); }
  };
"""


def test_half_heard_is_a_listen_and_the_next_list_heeds_it(tab: Tab, product: Product) -> None:
    tab.open("/")
    with tab.answer("/listens") as told:
        tab.play("At Last")
    assert told.value.status == 204
    sent = _fields(told.value.request)
    assert sent["track_id"] == str(product.world.tracks["At Last"])
    assert SHORT_SECONDS / 2 <= int(sent["seconds_played"]) < SHORT_SECONDS
    assert sent["position"] == "2"
    tab.page.locator("#nav").get_by_role("link", name="Home").click()
    expect(tab.page.locator("#shelves")).to_contain_text("Because you listened to At Last")
    expect(tab.page.locator("#for-you").get_by_role("link", name="At Last")).to_have_count(0)
    tab.open(f"/tracks/{sent['track_id']}")
    expect(tab.page.get_by_text("You have played this once.")).to_be_visible()


def test_four_minutes_of_a_long_track_are_one_listen_whatever_video_follows(
    tab: Tab, product: Product
) -> None:
    tab.open("/search?q=neu")
    with tab.answer("/listens") as told:
        tab.play("Isi")
    sent = _fields(told.value.request)
    assert 240 <= int(sent["seconds_played"]) < LONG_SECONDS / 2
    assert "list_id" not in sent
    _replace_video(tab, product)
    kept = tab.until(_NEAR_ITS_BEGINNING)
    assert (kept["key"], kept["isReported"]) == (sent["idempotency_key"], True)


def _replace_video(tab: Tab, product: Product) -> None:
    track_id = product.world.tracks["Isi"]
    with tab.answer(f"/tracks/{track_id}/video/wrong"):
        tab.page.get_by_role("button", name="Wrong video").click()
    with product.database.write() as session:
        videos.keep(session, track_id, "long-other2")
    tab.shows_video("long-other2")
    with product.database.write() as session:
        session.exec(delete(WrongVideo))
        session.get_one(Track, track_id).youtube_id = f"long{track_id:0>7}"


def test_love_from_the_players_bar_says_where_it_came_from(tab: Tab, product: Product) -> None:
    tab.open("/")
    tab.play("Autobahn")
    with tab.answer("/feedback") as told:
        tab.page.locator("#now-feedback").get_by_label("Love: Autobahn").click()
    sent = _fields(told.value.request)
    assert sent["list_id"]
    assert int(sent["position"]) > 0


def test_what_is_left_early_is_a_skip(tab: Tab, product: Product) -> None:
    tab.slow_videos()
    tab.open("/")
    tab.page.get_by_role("button", name="Play all 11").click()
    expect(tab.label("Pause")).to_be_visible()
    with tab.answer("/skips") as told:
        tab.label("Next track").click()
    sent = _fields(told.value.request)
    assert told.value.status == 204
    assert sent["track_id"] == str(product.world.tracks["Feeling Good"])
    assert int(sent["seconds_played"]) < SHORT_SECONDS / 2
    assert tab.sent("/listens") == []


def test_what_was_passed_over_by_seeking_does_not_count(tab: Tab) -> None:
    tab.open("/search?q=neu")
    tab.play("Isi")
    expect(tab.page.locator("#all")).to_have_text("1:00:00")
    with tab.answer("/skips") as told:
        tab.label("Position").fill(str(LONG_SECONDS - 10))
    assert int(_fields(told.value.request)["seconds_played"]) < 240
    assert tab.sent("/listens") == []


def test_what_could_not_be_sent_is_sent_later_once(tab: Tab, product: Product) -> None:
    tab.open("/")
    tab.page.route("**/listens", lambda route: route.abort())
    with tab.page.expect_console_message(lambda said: "ERR_FAILED" in said.text):
        tab.play("At Last")
    tab.complaints.clear()
    assert len(_kept(tab)) == 1
    tab.page.unroute("**/listens")
    with tab.answer("/listens") as told:
        tab.page.reload()
    assert told.value.status == 204
    tab.until("localStorage.length === 0")
    tab.page.reload()
    expect(tab.page.locator("#shelves")).to_contain_text("Because you listened to At Last")
    track = product.world.tracks["At Last"]
    tab.open(f"/tracks/{track}")
    expect(tab.page.get_by_text("You have played this once.")).to_be_visible()


def test_a_clock_that_is_ahead_costs_no_listen(tab: Tab) -> None:
    tab.page.add_init_script(_AN_HOUR_AHEAD)
    tab.open("/search?q=at")
    with tab.answer("/listens") as told:
        tab.play("At Last")
    assert told.value.status == 204


def _kept(tab: Tab) -> list[str]:
    """What waits in the browser to be sent."""
    kept: list[str] = tab.page.evaluate("Object.keys(localStorage)")
    return [key for key in kept if "outbox" in key]


def _fields(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.post_data or "").items()}
