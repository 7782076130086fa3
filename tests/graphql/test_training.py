"""Trainings, and making one more."""

import importlib.metadata
from dataclasses import asdict
from typing import Any

import pytest
from rq.job import Job
from rq.serializers import JSONSerializer

from app import recipes, training, training_log
from app.graphql.ids import global_id
from app.ml.als import AlsSettings
from app.ml.model_slot import LoadedModel
from app.ml.weighting import Weighting
from app.models import TrainingState
from app.queue import JobName
from app.training import Fitted
from tests.graphql.conftest import ADMINISTRATOR, Door, OpenDoor, crown, refused

TRAIN = """
mutation ($input: TrainModelInput) {
  trainModel(input: $input) {
    __typename
    ... on TrainingStarted {
      training {
        id version state stage progress requestedBy algorithm weighting halfLifeDays settings
        seed error
        listenerCount trackCount interactionCount dataFrom dataUntil startedAt finishedAt
      }
    }
    ... on InvalidInput { field }
    ... on TrainingUnderway { trainingId }
    ... on Problem { code }
  }
}
"""
TRAININGS = """
query ($first: Int, $after: String, $state: TrainingState) {
  trainings(first: $first, after: $after, state: $state) {
    totalCount edges { node { version state createdAt } } pageInfo { hasNextPage endCursor }
  }
}
"""
MADE_OF = """{
  trainings {
    edges { node { dataFingerprint modelChecksum libraryVersions { name version } } }
  }
}"""


def _train(door: Door, **given: Any) -> Any:
    return door.ask(TRAIN, ADMINISTRATOR, input=given)["trainModel"]


def test_a_training_waits_in_the_queue(door: Door) -> None:
    started = door.ask(TRAIN, ADMINISTRATOR)["trainModel"]
    assert started["training"] == {
        "id": global_id("Training", 1),
        "version": 1,
        "state": "QUEUED",
        "stage": "WAITING",
        "progress": 0.0,
        "requestedBy": "root",
        "algorithm": "ALS",
        "weighting": "BINARY",
        "halfLifeDays": None,
        "settings": asdict(AlsSettings()),
        "seed": 42,
        "error": None,
        **dict.fromkeys(
            ("listenerCount", "trackCount", "interactionCount", "dataFrom", "dataUntil")
        ),
        **dict.fromkeys(("startedAt", "finishedAt")),
    }
    with door.state.database.read() as session:
        job_id = training.training(session, 1).job_id
    assert job_id
    job = Job.fetch(job_id, connection=door.state.queue.redis, serializer=JSONSerializer)
    assert (job.func_name, list(job.args)) == (JobName.TRAIN, [1])


def test_settings_of_any_algorithm_are_taken_by_name(door: Door) -> None:
    started = _train(door, algorithm="RP3BETA", settings={"beta": 0.2})["training"]
    assert (started["algorithm"], started["settings"]["beta"]) == ("RP3BETA", 0.2)


@pytest.mark.parametrize(
    ("given", "field"), [({"beta": 0.2}, "beta"), (["beta"], "settings"), ("beta", "settings")]
)
def test_settings_that_an_algorithm_lacks_are_refused(door: Door, given: Any, field: str) -> None:
    refused = _train(door, algorithm="ALS", settings=given)
    assert (refused["__typename"], refused["field"]) == ("InvalidInput", field)


def test_a_recipe_of_ones_own(door: Door) -> None:
    given = {"weighting": "BINARY", "seed": 7, "factors": 8, "alpha": 1.5}
    started = _train(door, algorithm="ALS", **given)["training"]
    assert (started["weighting"], started["seed"]) == ("BINARY", 7)
    assert started["settings"] == asdict(AlsSettings(factors=8, alpha=1.5))
    assert started["algorithm"] == "ALS"


def test_a_recipe_whose_listens_fade(door: Door) -> None:
    started = _train(door, halfLifeDays=45, weighting="BM25")["training"]
    assert (started["halfLifeDays"], started["weighting"]) == (45, "BM25")
    assert started["settings"] == asdict(AlsSettings())
    with door.state.database.read() as session:
        recipe = recipes.recipe_of(training.training(session, 1))
    assert (recipe.half_life_days, recipe.weighting) == (45, Weighting.BM25)


@pytest.mark.parametrize("days", [0, -3, 1e9])
def test_a_half_life_that_makes_no_sense_is_named(door: Door, days: float) -> None:
    found = _train(door, halfLifeDays=days)
    assert found["__typename"] == "InvalidInput"
    assert found["field"] == "halfLifeDays"


