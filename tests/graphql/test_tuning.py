"""Tunings through the API."""

import pytest

from app import tuning
from app.graphql.ids import global_id
from app.ml.search import Trial
from app.queue import JobName
from app.tuning import tried
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, Door
from tests.jobs_at_work import waiting_jobs

TUNE = """mutation ($input: TuneModelInput) {
  tuneModel(input: $input) {
    __typename
    ... on TuningStarted { tuning { id state progress requestedBy seconds seed resumed } }
    ... on TuningUnderway { tuningId }
    ... on InvalidInput { field }
  }
}"""
STOP = """mutation ($id: ID!) {
  stopTuning(input: {tuningId: $id}) {
    __typename
    ... on TuningStopped { tuning { state error } }
    ... on NotFound { kind }
  }
}"""
RESUME = """mutation ($id: ID!) {
  resumeTuning(input: {tuningId: $id}) {
    __typename
    ... on TuningStarted { tuning { id state error } }
    ... on NotFound { kind }
  }
}"""
LIST = """{
  tunings(first: 5) {
    totalCount
    edges {
      node {
        id state algorithm settings ndcg setAsideCount trialCount
        trials { algorithm weighting settings state ndcg firstQuarterNdcg fitSeconds seconds }
      }
    }
  }
}"""
FIRST = global_id("Tuning", 1)
TOLD = {
    "algorithm": "ALS",
    "weighting": "BINARY",
    "settings": {"factors": 8},
    "state": "COMPLETE",
    "ndcg": 0.2,
    "firstQuarterNdcg": 0.1,
    "fitSeconds": 2.5,
    "seconds": 3.5,
}


def _tune(door: Door, **given: int) -> dict[str, object]:
    answer: dict[str, object] = door.ask(TUNE, ADMINISTRATOR, input=given or None)["tuneModel"]
    return answer


def test_a_tuning_waits_for_a_worker_with_what_was_asked(door: Door) -> None:
    started = _tune(door, seconds=60, seed=3)["tuning"]
    assert started == {
        "id": FIRST,
        "state": "QUEUED",
        "progress": 0,
        "requestedBy": "root",
        "seconds": 60,
        "seed": 3,
        "resumed": 0,
    }
    (job,) = waiting_jobs(door.state.queue)
    assert (job.func_name, list(job.args)) == (JobName.TUNE, [1])


def test_one_at_a_time_and_within_bounds(door: Door) -> None:
    assert _tune(door, seconds=1) == {"__typename": "InvalidInput", "field": "seconds"}
    assert _tune(door, seed=-1) == {"__typename": "InvalidInput", "field": "seed"}
    _tune(door)
    assert _tune(door) == {"__typename": "TuningUnderway", "tuningId": FIRST}


def test_it_can_be_stopped_and_resumed(door: Door) -> None:
    _tune(door)
    stopped = door.ask(STOP, ADMINISTRATOR, id=FIRST)["stopTuning"]
    assert stopped["tuning"] == {"state": "FAILED", "error": "Stopped by root."}
    again = door.ask(STOP, ADMINISTRATOR, id=FIRST)["stopTuning"]
    assert again["__typename"] == "TuningOver"
    resumed = door.ask(RESUME, ADMINISTRATOR, id=FIRST)["resumeTuning"]
    assert resumed["tuning"] == {"id": FIRST, "state": "QUEUED", "error": None}


def test_the_last_trials_are_told(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tried, "MAX_TRIALS", 2)
    _tune(door)
    ended = [Trial("als/binary", {"factors": n}, "complete", 0.2, 0.1, 3.5, 2.5) for n in (8, 9, 7)]
    with door.state.database.write() as session:
        tuning.start(session, 1)
        assert tuning.progress(session, 1, 0.5, ended)
    node = door.ask(LIST, ADMINISTRATOR)["tunings"]["edges"][0]["node"]
    assert [one["settings"]["factors"] for one in node["trials"]] == [9, 7]
    assert node["trialCount"] == 3


@pytest.mark.parametrize("document", [STOP, RESUME])
def test_what_does_not_exist_is_named(door: Door, document: str) -> None:
    (answer,) = door.ask(document, ADMINISTRATOR, id=global_id("Tuning", 9)).values()
    assert answer == {"__typename": "NotFound", "kind": "TUNING"}


def test_trials_can_be_read_by_administrators_alone(door: Door) -> None:
    _tune(door)
    trial = Trial("als/binary", {"factors": 8}, "complete", 0.2, 0.1, 3.5, 2.5)
    with door.state.database.write() as session:
        tuning.start(session, 1)
        assert tuning.progress(session, 1, 0.5, [trial])
    found = door.ask(LIST, ADMINISTRATOR)["tunings"]
    assert found["totalCount"] == 1
    node = found["edges"][0]["node"]
    assert (node["state"], node["trials"]) == ("RUNNING", [TOLD])
    assert (node["setAsideCount"], node["trialCount"]) == (0, 1)
    with door.state.database.write() as session:
        tuning.stand_on(session, 1, "other")
    (edge,) = door.ask(LIST, ADMINISTRATOR)["tunings"]["edges"]
    assert (edge["node"]["setAsideCount"], edge["node"]["trials"]) == (1, [])
    assert edge["node"]["trialCount"] == 0
    query = f'{{ node(id: "{FIRST}") {{ id }} }}'
    assert door.ask(query, ADMINISTRATOR)["node"] == {"id": FIRST}
    assert door.ask(query, LISTENER)["node"] is None
