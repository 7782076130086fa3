"""Subscriptions over a web socket: who may, from where, and what they are told."""

from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema
from starlette.websockets import WebSocketDisconnect

from app import graphql, promotion, training
from app.access import COOKIE
from app.graphql.ids import global_id
from app.ml.model_slot import LoadedModel
from app.ml.recipe import Recipe
from app.models import Role, TrainingStage, TrainingState, User
from app.models.columns import id_of
from app.queue import CHAMPION_CHANNEL, TRAINING_CHANNEL
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, Door, OpenDoor, crown
from tests.graphql.sockets import await_listeners, await_silence, opened, signed_in
from tests.graphql.test_junk import JUNK

PROGRESS = """subscription ($id: ID!) {
  trainingProgress(trainingId: $id) { version state stage progress error }
}"""
TUNING = """subscription ($id: ID!) {
  tuningProgress(tuningId: $id) { id state progress trials { algorithm ndcg } error }
}"""
EVALUATION = """subscription ($id: ID!) {
  evaluationProgress(runId: $id) { id state progress error }
}"""
CHAMPION = "subscription { championChanged { version isRollback promotedBy } }"
FIELDS = {
    "trainingProgress": (PROGRESS, {"id": global_id("Training", 1)}),
    "tuningProgress": (TUNING, {"id": global_id("Tuning", 1)}),
    "evaluationProgress": (EVALUATION, {"id": global_id("EvaluationRun", 1)}),
    "championChanged": (CHAMPION, {}),
}
"""Those of administrators; everybody may follow an import of their own."""


def requested(door: Door) -> int:
    return door.state.database.transact(
        lambda session: id_of(training.request(session, "root", Recipe(), seed=1))
    )


def go_on(door: Door, number: int, stage: TrainingStage, share: float) -> None:
    """As its job does: it begins, then says how far it is."""
    with door.state.database.write() as session:
        if training.training(session, number).state is TrainingState.QUEUED:
            training.start(session, number)
        training.progress(session, number, stage, share)
    door.state.queue.announce_progress(number)


def test_a_training_is_followed_until_it_is_over(door: Door) -> None:
    number = requested(door)
    with signed_in(door) as socket:
        socket.subscribe(PROGRESS, id=global_id("Training", number))
        waiting = {
            "version": number,
            "state": "QUEUED",
            "stage": "WAITING",
            "progress": 0,
            "error": None,
        }
        assert socket.next() == waiting
        door.state.database.transact(lambda session: training.start(session, number))
        door.state.queue.announce_progress(number)
        assert socket.next() == {**waiting, "state": "RUNNING"}
        go_on(door, number, TrainingStage.FITTING, 0.6)
        fitting = {**waiting, "state": "RUNNING", "stage": "FITTING", "progress": 0.6}
        assert socket.next() == fitting
        door.state.database.transact(lambda session: training.fail(session, number, "no"))
        door.state.queue.announce_progress(number)
        assert socket.next() == {**fitting, "state": "FAILED", "error": "no"}
        assert socket.over()


def test_what_is_announced_is_told_long_before_the_next_poll(open_door: OpenDoor) -> None:
    door = open_door(champion_poll_seconds=3600)
    number = requested(door)
    with signed_in(door) as socket:
        socket.subscribe(PROGRESS, id=global_id("Training", number))
        assert socket.next()["stage"] == "WAITING"
        await_listeners(door, TRAINING_CHANNEL)
        go_on(door, number, TrainingStage.FITTING, 0.6)
        assert socket.next()["stage"] == "FITTING"


def _listening(door: Door) -> int:
    """Connections, of other processes too."""
    told: int = door.state.queue.redis.pubsub_numsub(TRAINING_CHANNEL)[0][1]
    return told


def test_all_followers_share_one_connection_to_what_is_announced(open_door: OpenDoor) -> None:
    door = open_door(champion_poll_seconds=3600)
    number, before = requested(door), _listening(door)
    with signed_in(door) as first, signed_in(door) as second:
        for socket in (first, second):
            socket.subscribe(PROGRESS, id=global_id("Training", number))
            assert socket.next()["stage"] == "WAITING"
        assert _listening(door) == before >= 1
        go_on(door, number, TrainingStage.FITTING, 0.6)
        assert [socket.next()["stage"] for socket in (first, second)] == ["FITTING"] * 2
    await_silence(door, TRAINING_CHANNEL)


def test_without_a_key_value_server_the_row_is_polled(open_door: OpenDoor, tmp_path: Path) -> None:
    door = open_door(redis_url=f"unix://{tmp_path}/nobody")
    number = requested(door)
    with signed_in(door) as socket:
        socket.subscribe(PROGRESS, id=global_id("Training", number))
        assert socket.next()["stage"] == "WAITING"
        go_on(door, number, TrainingStage.FITTING, 0.6)
        assert socket.next()["stage"] == "FITTING"


