"""Subscriptions as server-sent events, in the mode of distinct connections of graphql-sse."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app import training
from app.access import COOKIE
from app.graphql.ids import global_id
from app.ml.model_slot import LoadedModel
from app.ml.recipe import Recipe
from app.models.columns import id_of
from app.queue import JobQueue
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, Door, Live

PROGRESS = """subscription ($id: ID!) {
  trainingProgress(trainingId: $id) { state stage progress error }
}"""
EVENTS = {"Accept": "text/event-stream"}
CLIENT = Path(__file__).resolve().parents[1] / "node" / "follow.mjs"


def events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    """Names of events and what they tell; comments that keep the line open are left out."""
    name = ""
    for line in lines:
        key, _, value = line.partition(": ")
        if key == "event":
            name = value
        elif key == "data":
            yield name, json.loads(value) if value else None


def _follow(door: Door, number: int, user_id: int | None, **headers: str) -> list[tuple[str, Any]]:
    """Everything that is told of a training that is over."""
    if user_id is not None:
        headers["Authorization"] = f"Bearer {door.token(user_id)}"
    body = {"query": PROGRESS, "variables": {"id": global_id("Training", number)}}
    answer = door.client.post("/graphql", json=body, headers={**EVENTS, **headers})
    assert answer.headers["content-type"].startswith("text/event-stream")
    return list(events(iter(answer.text.splitlines())))


def test_a_training_that_is_over_is_told_and_the_stream_ends(
    door: Door, model: LoadedModel
) -> None:
    (first, told), end = _follow(door, model.version, ADMINISTRATOR)
    assert (first, told["data"]["trainingProgress"]["state"]) == ("next", "FINISHED")
    assert end == ("complete", None)


@pytest.mark.parametrize(("user_id", "code"), [(None, "not_signed_in"), (LISTENER, "not_allowed")])
def test_who_may_not_follow_is_told_so(
    door: Door, model: LoadedModel, user_id: int | None, code: str
) -> None:
    (_, told), end = _follow(door, model.version, user_id)
    assert [error["extensions"]["code"] for error in told["errors"]] == [code]
    assert end == ("complete", None)


def test_a_browser_follows_by_get_with_its_cookie(door: Door, model: LoadedModel) -> None:
    door.client.cookies.set(COOKIE, door.token(ADMINISTRATOR))
    variables = json.dumps({"id": global_id("Training", model.version)})
    asked = {"query": PROGRESS, "variables": variables}
    ours = {**EVENTS, "Sec-Fetch-Site": "same-origin"}
    answer = door.client.get("/graphql", params=asked, headers=ours)
    assert [name for name, _ in events(iter(answer.text.splitlines()))] == ["next", "complete"]
    foreign = {**EVENTS, "Sec-Fetch-Site": "cross-site"}
    assert door.client.get("/graphql", params=asked, headers=foreign).status_code == 403


@pytest.mark.parametrize("document", ["{ viewer { id } }", "mutation { logout { __typename } }"])
def test_a_stream_is_for_subscriptions_alone(door: Door, document: str) -> None:
    headers = {**EVENTS, "Authorization": f"Bearer {door.token(LISTENER)}"}
    answer = door.client.post("/graphql", json={"query": document}, headers=headers)
    (_, told), _ = events(iter(answer.text.splitlines()))
    assert [error["extensions"]["code"] for error in told["errors"]] == ["invalid_request"]
    assert door.ask("{ viewer { id } }")["viewer"]


@pytest.mark.parametrize("document", ["", "subscription {", "subscription { nothing }"])
def test_what_cannot_be_executed_is_told_in_the_stream(door: Door, document: str) -> None:
    headers = {**EVENTS, "Authorization": f"Bearer {door.token(ADMINISTRATOR)}"}
    answer = door.client.post("/graphql", json={"query": document}, headers=headers)
    (_, told), end = events(iter(answer.text.splitlines()))
    assert [error["extensions"]["code"] for error in told["errors"]] == ["invalid_request"]
    assert end == ("complete", None)


def _requested(live: Live) -> int:
    return live.database.transact(
        lambda session: id_of(training.request(session, "root", Recipe(), seed=1))
    )


def _fail(live: Live, number: int) -> None:
    live.database.transact(lambda session: training.fail(session, number, "no"))
    queue = JobQueue(live.settings)
    queue.announce_progress(number)
    queue.close()


@contextmanager
def _streamed(live: Live, number: int) -> Iterator[Iterator[tuple[str, Any]]]:
    headers = {**EVENTS, "Authorization": f"Bearer {live.token(ADMINISTRATOR)}"}
    body = {"query": PROGRESS, "variables": {"id": global_id("Training", number)}}
    with (
        httpx2.Client(trust_env=False, timeout=30) as client,
        client.stream("POST", live.address, json=body, headers=headers) as answer,
    ):
        yield events(answer.iter_lines())


def test_what_happens_is_told_while_the_stream_is_open(live: Live) -> None:
    number = _requested(live)
    with _streamed(live, number) as told:
        assert next(told)[1]["data"]["trainingProgress"]["state"] == "QUEUED"
        _fail(live, number)
        failed = next(told)[1]["data"]["trainingProgress"]
        assert (failed["state"], failed["error"]) == ("FAILED", "no")
        assert next(told) == ("complete", None)


@pytest.mark.npm
def test_the_protocols_own_client_understands_it(live: Live) -> None:
    number = _requested(live)
    variables = json.dumps({"id": global_id("Training", number)})
    command = ["node", str(CLIENT), live.address, live.token(ADMINISTRATOR), PROGRESS, variables]
    client = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert client.stdout is not None
    try:
        told = [json.loads(client.stdout.readline())]
        _fail(live, number)
        told += [json.loads(line) for line in client.stdout]
        assert client.wait() == 0
    finally:
        client.kill()
        client.communicate()
    states = [one["data"]["trainingProgress"]["state"] for one in told]
    assert states == ["QUEUED", "FAILED"]
