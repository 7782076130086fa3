"""How one play is counted, second by second, in the player's own script."""

from typing import Any

import pytest

from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

Samples = list[tuple[float, float]]
"""Position of the video, and the clock, both in seconds."""

_COUNT = """async ({ samples, rate, duration }) => {
  const { Play } = await import("/static/player/play.js");
  const play = new Play({ id: 1 });
  for (const sample of samples)
    sample ? play.sample(sample[0], sample[1] * 1000, rate) : play.interrupt();
  return { heard: play.heard, isListen: play.isListen(duration) };
}"""


def _count(tab: Tab, samples: list[Any], rate: float = 1, duration: float = 10) -> Any:
    tab.open("/search?q=zzz")
    given = {"samples": samples, "rate": rate, "duration": duration}
    return tab.page.evaluate(_COUNT, given)


def test_played_seconds_add_up_to_a_listen_at_half(tab: Tab) -> None:
    assert _count(tab, [[n, n] for n in range(6)]) == {"heard": 5, "isListen": True}
    assert _count(tab, [[n, n] for n in range(5)]) == {"heard": 4, "isListen": False}


def test_four_minutes_are_enough_of_anything(tab: Tab) -> None:
    samples = [[n, n] for n in range(0, 241, 10)]
    assert _count(tab, samples, duration=7200)["isListen"]


def test_jumps_count_for_nothing_forwards_or_back(tab: Tab) -> None:
    assert _count(tab, [[0, 0], [1, 1], [90, 2], [91, 3], [5, 4], [6, 5]])["heard"] == 3


def test_a_pause_counts_for_nothing(tab: Tab) -> None:
    assert _count(tab, [[0, 0], [1, 1], None, [1, 60], [2, 61]])["heard"] == 2


def test_faster_playback_is_played_all_the_same(tab: Tab) -> None:
    assert _count(tab, [[0, 0], [2, 1], [4, 2]], rate=2)["heard"] == 4


def test_a_video_without_a_length_is_no_listen(tab: Tab) -> None:
    assert not _count(tab, [[n, n] for n in range(300)], duration=0)["isListen"]


def test_every_play_has_a_key_of_its_own(tab: Tab) -> None:
    tab.open("/search?q=zzz")
    script = """async () => {
      const { Play } = await import("/static/player/play.js");
      return Array.from({ length: 100 }, () => new Play({}).key);
    }"""
    keys = tab.page.evaluate(script)
    assert len(set(keys)) == 100
    assert {len(key) for key in keys} == {32}
