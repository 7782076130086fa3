"""The champion, promoting by hand, rolling back, and what was measured."""

import shutil
from typing import Any

import numpy as np

from app import training
from app.graphql.ids import global_id
from app.ml import contest, holdout
from app.ml.evaluation import Terms
from app.ml.interactions import Interactions
from app.ml.model_slot import LoadedModel
from app.ml.recipe import Recipe
from app.ml.weighting import Doings, Weighting
from app.models import Evaluation
from tests.graphql.conftest import ADMINISTRATOR, Door, crown

RELOAD = """
mutation {
  reloadModel {
    __typename ... on ModelReloaded { modelVersion } ... on Problem { code message }
  }
}
"""
CHAMPION = """{
  champion {
    version promotedAt promotedBy reason isRollback previousVersion training { id state }
  }
}"""
PROMOTE = """
mutation ($input: PromoteModelInput!) {
  promoteModel(input: $input) {
    __typename
    ... on ModelPromoted { champion { version reason promotedBy previousVersion } }
    ... on InvalidInput { field }
    ... on Problem { code }
  }
}
"""
ROLL_BACK = """
mutation ($input: RollbackModelInput!) {
  rollbackModel(input: $input) {
    __typename
    ... on ModelRolledBack { champion { version isRollback reason } }
    ... on InvalidInput { field }
    ... on Problem { code message }
  }
}
"""
PROMOTIONS = """
query ($first: Int, $after: String) {
  promotions(first: $first, after: $after) {
    totalCount edges { node { version isRollback } } pageInfo { hasNextPage endCursor }
  }
}
"""
EVALUATIONS = """{
  trainings {
    edges {
      node {
        evaluations {
          promote verdict championVersion
          contestants {
            contestant algorithm listenerCount listLength coverage
            metrics { name estimate { mean low high } }
            slices { name listenerCount ndcg { mean } }
          }
          gains { over slice gain { mean low high } }
          checks { name passed text }
        }
      }
    }
  }
}"""


def _promote(door: Door, version: int, reason: str = "because") -> Any:
    given = {"trainingId": global_id("Training", version), "reason": reason}
    return door.ask(PROMOTE, ADMINISTRATOR, input=given)["promoteModel"]


def _roll_back(door: Door, **given: Any) -> Any:
    given = {"reason": "worse", **given}
    return door.ask(ROLL_BACK, ADMINISTRATOR, input=given)["rollbackModel"]


def test_the_champion(door: Door) -> None:
    assert door.ask(CHAMPION, ADMINISTRATOR) == {"champion": None}
    model = crown(door.state)
    champion = door.ask(CHAMPION, ADMINISTRATOR)["champion"]
    assert champion.pop("promotedAt")
    assert champion == {
        "version": model.version,
        "promotedBy": "root",
        "reason": "the first",
        "isRollback": False,
        "previousVersion": None,
        "training": {"id": global_id("Training", model.version), "state": "FINISHED"},
    }


def test_reload_loads_the_champion_again(door: Door, model: LoadedModel) -> None:
    before = door.state.slot.model
    reloaded = door.ask(RELOAD, ADMINISTRATOR)["reloadModel"]
    assert reloaded == {"__typename": "ModelReloaded", "modelVersion": model.version}
    assert door.state.slot.model is not before


def test_reload_without_a_champion(door: Door) -> None:
    refused = door.ask(RELOAD, ADMINISTRATOR)["reloadModel"]
    assert (refused["__typename"], refused["code"]) == ("NoChampion", "no_champion")


def test_reload_of_damaged_files_keeps_the_old_model(door: Door, model: LoadedModel) -> None:
    crown(door.state, damage=True)
    refused = door.ask(RELOAD, ADMINISTRATOR)["reloadModel"]
    assert (refused["__typename"], refused["code"]) == ("ModelUnusable", "bad_artifact")
    assert door.state.slot.model is not None
    assert door.state.slot.model.version == model.version


def test_a_promotion_names_who_and_why(door: Door, model: LoadedModel) -> None:
    second = crown(door.state)
    assert _promote(door, model.version, "it was better") == {
        "__typename": "ModelPromoted",
        "champion": {
            "version": model.version,
            "reason": "it was better",
            "promotedBy": "root",
            "previousVersion": second.version,
        },
    }


