"""What answers are held against finds each way in which one could be wrong."""

from typing import Any

import pytest

from tests.graphql.promises import broken, naming_types

DOCUMENT = naming_types(
    """{
      status { state modelVersion }
      viewer { id listens(first: 2) { edges { node { plays listenedAt } } } }
      node(id: "x") { id ... on Track { title ... on Node { same: id } } ... on User { name } }
    }"""
)


def _answer(**changed: Any) -> dict[str, Any]:
    listen = {"plays": 1, "listenedAt": "2026-11-22T20:15:00+00:00"}
    whole = {
        "status": {"state": "RUNNING", "modelVersion": None},
        "viewer": {"id": "VXNlcjox", "listens": {"edges": [{"node": listen}]}},
        "node": {"__typename": "Track", "id": "x", "title": "Rio", "same": "x"},
    }
    return whole | changed


def _listens(**changed: Any) -> dict[str, Any]:
    node = {"plays": 1, "listenedAt": None} | changed
    return {"viewer": {"id": "x", "listens": {"edges": [{"node": node}]}}}


def test_what_the_schema_promises_is_found_sound() -> None:
    assert broken(DOCUMENT, _answer()) == []
    assert broken(DOCUMENT, _answer(viewer=None, node=None)) == []
    assert broken(DOCUMENT, _answer(node={"__typename": "User", "id": "x", "name": "ann"})) == []
    assert broken(DOCUMENT, _answer(node={"__typename": "Listen", "id": "x"})) == []


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"status": None}, "data.status is null"),
        ({"status": {"state": "WELL", "modelVersion": 1}}, "data.status.state is 'WELL'"),
        ({"status": {"state": "RUNNING", "modelVersion": 2**31}}, "data.status.modelVersion is"),
        ({"status": {"state": "RUNNING", "modelVersion": "1"}}, "data.status.modelVersion is"),
        ({"status": {"state": "RUNNING", "modelVersion": True}}, "data.status.modelVersion is"),
        ({"status": {"state": "RUNNING"}}, "data.status has"),
        (_listens(plays=None), "data.viewer.listens.edges[0].node.plays is null"),
        (_listens(plays=1.5), "data.viewer.listens.edges[0].node.plays is 1.5"),
        (_listens(listenedAt="2026-11-22T20:15:00"), "data.viewer.listens.edges[0].node.listened"),
        ({"viewer": {"id": 7, "listens": {"edges": []}}}, "data.viewer.id is 7"),
        ({"node": {"__typename": "Status", "id": "x"}}, "data.node is Status"),
        ({"node": {"__typename": "Track", "id": "x", "title": "Rio"}}, "data.node has"),
        ({"more": 1}, "data has"),
    ],
)
def test_what_it_does_not_is_named(changed: dict[str, Any], place: str) -> None:
    (found,) = broken(DOCUMENT, _answer(**changed))
    assert found.startswith(place)
