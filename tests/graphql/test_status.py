"""Whether PyTune works, for everybody."""

import importlib.metadata
from pathlib import Path

from app import training
from app.graphql.status import PRODUCT_VERSION
from app.ml.model_slot import LoadedModel
from tests.graphql.conftest import Door, OpenDoor, crown

STATUS = "{ status { state productVersion modelVersion } }"


def test_runs_without_a_model(door: Door) -> None:
    version = importlib.metadata.version("pytune")
    status = {"state": "RUNNING", "productVersion": version, "modelVersion": None}
    assert door.ask(STATUS, None) == {"status": status}


def test_names_the_model_that_is_served(door: Door, model: LoadedModel) -> None:
    assert door.ask(STATUS, None) == {"status": _status("RUNNING", model.version)}


def test_degraded_without_the_key_value_server(open_door: OpenDoor, tmp_path: Path) -> None:
    door = open_door(redis_url=f"unix://{tmp_path}/nobody")
    assert door.ask(STATUS, None) == {"status": _status("DEGRADED", None)}


def test_degraded_without_the_database_and_for_the_signed_in_too(open_door: OpenDoor) -> None:
    door = open_door(database_url="mysql://nobody@127.0.0.1:1/nothing")
    assert door.ask(STATUS, None) == {"status": _status("DEGRADED", None)}
    door.client.headers["Authorization"] = "Bearer anything"
    assert door.ask(STATUS, None) == {"status": _status("DEGRADED", None)}
    error = door.error("{ recommendations { id } }", None)
    assert error["extensions"] == {"code": "database_unavailable"}
    assert "127.0.0.1" not in error["message"]
    login = 'mutation { login(input: {username: "ann", password: "x"}) { __typename } }'
    assert door.error(login, None)["extensions"] == {"code": "database_unavailable"}


def test_degraded_while_the_champion_cannot_be_loaded(door: Door, model: LoadedModel) -> None:
    damaged = crown(door.state, damage=True)
    assert door.ask(STATUS, None) == {"status": _status("DEGRADED", model.version)}
    with door.state.database.write() as session:
        training.promote(session, model.version, "root", "back to the one that works")
    assert damaged.version != model.version
    assert door.ask(STATUS, None) == {"status": _status("RUNNING", model.version)}


def _status(state: str, model_version: int | None) -> dict[str, object]:
    return {"state": state, "productVersion": PRODUCT_VERSION, "modelVersion": model_version}
