"""GraphQL over HTTP: what is asked how, and answered with which status."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from graphql import get_introspection_query
from starlette.websockets import WebSocketDisconnect

from app.access import COOKIE
from tests.graphql.conftest import LISTENER, Door

STATUS = "{ status { state } }"
COST = {"extensions": {"cost": 10, "costLimit": 5000, "requests": 1}}
RUNNING = {"data": {"status": {"state": "RUNNING"}}} | COST
ANN = {"data": {"viewer": {"name": "ann"}}} | COST
JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
REFUSED = {
    "syntax": {"query": "{ status { state }"},
    "unknown field": {"query": "{ nothing }"},
    "variable": {"query": "query ($n: Int) { tracks(first: $n) { totalCount } }"}
    | {"variables": {"n": "many"}},
    "too large": {"query": "query ($n: Int) { tracks(first: $n) { totalCount } }"}
    | {"variables": {"n": 2**40}},
    "missing variable": {"query": "query ($id: ID!) { track(id: $id) { id } }"},
}


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        (None, JSON),
        ("*/*", JSON),
        (JSON, JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};charset=utf-8, {JSON};q=0.9", GRAPHQL_JSON),
    ],
)
def test_the_type_of_answer_that_the_client_accepts(
    door: Door, accept: str | None, given: str
) -> None:
    headers = {"Accept": accept} if accept else {}
    answer = door.client.post("/graphql", json={"query": STATUS}, headers=headers)
    assert (answer.status_code, answer.json()) == (200, RUNNING)
    assert answer.headers["content-type"] == f"{given}; charset=utf-8"


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (GRAPHQL_JSON, 400)])
def test_what_is_refused_before_its_execution_has_no_data(
    door: Door, body: dict[str, Any], accept: str, status: int
) -> None:
    answer = door.client.post("/graphql", json=body, headers={"Accept": accept})
    assert answer.status_code == status
    assert "data" not in answer.json()
    codes = {error["extensions"]["code"] for error in answer.json()["errors"]}
    assert codes == {"invalid_request"}


@pytest.mark.parametrize("accept", [JSON, GRAPHQL_JSON])
def test_what_fails_while_it_is_executed_has_data(door: Door, accept: str) -> None:
    body = {"query": "{ tracks { totalCount } }"}
    answer = door.client.post("/graphql", json=body, headers={"Accept": accept})
    assert (answer.status_code, answer.json()["data"]) == (200, None)


BODIES: list[bytes] = [
    b"",
    b"nonsense",
    b"null",
    b"5",
    b'"text"',
    b"[]",
    b"[1]",
    b'[{"query": "{ status { state } }"}]',
    b"{}",
    b'{"query": null}',
    b'{"query": 5}',
    b'{"query": ""}',
    b'{"query": "{ status { state } }", "variables": 5}',
    b'{"query": "{ status { state } }", "extensions": []}',
    b'{"query": "{ status { state } }", "operationName": 5}',
    b'{"query": "{ status { state } }", "operationName": ["a"]}',
    b'{"query": "{ status { state } }", "operationName": "other"}',
    b'{"query": "fragment f on Query { status { state } }"}',
    b'{"query": "\\ud800"}',
    b'{"query": "{ status { state } } \xff"}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:60].decode("latin-1"))
def test_what_is_no_request_is_refused_in_json(door: Door, body: bytes) -> None:
    answer = door.client.post("/graphql", content=body, headers={"Content-Type": JSON})
    assert answer.status_code in {200, 400}
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "invalid_request"}
    assert "data" not in answer.json()


def test_a_body_without_end_is_not_read_to_its_end(door: Door) -> None:
    body = (b" " * (1 << 16) for _ in range(64))
    answer = door.client.post("/graphql", content=body, headers={"Content-Type": JSON})
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"] == {"code": "invalid_request"}


def test_no_web_socket_of_the_older_protocol_is_opened(door: Door) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        door.client.websocket_connect("/graphql", ["graphql-ws"]) as socket,
    ):
        socket.receive_json()


@pytest.mark.parametrize(
    "sent", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]
)
def test_only_json_is_taken(door: Door, sent: str) -> None:
    body = json.dumps({"query": STATUS})
    answer = door.client.post("/graphql", content=body, headers={"Content-Type": sent})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (
        400,
        {"code": "invalid_request"},
    )


def test_a_query_by_get(door: Door) -> None:
    answer = door.client.get("/graphql", params={"query": STATUS})
    assert (answer.status_code, answer.json()) == (200, RUNNING)
    variables = {"query": "query ($n: Int) { tracks(first: $n) { totalCount } }", "variables": "5"}
    assert door.client.get("/graphql", params=variables).status_code == 400


def test_no_mutation_by_get(door: Door) -> None:
    body = {"query": 'mutation { login(input: {username: "a", password: "b"}) { __typename } }'}
    answer = door.client.get("/graphql", params=body)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (
        400,
        {"code": "invalid_request"},
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver:81"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("user_id", [None, LISTENER])
def test_other_sites_may_not_post(
    door: Door, headers: Mapping[str, str], user_id: int | None
) -> None:
    if user_id is not None:
        door.client.cookies.set(COOKIE, door.token(user_id))
    answer = door.client.post("/graphql", json={"query": STATUS}, headers=headers)
    assert answer.status_code == 403
    values = {"origin": headers.get("Origin", "another site")}
    assert answer.json()["errors"][0]["extensions"] == {"code": "cross_site", "values": values}


def test_other_sites_may_not_use_the_cookie_to_get(door: Door) -> None:
    elsewhere = {"Origin": "https://evil.example"}
    query = {"query": STATUS}
    assert door.client.get("/graphql", params=query, headers=elsewhere).status_code == 200
    door.client.cookies.set(COOKIE, door.token(LISTENER))
    assert door.client.get("/graphql", params=query, headers=elsewhere).status_code == 403


def test_our_own_pages_post_with_the_cookie(door: Door) -> None:
    door.client.cookies.set(COOKIE, door.token(LISTENER))
    headers = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    body = {"query": "{ viewer { name } }"}
    answer = door.client.post("/graphql", json=body, headers=headers)
    assert answer.json() == ANN


def test_a_bearer_token_comes_from_anywhere(door: Door) -> None:
    headers = {"Origin": "https://app.example", "Authorization": f"Bearer {door.token(LISTENER)}"}
    body = {"query": "{ viewer { name } }"}
    answer = door.client.post("/graphql", json=body, headers=headers)
    assert answer.json() == ANN


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "é"])
def test_a_header_that_is_no_token_is_nobodys(door: Door, header: str) -> None:
    headers = {b"Authorization": header.encode()}
    body = {"query": "{ viewer { name } }"}
    answer = door.client.post("/graphql", json=body, headers=headers)
    assert answer.json()["data"] == {"viewer": None}


def test_development_tells_strangers_the_schema_and_suggests(door: Door) -> None:
    assert door.ask(get_introspection_query(), None)["__schema"]
    assert "Did you mean" in door.error("{ statuss }", None)["message"]
    assert "Did you mean" in door.error("{ tracks(frst: 1) { totalCount } }", None)["message"]


def test_production_tells_the_schema_to_users_alone(production: Door) -> None:
    asked = get_introspection_query()
    refused = production.post(asked).json()
    assert list(refused) == ["errors"]
    assert production.ask(asked, LISTENER)["__schema"]


@pytest.mark.parametrize(
    "document",
    [
        "{ statu }",
        "{ tracks(firs: 1) { totalCount } }",
        "{ trainings(state: FINISHE) { totalCount } }",
        "{ node(id: 1) { ... on Trac { id } } }",
        "{ node(id: 1) { title } }",
        'mutation { login(input: {usernam: "a"}) { __typename } }',
    ],
)
def test_production_suggests_nothing(production: Door, document: str) -> None:
    errors = production.post(document, LISTENER).json()["errors"]
    assert errors
    assert not [error for error in errors if "Did you mean" in error["message"]]


def test_production_takes_no_query_by_get(production: Door) -> None:
    answer = production.client.get("/graphql", params={"query": STATUS})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (
        400,
        {"code": "invalid_request"},
    )
    assert production.client.post("/graphql", json={"query": STATUS}).json() == RUNNING


def test_whoever_looks_after_the_process_may_ask_by_head(door: Door) -> None:
    assert door.client.head("/healthz").status_code == 200
