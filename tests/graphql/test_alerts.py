"""Alerts, seen and not seen yet."""

from typing import Any

from app import alerts
from app.graphql.ids import global_id
from app.models import AlertKind
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, Door

ALERTS = """query ($first: Int, $after: String, $acknowledged: Boolean) {
  alerts(first: $first, after: $after, acknowledged: $acknowledged) {
    totalCount
    edges { node { id kind message details raisedAt acknowledgedAt acknowledgedBy } }
    pageInfo { hasNextPage endCursor }
  }
}"""
ACKNOWLEDGE = """mutation ($input: AcknowledgeAlertInput!) {
  acknowledgeAlert(input: $input) {
    __typename
    ... on AlertAcknowledged { alert { message acknowledgedBy } }
    ... on Problem { code }
  }
}"""


def _raise(door: Door, *messages: str) -> None:
    with door.state.database.write() as session:
        for message in messages:
            alerts.raise_alert(session, AlertKind.DRIFT, message, {"shift": 0.25})


def _messages(door: Door, **variables: Any) -> tuple[list[str], Any]:
    page = door.ask(ALERTS, ADMINISTRATOR, **variables)["alerts"]
    return [edge["node"]["message"] for edge in page["edges"]], page


def _acknowledge(door: Door, alert: str) -> Any:
    answer = door.ask(ACKNOWLEDGE, ADMINISTRATOR, input={"alertId": alert})
    return answer["acknowledgeAlert"]


def test_alerts_newest_first_by_pages(door: Door) -> None:
    _raise(door, "one", "two", "three")
    messages, page = _messages(door, first=2)
    assert (messages, page["totalCount"]) == (["three", "two"], 3)
    node = page["edges"][0]["node"]
    assert (node["kind"], node["details"]) == ("DRIFT", {"shift": 0.25})
    rest, page = _messages(door, first=2, after=page["pageInfo"]["endCursor"])
    assert rest == ["one"]
    assert not page["pageInfo"]["hasNextPage"]


def test_who_saw_it_first_stays_on_record(door: Door) -> None:
    _raise(door, "one", "two")
    seen = {
        "__typename": "AlertAcknowledged",
        "alert": {"message": "one", "acknowledgedBy": "root"},
    }
    assert _acknowledge(door, global_id("Alert", 1)) == seen
    with door.state.database.write() as session:
        alerts.acknowledge(session, 1, "eve")
    assert _acknowledge(door, global_id("Alert", 1)) == seen
    for acknowledged, expected in ((True, ["one"]), (False, ["two"]), (None, ["two", "one"])):
        messages, page = _messages(door, acknowledged=acknowledged)
        assert messages == expected
        assert page["totalCount"] == len(expected)


def test_an_alert_that_does_not_exist(door: Door) -> None:
    assert _acknowledge(door, global_id("Alert", 9))["code"] == "not_found"
    assert _acknowledge(door, global_id("Track", 1))["code"] == "invalid_input"


def test_an_alert_is_a_node_for_administrators(door: Door) -> None:
    _raise(door, "one")
    document = "query ($id: ID!) { node(id: $id) { ... on Alert { message } } }"
    given = {"id": global_id("Alert", 1)}
    assert door.ask(document, ADMINISTRATOR, **given) == {"node": {"message": "one"}}
    assert door.ask(document, LISTENER, **given) == {"node": None}