def test_what_cannot_be_promoted(door: Door, model: LoadedModel) -> None:
    crown(door.state)
    refused = {"__typename": "InvalidInput", "field": "reason", "code": "invalid_input"}
    assert _promote(door, model.version, " ") == refused
    assert _promote(door, 99) == {"__typename": "NotFound", "code": "not_found"}
    shutil.rmtree(door.state.settings.artifacts / f"model-{model.version}")
    assert _promote(door, model.version) == {"__typename": "ModelUnusable", "code": "bad_artifact"}
    with door.state.database.write() as session:
        row = training.training(session, model.version)
        row.artifact_removed_at = row.created_at
    assert _promote(door, model.version) == {"__typename": "ModelRemoved", "code": "model_removed"}


def test_rolling_back(door: Door, model: LoadedModel) -> None:
    second = crown(door.state)
    assert _roll_back(door, version=second.version) == {
        "__typename": "ModelRolledBack",
        "champion": {"version": model.version, "isRollback": True, "reason": "worse"},
    }
    again = _roll_back(door, version=second.version)
    assert (again["__typename"], again["field"]) == ("InvalidInput", "version")
    further = _roll_back(door)
    assert (further["__typename"], further["code"]) == (
        "NoPreviousChampion",
        "no_previous_champion",
    )


def test_rolling_back_without_a_champion(door: Door) -> None:
    assert _roll_back(door)["__typename"] == "NoChampion"


def test_promotions_newest_first_by_pages(door: Door, model: LoadedModel) -> None:
    second = crown(door.state)
    _roll_back(door)
    page = door.ask(PROMOTIONS, ADMINISTRATOR, first=2)["promotions"]
    assert page["totalCount"] == 3
    assert [edge["node"] for edge in page["edges"]] == [
        {"version": model.version, "isRollback": True},
        {"version": second.version, "isRollback": False},
    ]
    after = page["pageInfo"]["endCursor"]
    rest = door.ask(PROMOTIONS, ADMINISTRATOR, first=2, after=after)["promotions"]
    assert [edge["node"]["version"] for edge in rest["edges"]] == [model.version]


def _contest(version: int) -> tuple[contest.ContestResult, Evaluation]:
    champion, challenger = Recipe("popularity"), Recipe("als", Weighting.LOG, {"factors": 2})
    rng = np.random.default_rng(3)
    heard = np.argwhere(rng.random((40, 12)) < 0.5)
    ones = np.ones(len(heard), dtype=np.float32)
    pairs = Interactions(heard[:, 0], heard[:, 1], Doings(ones, 0 * ones, 0 * ones))
    result = contest.run(challenger, champion, holdout.per_listener(pairs, seed=1), Terms(seed=1))
    return result, Evaluation(
        training_id=version,
        champion_id=version,
        metrics=result.as_json(),
        promote=result.verdict.promote,
        reason=result.verdict.reason,
    )


def test_an_evaluation_is_data_to_plot(door: Door, model: LoadedModel) -> None:
    result, row = _contest(model.version)
    with door.state.database.write() as session:
        session.add(row)
    edges = door.ask(EVALUATIONS, ADMINISTRATOR)["trainings"]["edges"]
    ((shown,),) = [edge["node"]["evaluations"] for edge in edges]
    assert shown["verdict"] == result.verdict.reason
    assert shown["championVersion"] == model.version
    by_part = {each["contestant"]: each for each in shown["contestants"]}
    assert list(by_part) == ["CHALLENGER", "CHAMPION", "POPULARITY"]
    ndcg = by_part["CHALLENGER"]["metrics"][0]
    assert ndcg == {"name": "NDCG", "estimate": result.challenger.intervals()["ndcg"].as_json()}
    slices = [part.name.upper() for part in result.challenger.slices()]
    assert [part["name"] for part in by_part["CHALLENGER"]["slices"]] == slices
    over = [(gain["over"], gain["slice"]) for gain in shown["gains"]]
    assert over == [("CHAMPION", None), ("POPULARITY", None)] + [
        ("CHAMPION", name) for name in slices
    ]
    assert [check["passed"] for check in shown["checks"]] == [
        check["passed"] for check in result.verdict.figures["checks"]
    ]
