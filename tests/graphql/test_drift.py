"""The current figures of drift, and having a worker look for it."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.models.columns import utc_now
from app.queue import JobName
from tests import histories
from tests.graphql.conftest import ADMINISTRATOR, Door, OpenDoor
from tests.histories import World, crown
from tests.jobs_at_work import waiting_jobs

DRIFT = """{
  drift {
    modelVersion discovery before { since until } after { since until }
    signals { name before after listenerCount standardErrors drifted }
    clickThroughBefore clickThroughAfter
  }
}"""

WATCH = """mutation {
  watchDrift {
    __typename ... on DriftWatchStarted { jobId } ... on Problem { code message }
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


def test_a_worker_is_asked_to_look_now(door: Door) -> None:
    started = door.ask(WATCH, ADMINISTRATOR)["watchDrift"]
    (job,) = waiting_jobs(door.state.queue)
    assert (job.func_name, job.args) == (JobName.WATCH_DRIFT, [])
    assert started == {"__typename": "DriftWatchStarted", "jobId": job.id}


def test_without_a_queue_nobody_looks(open_door: OpenDoor, tmp_path: Path) -> None:
    door = open_door(redis_url=f"unix://{tmp_path}/nobody")
    answer = door.ask(WATCH, ADMINISTRATOR)["watchDrift"]
    assert (answer["__typename"], answer["code"]) == ("QueueUnavailable", "queue_unavailable")
    assert "nobody" not in answer["message"]
