"""Anything by its global id."""

from app.graphql.ids import global_id
from app.ml.model_slot import LoadedModel
from app.models import DataImport
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, OTHER, Door, refused
from tests.graphql.test_catalog import BAD_IDS

NODES = """
query ($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename id
    ... on Track { title } ... on Artist { name } ... on User { name } ... on Training { version }
  }
}
"""
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"


def test_each_kind_in_the_order_asked_for(door: Door, model: LoadedModel) -> None:
    with door.state.database.write() as session:
        session.add(DataImport(id=1, source="x", format="csv", path="x"))
    kinds = {"DataImport": 1, "Track": 2, "Artist": 2, "User": LISTENER, "Training": model.version}
    ids = [global_id(kind, number) for kind, number in kinds.items()]
    wanted = [*ids, ids[0], "nonsense"]
    found = door.ask(NODES, ADMINISTRATOR, ids=wanted)["nodes"]
    assert [node and node["id"] for node in found] == [*ids, ids[0], None]
    assert [node["__typename"] for node in found[:5]] == list(kinds)
    for node in found[:5]:
        assert door.ask(NODE, ADMINISTRATOR, id=node["id"])["node"]["id"] == node["id"]


def test_ids_of_nothing(door: Door) -> None:
    missing = [bad for bad in BAD_IDS if bad != global_id("Artist", 1)]
    missing += [global_id("Training", 77), global_id("User", 77), global_id("Query", 1)]
    assert door.ask(NODES, ADMINISTRATOR, ids=missing)["nodes"] == [None] * len(missing)


def test_listeners_see_themselves_and_no_training(door: Door, model: LoadedModel) -> None:
    ids = [global_id("User", LISTENER), global_id("User", OTHER), global_id("Training", 1)]
    assert model.version == 1
    found = door.ask(NODES, LISTENER, ids=ids)["nodes"]
    assert [node and node["name"] for node in found] == ["ann", None, None]


def test_too_many_at_once(door: Door) -> None:
    error = door.error(NODES, ids=[global_id("Track", 1)] * 101)
    assert error["extensions"] == refused("ids", "TOO_MANY", given=101, most=100)
