"""How often may be asked, and how long an answer may take."""

import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session
from starlette.websockets import WebSocketDisconnect

from app import catalog
from app.access import COOKIE
from app.queue import CHAMPION_CHANNEL
from app.state import MAX_SOCKETS
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, OTHER, Door, OpenDoor
from tests.graphql.sockets import await_listeners, await_silence, opened, signed_in
from tests.test_reading_time import ask_without_end

VIEWER = "{ viewer { name } }"
CHAMPION = "subscription { championChanged { version } }"


def _statuses(door: Door, user_id: int | None, times: int) -> list[int]:
    return [door.post(VIEWER, user_id).status_code for _ in range(times)]


def test_each_user_has_so_many_requests_a_minute(open_door: OpenDoor) -> None:
    door = open_door(requests_per_minute=3)
    assert _statuses(door, LISTENER, 4) == [200, 200, 200, 429]
    assert _statuses(door, OTHER, 1) == [200]
    door.client.cookies.set(COOKIE, door.token(LISTENER))
    assert door.post(VIEWER).status_code == 429


def test_strangers_of_one_address_share_theirs(open_door: OpenDoor) -> None:
    door = open_door(strangers_requests_per_minute=2)
    assert _statuses(door, None, 3) == [200, 200, 429]
    nonsense = {"Authorization": "Bearer nobodys"}
    refused = door.client.post("/graphql", json={"query": VIEWER}, headers=nonsense)
    assert refused.status_code == 429
    assert _statuses(door, LISTENER, 1) == [200]


def test_who_is_refused_is_told_when_to_come_again(open_door: OpenDoor) -> None:
    door = open_door(requests_per_minute=1)
    _statuses(door, LISTENER, 1)
    refused = door.post(VIEWER, LISTENER)
    seconds = int(refused.headers["Retry-After"])
    assert 0 < seconds <= 60
    assert refused.json() == {
        "errors": [
            {
                "message": f"Too many requests: try again in {seconds} seconds.",
                "extensions": {
                    "code": "rate_limited",
                    "values": {"retry_after_seconds": seconds},
                },
            }
        ]
    }


LISTS = """{ a: recommendations { id } b: recommendations { id } c: recommendations { id }
  d: tracks { totalCount } }"""
"""They cost 311."""


def test_what_costs_more_counts_as_more_requests(open_door: OpenDoor) -> None:
    door = open_door(requests_per_minute=5)
    told = door.post(LISTS, LISTENER).json()
    assert told["extensions"]["requests"] == 3
    refused = door.post(LISTS, LISTENER)
    assert (refused.status_code, set(refused.json())) == (429, {"errors"})
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert _statuses(door, LISTENER, 2) == [200, 429], "what was refused took one"
    assert _statuses(door, OTHER, 1) == [200]


def test_what_costs_more_than_the_window_takes_all_of_it(open_door: OpenDoor) -> None:
    door = open_door(requests_per_minute=2)
    assert door.post(LISTS, LISTENER).status_code == 200
    assert _statuses(door, LISTENER, 1) == [429]


def test_web_sockets_count_too(open_door: OpenDoor) -> None:
    door = open_door(strangers_requests_per_minute=1)
    _statuses(door, None, 1)
    with pytest.raises(WebSocketDisconnect), opened(door):
        pass


def test_processes_count_together(open_door: OpenDoor) -> None:
    first, second = open_door(requests_per_minute=2), open_door(requests_per_minute=2)
    assert _statuses(first, LISTENER, 1) == [200]
    assert _statuses(second, LISTENER, 2) == [200, 429]
    assert _statuses(first, LISTENER, 1) == [429]


def test_without_a_key_value_server_each_process_counts(
    open_door: OpenDoor, tmp_path: Path
) -> None:
    door = open_door(redis_url=f"unix://{tmp_path}/nobody", requests_per_minute=2)
    assert _statuses(door, LISTENER, 3) == [200, 200, 429]


def test_each_subscription_counts_as_a_request(open_door: OpenDoor) -> None:
    door = open_door(requests_per_minute=3)
    refusals = []
    with signed_in(door, LISTENER) as socket:
        for _ in range(4):
            socket.subscribe("subscription { nothing }")
            refusals.append(socket.refusal())
    assert refusals == ["invalid_request"] * 3 + ["rate_limited"]
    assert _statuses(door, LISTENER, 1) == [429]


def test_one_user_opens_so_many_sockets(door: Door) -> None:
    with ExitStack() as stack:
        for _ in range(MAX_SOCKETS):
            stack.enter_context(signed_in(door, LISTENER))
        socket = stack.enter_context(opened(door))
        token = f"Bearer {door.token(LISTENER)}"
        socket.session.send_json({"type": "connection_init", "payload": {"Authorization": token}})
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.session.receive_json()
        assert closed.value.code == 4429
        stack.enter_context(signed_in(door, OTHER))
    with signed_in(door, LISTENER):
        """The others are closed."""


def test_one_user_follows_so_much(door: Door) -> None:
    door.state.followed.most = 1
    with signed_in(door) as socket, signed_in(door) as second:
        socket.subscribe(CHAMPION)
        await_listeners(door, CHAMPION_CHANNEL)
        second.subscribe(CHAMPION)
        assert second.refusal() == "too_many_open"
    await_silence(door, CHAMPION_CHANNEL)
    with signed_in(door) as socket:
        socket.subscribe(CHAMPION)
        await_listeners(door, CHAMPION_CHANNEL)


def test_what_takes_too_long_is_given_up(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked next has the usual time."""
    answered, token = threading.Event(), door.token(ADMINISTRATOR)
    headers = {"Authorization": f"Bearer {token}"}
    body = {"query": "{ tracks { totalCount } }"}
    with monkeypatch.context() as slow:
        slow.setitem(vars(door.state.settings), "request_seconds", 0.2)
        slow.setattr(catalog, "count_tracks", lambda *_: answered.wait(60))
        answer = door.client.post("/graphql", json=body, headers=headers)
        answered.set()
    assert answer.status_code == 503
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "time_limit", "values": {"seconds": 0.2}}
    assert error["message"].startswith("This took longer than 0.2 seconds.")
    assert door.ask(VIEWER)["viewer"]


def test_what_is_given_up_ends_in_the_database_too(
    open_door: OpenDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, ended = open_door(request_seconds=1), threading.Event()

    def count(session: Session, _text: str | None) -> None:
        try:
            ask_without_end(session)
        except OperationalError:
            ended.set()
            raise

    monkeypatch.setattr(catalog, "count_tracks", count)
    headers = {"Authorization": f"Bearer {door.token(LISTENER)}"}
    body = {"query": "{ tracks { totalCount } }"}
    answer = door.client.post("/graphql", json=body, headers=headers)
    assert answer.status_code == 503
    assert ended.wait(60)


def test_a_page_that_is_refused_says_when_to_come_again(open_door: OpenDoor) -> None:
    door = open_door(sign_in_attempts_per_minute=1)
    form = {"name": "ann", "password": "wrong"}
    door.client.post("/login", data=form)
    refused = door.client.post("/login", data=form)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