def test_a_training_that_is_over_is_told_once(door: Door, model: LoadedModel) -> None:
    with signed_in(door) as socket:
        socket.subscribe(PROGRESS, id=global_id("Training", model.version))
        assert socket.next()["state"] == "FINISHED"
        assert socket.over()


@pytest.mark.parametrize(
    ("given", "code"),
    [("VHJhY2s6MQ==", "invalid_input"), (global_id("Training", 99), "not_found")],
)
def test_no_training_to_follow(door: Door, given: str, code: str) -> None:
    with signed_in(door) as socket:
        socket.subscribe(PROGRESS, id=given)
        assert socket.refusal() == code


def test_no_search_to_follow(door: Door) -> None:
    with signed_in(door) as socket:
        socket.subscribe(TUNING, id=global_id("Tuning", 99))
        assert socket.refusal() == "not_found"


def test_each_promotion_is_told(door: Door, model: LoadedModel) -> None:
    state = door.state
    with signed_in(door) as socket:
        socket.subscribe(CHAMPION)
        await_listeners(door, CHAMPION_CHANNEL)
        second = crown(state)
        assert socket.next() == {
            "version": second.version,
            "isRollback": False,
            "promotedBy": "root",
        }
        promotion.roll_back(state.database, state.queue, "eve", "worse")
        assert socket.next() == {
            "version": model.version,
            "isRollback": True,
            "promotedBy": "eve",
        }


def test_the_table_has_every_subscription() -> None:
    kind = build_schema(graphql.export()).subscription_type
    assert kind is not None
    assert set(kind.fields) == {*FIELDS, "importProgress"}


@pytest.mark.parametrize(("document", "variables"), FIELDS.values(), ids=FIELDS)
def test_listeners_may_follow_nothing(door: Door, document: str, variables: Any) -> None:
    with signed_in(door, LISTENER) as socket:
        socket.subscribe(document, **variables)
        assert socket.refusal() == "not_allowed"


@pytest.mark.parametrize(
    "parameters", [{}, {"Authorization": "Bearer nobodys"}, {"Authorization": 7}]
)
def test_strangers_are_not_connected(door: Door, parameters: dict[str, Any]) -> None:
    with opened(door) as socket:
        socket.session.send_json({"type": "connection_init", "payload": parameters})
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.session.receive_json()
    assert closed.value.code == 4403


def test_the_cookie_signs_in_from_our_own_address(door: Door, model: LoadedModel) -> None:
    cookie = f"{COOKIE}={door.token(ADMINISTRATOR)}"
    with opened(door, cookie=cookie, origin="http://testserver") as socket:
        socket.connect()
        socket.subscribe(PROGRESS, id=global_id("Training", model.version))
        assert socket.next()["version"] == model.version


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://testserver.evil"])
def test_another_site_gets_no_socket(door: Door, origin: str) -> None:
    for headers in ({}, {"authorization": f"Bearer {door.token(ADMINISTRATOR)}"}):
        with pytest.raises(WebSocketDisconnect), opened(door, origin=origin, **headers):
            pass


def test_who_is_no_administrator_any_more_is_told_nothing_more(door: Door) -> None:
    number = requested(door)
    with signed_in(door) as socket:
        socket.subscribe(PROGRESS, id=global_id("Training", number))
        assert socket.next()["state"] == "QUEUED"
        with door.state.database.write() as session:
            session.get_one(User, ADMINISTRATOR).role = Role.LISTENER
        assert socket.refusal() == "not_allowed"


@pytest.mark.parametrize("document", ["{ viewer { id } }", "mutation { logout { __typename } }"])
def test_a_socket_takes_subscriptions_alone(door: Door, document: str) -> None:
    with signed_in(door) as socket:
        socket.subscribe(document)
        assert socket.refusal() == "invalid_request"
    assert door.ask("{ viewer { id } }", ADMINISTRATOR)["viewer"]


def test_limits_hold_on_a_socket_too(door: Door) -> None:
    aliases = " ".join(f"a{number}: version" for number in range(16))
    with signed_in(door) as socket:
        socket.subscribe(f"subscription {{ championChanged {{ {aliases} }} }}")
        assert socket.refusal() == "too_complex"


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_junk_is_refused(door: Door, junk: Any) -> None:
    with signed_in(door) as socket:
        socket.subscribe(PROGRESS, id=junk)
        assert socket.refusal() in {"invalid_request", "invalid_input"}


@pytest.mark.parametrize(("document", "variables"), FIELDS.values(), ids=FIELDS)
def test_a_subscription_by_post_is_refused(door: Door, document: str, variables: Any) -> None:
    error = door.error(document, ADMINISTRATOR, **variables)
    assert error["extensions"] == {"code": "invalid_request"}
    assert error["message"].startswith("Subscriptions are told over")