def test_the_log_is_read_in_order(door: Door) -> None:
    number = _train(door)["training"]["version"]
    with door.state.database.write() as session:
        lines = [training_log.line(text) for text in ("It began.", "It went on.")]
        training_log.write(session, number, lines)
        training.fail(session, number, "It was enough.")
    asked = "{ trainings { edges { node { log { at text } } } } }"
    newest = door.ask(asked, ADMINISTRATOR)["trainings"]["edges"][0]["node"]
    told = [line["text"] for line in newest["log"]]
    assert told == ["It began.", "It went on.", "Failed: It was enough."]


def test_what_a_model_was_made_of_is_on_record(door: Door) -> None:
    _train(door)
    (waiting,) = door.ask(MADE_OF, ADMINISTRATOR)["trainings"]["edges"]
    unknown: dict[str, object] = {
        "dataFingerprint": None,
        "modelChecksum": None,
        "libraryVersions": [],
    }
    assert waiting["node"] == unknown
    with door.state.database.write() as session:
        training.start(session, 1)
        fitted = Fitted("model", "c" * 64, 1, 1, 1, None, None, 1, "f" * 64)
        training.finish(session, 1, fitted)
    (made,) = door.ask(MADE_OF, ADMINISTRATOR)["trainings"]["edges"]
    versions = {each["name"]: each["version"] for each in made["node"].pop("libraryVersions")}
    assert versions["implicit"] == importlib.metadata.version("implicit")
    assert list(versions) == sorted(versions)
    assert made["node"] == {"dataFingerprint": "f" * 64, "modelChecksum": "c" * 64}


def test_one_training_at_a_time(door: Door) -> None:
    first = _train(door)["training"]
    assert _train(door) == {
        "__typename": "TrainingUnderway",
        "trainingId": first["id"],
        "code": "training_underway",
    }


def test_a_seed_is_not_negative(door: Door) -> None:
    refused = {"__typename": "InvalidInput", "field": "seed", "code": "invalid_input"}
    assert _train(door, seed=-1) == refused


@pytest.mark.parametrize("given", [{"algorithm": "MAGIC"}, {"factors": 2**31}, {"alpha": "much"}])
def test_values_that_the_schema_refuses(door: Door, given: dict[str, Any]) -> None:
    error = door.error(TRAIN, ADMINISTRATOR, input=given)
    assert error["extensions"] == {"code": "invalid_request"}


def test_nothing_to_train_on(open_door: OpenDoor, tmp_path: Any) -> None:
    door = open_door()
    with door.state.database.write() as session:
        connection = session.connection()
        connection.exec_driver_sql("DELETE FROM user_item")
    assert _train(door) == {"__typename": "NoListens", "code": "no_listens"}


def test_without_a_queue_nothing_is_under_way(open_door: OpenDoor, tmp_path: Any) -> None:
    door = open_door(redis_url=f"unix://{tmp_path}/nobody")
    refused = {"__typename": "QueueUnavailable", "code": "queue_unavailable"}
    assert _train(door) == refused
    assert _train(door) == refused
    trainings = door.ask(TRAININGS, ADMINISTRATOR, state="FAILED")["trainings"]
    assert trainings["totalCount"] == 2


def test_trainings_newest_first_by_pages(door: Door) -> None:
    versions = [crown(door.state).version for _ in range(3)]
    page = door.ask(TRAININGS, ADMINISTRATOR, first=2)["trainings"]
    assert page["totalCount"] == 3
    assert _versions(page) == versions[:0:-1]
    assert page["pageInfo"]["hasNextPage"]
    rest = door.ask(TRAININGS, ADMINISTRATOR, first=2, after=page["pageInfo"]["endCursor"])
    assert _versions(rest["trainings"]) == versions[:1]
    assert not rest["trainings"]["pageInfo"]["hasNextPage"]


def test_trainings_in_a_state(door: Door, model: LoadedModel) -> None:
    _train(door)
    for state in TrainingState:
        found = door.ask(TRAININGS, ADMINISTRATOR, state=state.name)["trainings"]
        expected = {TrainingState.FINISHED: [model.version], TrainingState.QUEUED: [2]}
        assert _versions(found) == expected.get(state, [])
        assert found["totalCount"] == len(expected.get(state, []))


def test_a_cursor_of_another_list(door: Door) -> None:
    cursor = door.ask("{ tracks(first: 1) { pageInfo { endCursor } } }")
    after = cursor["tracks"]["pageInfo"]["endCursor"]
    error = door.error(TRAININGS, ADMINISTRATOR, after=after)
    assert error["extensions"] == refused("after", "WRONG_CURSOR")


def _versions(connection: dict[str, Any]) -> list[int]:
    return [edge["node"]["version"] for edge in connection["edges"]]
