"""An import is followed at the real web process: by server-sent events, and over a web socket."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from app.graphql.ids import global_id
from app.importing import asking, records
from app.importing.formats import ImportFormat
from app.importing.records import Claim, Wanted
from app.queue import JobQueue
from jobs import import_data
from jobs.runtime import Runtime
from tests.graphql.conftest import LISTENER, OTHER, Live
from tests.graphql.sockets import SUBPROTOCOL
from tests.graphql.test_events import EVENTS, events
from tests.importing.packing import packed, stream

FOLLOW = """subscription ($id: ID!) {
  importProgress(importId: $id) { state progress rowsLoaded }
}"""
ANSWER_SECONDS = 30

Told = Iterator[tuple[str, Any]]
"""Kinds of messages and what they hold."""
Follow = Callable[[Live, int, int], AbstractContextManager[Told]]


@contextmanager
def _events(live: Live, user_id: int, import_id: int) -> Iterator[Told]:
    headers = {**EVENTS, "Authorization": f"Bearer {live.token(user_id)}"}
    with (
        httpx2.Client(trust_env=False, timeout=ANSWER_SECONDS) as client,
        client.stream("POST", live.address, json=_asked(import_id), headers=headers) as answer,
    ):
        yield events(answer.iter_lines())


@contextmanager
def _socket(live: Live, user_id: int, import_id: int) -> Iterator[Told]:
    address = live.address.replace("http", "ws", 1)
    with connect(address, subprotocols=[Subprotocol(SUBPROTOCOL)], proxy=None) as socket:
        who = {"Authorization": f"Bearer {live.token(user_id)}"}
        socket.send(json.dumps({"type": "connection_init", "payload": who}))
        told = _messages(socket)
        assert next(told)[0] == "connection_ack"
        asked = {"id": "1", "type": "subscribe", "payload": _asked(import_id)}
        socket.send(json.dumps(asked))
        yield told


def _asked(import_id: int) -> dict[str, Any]:
    return {"query": FOLLOW, "variables": {"id": global_id("DataImport", import_id)}}


def _messages(socket: ClientConnection) -> Told:
    while True:
        message = json.loads(socket.recv(timeout=ANSWER_SECONDS))
        yield message["type"], message.get("payload")


WAYS: dict[str, Follow] = {"server-sent events": _events, "web socket": _socket}


@pytest.fixture
def queue(live: Live) -> Iterator[JobQueue]:
    opened = JobQueue(live.settings)
    yield opened
    opened.close()


@pytest.fixture
def import_id(live: Live, queue: JobQueue, tmp_path: Path) -> Iterator[int]:
    """Of a listener's history; its job waits."""
    file = packed(tmp_path / "mine.zip", {"endsong_0.json": [stream(1), stream(2)]})
    wanted = Wanted.of(ImportFormat.SPOTIFY, file, user_id=LISTENER, requested_by="ann")
    number = asking.launch(live.database, queue, wanted)
    yield number
    asking.stop(live.database, queue, number, "The test is over.")


def _work(live: Live, queue: JobQueue, number: int) -> None:
    """What a worker would do with its job."""
    with live.database.read() as session:
        holder = records.record(session, number).job_id or ""
    queue.remove(holder)
    rt = Runtime(live.settings, live.database, queue)
    import_data._import_data(rt, Claim(number, holder))


def _next(told: Told) -> Any:
    kind, payload = next(told)
    assert kind == "next", payload
    assert "errors" not in payload, payload
    return payload["data"]["importProgress"]


def _rest(told: Told) -> list[Any]:
    """What else it tells until it says that this was all."""
    kept = []
    for kind, payload in told:
        if kind == "complete":
            break
        kept.append(payload["data"]["importProgress"])
    return kept


@pytest.mark.parametrize("follow", WAYS.values(), ids=WAYS)
def test_an_import_and_its_undoing_are_followed_to_their_ends(
    live: Live, queue: JobQueue, import_id: int, follow: Follow
) -> None:
    with follow(live, LISTENER, import_id) as told:
        assert _next(told) == {"state": "QUEUED", "progress": 0, "rowsLoaded": 0}
        _work(live, queue, import_id)
        later = _rest(told)
    assert later[-1] == {"state": "FINISHED", "progress": 1, "rowsLoaded": 2}
    shares = [one["progress"] for one in later]
    assert shares == sorted(shares)
    asking.take_back(live.database, queue, import_id)
    with follow(live, LISTENER, import_id) as told:
        assert _next(told)["state"] == "UNDOING"
        _work(live, queue, import_id)
        assert _rest(told)[-1]["state"] == "UNDONE"


@pytest.mark.parametrize("follow", WAYS.values(), ids=WAYS)
def test_nobody_follows_anothers(live: Live, import_id: int, follow: Follow) -> None:
    with follow(live, OTHER, import_id) as told:
        kind, payload = next(told)
    errors = payload if kind == "error" else payload["errors"]
    assert [error["extensions"]["code"] for error in errors] == ["not_found"]
