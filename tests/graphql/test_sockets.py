"""graphql-transport-ws to the letter: what is no such message, and how a socket is closed then."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from app.access import COOKIE
from app.graphql import sockets
from app.graphql.documents import MAX_TOKENS
from app.graphql.ids import global_id
from app.graphql.subscriptions import MAX_SUBSCRIPTIONS
from app.queue import CHAMPION_CHANNEL
from tests.graphql.conftest import ADMINISTRATOR, Door, Live, OpenDoor, crown
from tests.graphql.sockets import (
    SUBPROTOCOL,
    Socket,
    await_listeners,
    await_silence,
    opened,
    signed_in,
)

CHAMPION = "subscription { championChanged { version } }"
PAYLOAD = {"query": CHAMPION}
UNSOUND: list[Any] = [
    {},
    {"type": None},
    {"type": ["subscribe"]},
    {"type": "nonsense" * 100},
    {"type": "connection_ack"},
    {"type": "next", "id": "1", "payload": {}},
    {"type": "connection_init", "payload": "text"},
    {"type": "ping", "payload": 5},
    {"type": "subscribe"},
    {"type": "subscribe", "id": "1"},
    {"type": "subscribe", "payload": PAYLOAD},
    {"type": "subscribe", "id": "", "payload": PAYLOAD},
    {"type": "subscribe", "id": 1, "payload": PAYLOAD},
    {"type": "subscribe", "id": ["1"], "payload": PAYLOAD},
    {"type": "subscribe", "id": {"a": 1}, "payload": PAYLOAD},
    {"type": "subscribe", "id": "1", "payload": None},
    {"type": "subscribe", "id": "1", "payload": CHAMPION},
    {"type": "subscribe", "id": "1", "payload": [PAYLOAD]},
    {"type": "subscribe", "id": "1", "payload": {}},
    {"type": "subscribe", "id": "1", "payload": {"query": 5}},
    {"type": "subscribe", "id": "1", "payload": {"query": {"a": 1}}},
    {"type": "subscribe", "id": "1", "payload": {**PAYLOAD, "variables": "text"}},
    {"type": "subscribe", "id": "1", "payload": {**PAYLOAD, "variables": [1]}},
    {"type": "subscribe", "id": "1", "payload": {**PAYLOAD, "operationName": 7}},
    {"type": "subscribe", "id": "1", "payload": {**PAYLOAD, "extensions": 7}},
    {"type": "complete"},
    {"type": "complete", "id": ["1"]},
]
NOT_TO_BE_EXECUTED = [
    *("", "subscription {", "subscription { nothing }", "fragment f on Query { viewer { id } }"),
    "subscription { championChanged { version " + "version " * MAX_TOKENS + "} }",
]


def _closed(socket: Socket) -> int:
    """The code that the socket is closed with, once there is nothing else to be heard."""
    with pytest.raises(WebSocketDisconnect) as closed:
        socket.session.receive_json()
    return closed.value.code


def _subscribe(socket: Socket, name: str, document: str = CHAMPION) -> None:
    payload = {"query": document}
    socket.session.send_json({"id": name, "type": "subscribe", "payload": payload})


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_what_is_no_message_of_the_protocol_closes_the_socket(
    door: Door, *, is_signed_in: bool
) -> None:
    for message in UNSOUND:
        with signed_in(door) if is_signed_in else opened(door) as socket:
            socket.session.send_json(message)
            assert _closed(socket) == 4400, message


@pytest.mark.parametrize("text", ["[]", "7", "{"])
def test_what_is_no_object_closes_it_too(door: Door, text: str) -> None:
    with signed_in(door) as socket:
        socket.session.send_text(text)
        assert _closed(socket) == 4400


def test_nothing_is_followed_before_signing_in(door: Door) -> None:
    with opened(door) as socket:
        _subscribe(socket, "1")
        assert _closed(socket) == 4401


def test_nobody_signs_in_twice_on_one_socket(door: Door) -> None:
    with signed_in(door) as socket:
        socket.session.send_json({"type": "connection_init"})
        assert _closed(socket) == 4429


def test_who_does_not_sign_in_is_not_waited_for(
    open_door: OpenDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "INIT_SECONDS", 0.05)
    with opened(open_door()) as socket:
        assert _closed(socket) == 4408


def test_no_parameters_are_as_good_as_null(door: Door) -> None:
    cookie = f"{COOKIE}={door.token(ADMINISTRATOR)}"
    for more in ({}, {"payload": None}):
        with opened(door, cookie=cookie) as socket:
            socket.session.send_json({"type": "connection_init", **more})
            assert socket.session.receive_json() == {"type": "connection_ack"}


def test_another_protocol_is_not_spoken(door: Door) -> None:
    with door.client.websocket_connect("/graphql", ["graphql-ws"]) as session:
        assert _closed(Socket(session)) == 4406


def test_an_id_stands_for_one_subscription_at_a_time(door: Door) -> None:
    with signed_in(door) as socket:
        _subscribe(socket, "1")
        await_listeners(door, CHAMPION_CHANNEL)
        _subscribe(socket, "1")
        assert _closed(socket) == 4409
    await_silence(door, CHAMPION_CHANNEL)


def test_what_the_client_completes_is_told_no_more_and_its_id_is_free(door: Door) -> None:
    with signed_in(door) as socket:
        for _ in range(2):
            _subscribe(socket, "1")
            await_listeners(door, CHAMPION_CHANNEL)
            socket.session.send_json({"type": "complete", "id": "1"})
            await_silence(door, CHAMPION_CHANNEL)
        crown(door.state)
        socket.session.send_json({"type": "complete", "id": "nothing's"})
        socket.session.send_json({"type": "ping", "payload": {"a": 1}})
        assert socket.session.receive_json() == {"type": "pong"}


@pytest.mark.parametrize("document", NOT_TO_BE_EXECUTED)
def test_what_cannot_be_executed_is_an_error_of_its_own(door: Door, document: str) -> None:
    with signed_in(door) as socket:
        _subscribe(socket, "a", document)
        message = socket.session.receive_json()
        assert (message["type"], message["id"]) == ("error", "a")
        assert message["payload"][0]["extensions"] == {"code": "invalid_request"}
        socket.session.send_json({"type": "ping"})
        assert socket.session.receive_json() == {"type": "pong"}


def test_one_socket_follows_so_much(door: Door) -> None:
    with signed_in(door) as socket:
        for number in range(MAX_SUBSCRIPTIONS + 1):
            _subscribe(socket, str(number))
        message = socket.session.receive_json()
    assert (message["type"], message["id"]) == ("error", str(MAX_SUBSCRIPTIONS))
    values = {"most": MAX_SUBSCRIPTIONS}
    assert message["payload"][0]["extensions"] == {"code": "too_many_open", "values": values}


@contextmanager
def _connected(live: Live) -> Iterator[ClientConnection]:
    """Over a real connection, which takes no frame that is against its own protocol."""
    address = live.address.replace("http:", "ws:")
    with connect(address, subprotocols=[Subprotocol(SUBPROTOCOL)], proxy=None) as socket:
        parameters = {"Authorization": f"Bearer {live.token(ADMINISTRATOR)}"}
        socket.send(json.dumps({"type": "connection_init", "payload": parameters}))
        assert json.loads(socket.recv()) == {"type": "connection_ack"}
        yield socket


def test_a_reason_is_never_longer_than_its_frame(live: Live) -> None:
    name = "é" * 1_000
    with _connected(live) as socket:
        for _ in range(2):
            message = {"id": name, "type": "subscribe", "payload": PAYLOAD}
            socket.send(json.dumps(message))
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4409
    assert closed.value.rcvd.reason.startswith("Subscriber for éé")


def test_bytes_are_no_message(live: Live) -> None:
    with _connected(live) as socket:
        socket.send(b"{}")
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4400


def test_a_training_that_nobody_has_is_said_and_the_socket_stays(live: Live) -> None:
    document = 'subscription { trainingProgress(trainingId: "%s") { version } }'
    with _connected(live) as socket:
        for name in ("a", "b"):
            payload = {"query": document % global_id("Training", 99)}
            socket.send(json.dumps({"id": name, "type": "subscribe", "payload": payload}))
            told = [json.loads(socket.recv()) for _ in range(2)]
            assert [one["type"] for one in told] == ["next", "complete"]
            (error,) = told[0]["payload"]["errors"]
            assert error["extensions"] == {"code": "not_found", "values": {"kind": "training"}}
