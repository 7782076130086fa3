"""The current figures of drift."""

from datetime import timedelta

import pytest

from app.models.columns import utc_now
from tests import histories
from tests.graphql.conftest import ADMINISTRATOR, Door
from tests.histories import World, crown

DRIFT = """{
  drift {
    modelVersion discovery before { since until } after { since until }
    signals { name before after listenerCount standardErrors drifted }
    clickThroughBefore clickThroughAfter
  }
}"""


def test_before_two_spans_are_over_there_are_none(door: Door) -> None:
    found = door.ask(DRIFT, ADMINISTRATOR)["drift"]
    assert (found["modelVersion"], found["before"], found["after"]) == (None, None, None)
    assert found["signals"] == []


def test_the_figures_of_both_spans(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories, "START", utc_now() - timedelta(days=21))
    with door.state.database.write() as session:
        world = World.make(session)
        version = crown(session, histories.START)
        world.live(session, 0, 14, version)
        world.change_tastes()
        world.live(session, 14, 7, version)
    found = door.ask(DRIFT, ADMINISTRATOR)["drift"]
    signals = {signal["name"]: signal for signal in found["signals"]}
    assert (found["modelVersion"], found["discovery"]) == (version, None)
    assert found["before"]["since"].startswith(f"{histories.START:%Y-%m-%dT%H:%M}")
    assert signals["NDCG"]["drifted"]
    assert signals["NDCG"]["after"] < signals["NDCG"]["before"]
    assert not signals["UNKNOWN_LISTENERS"]["drifted"]
    assert len(found["clickThroughAfter"]) == 20
