"""A client of subscriptions, as a front-end's library would be one."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

from starlette.testclient import WebSocketTestSession

from tests.graphql.conftest import ADMINISTRATOR, Door

SUBPROTOCOL = "graphql-transport-ws"


class Socket:
    """A client that speaks graphql-transport-ws."""

    def __init__(self, session: WebSocketTestSession) -> None:
        self.session = session

    def connect(self, **parameters: Any) -> None:
        self.session.send_json({"type": "connection_init", "payload": parameters})
        assert self.session.receive_json()["type"] == "connection_ack"

    def subscribe(self, document: str, **variables: Any) -> None:
        payload = {"query": document, "variables": variables}
        self.session.send_json({"id": "1", "type": "subscribe", "payload": payload})

    def next(self) -> Any:
        message = self.session.receive_json()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        (value,) = message["payload"]["data"].values()
        return value

    def refusal(self) -> str:
        """The code of the error that comes in place of anything else."""
        message = self.session.receive_json()
        errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
        code: str = errors[0]["extensions"]["code"]
        return code

    def over(self) -> bool:
        return bool(self.session.receive_json()["type"] == "complete")


@contextmanager
def opened(door: Door, **headers: str) -> Iterator[Socket]:
    with door.client.websocket_connect("/graphql", [SUBPROTOCOL], headers=headers) as session:
        yield Socket(session)


@contextmanager
def signed_in(door: Door, user_id: int = ADMINISTRATOR) -> Iterator[Socket]:
    with opened(door) as socket:
        socket.connect(Authorization=f"Bearer {door.token(user_id)}")
        yield socket


def await_listeners(door: Door, channel: str) -> None:
    """Until somebody follows it."""
    moment = Event()
    while not door.state.news.followers(channel):
        moment.wait(0.01)


def await_silence(door: Door, channel: str) -> None:
    """Until nobody follows it any more."""
    moment = Event()
    while door.state.news.followers(channel):
        moment.wait(0.01)
