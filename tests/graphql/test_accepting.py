"""JSON or a stream of events, as the client would rather have it."""

import pytest

from app.graphql.accepting import prefers_events
from app.graphql.ids import global_id
from app.ml.model_slot import LoadedModel
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, Door
from tests.graphql.test_events import PROGRESS, events

URQL = (
    "application/graphql-response+json, application/graphql+json, application/json,"
    " text/event-stream, multipart/mixed"
)
"""With each of urql's queries and mutations."""
URQL_FOLLOWING = "text/event-stream, multipart/mixed"
EVENTS = "text/event-stream"


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (EVENTS, True),
        ("Text/Event-Stream;charset=utf-8", True),
        (f"{EVENTS}, */*", True),
        (f"{EVENTS}, application/json", True),
        (f"application/json;q=0.5, {EVENTS}", True),
        (f"application/json;q=0, {EVENTS};q=0.1", True),
        (f"application/json;q=much, {EVENTS}", False),
        (f"application/json, {EVENTS}", False),
        (f"{EVENTS};q=0.9, application/json", False),
        (f"{EVENTS};q=0", False),
        (f"{EVENTS}s", False),
        (URQL_FOLLOWING, True),
        (URQL, False),
        ("*/*", False),
        ("", False),
    ],
)
def test_what_a_client_would_rather_have(accept: str, *, wanted: bool) -> None:
    assert prefers_events(accept) is wanted


@pytest.mark.parametrize("document", ["{ viewer { id } }", "mutation { logout { __typename } }"])
def test_who_can_read_events_too_is_answered_in_json(door: Door, document: str) -> None:
    headers = {"Accept": URQL, "Authorization": f"Bearer {door.token(LISTENER)}"}
    answer = door.client.post("/graphql", json={"query": document}, headers=headers)
    assert answer.headers["content-type"].startswith("application/graphql-response+json")
    assert answer.status_code == 200
    assert all(answer.json()["data"].values())


def test_and_follows_by_events(door: Door, model: LoadedModel) -> None:
    headers = {"Accept": URQL_FOLLOWING, "Authorization": f"Bearer {door.token(ADMINISTRATOR)}"}
    body = {"query": PROGRESS, "variables": {"id": global_id("Training", model.version)}}
    answer = door.client.post("/graphql", json=body, headers=headers)
    assert [name for name, _ in events(iter(answer.text.splitlines()))] == ["next", "complete"]
    assert answer.text.count("\n\n") == 2, "two line feeds are what urql takes for an event's end"
