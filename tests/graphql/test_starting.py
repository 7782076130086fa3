"""Artists to start with, through the API."""

import pytest

from app.graphql.ids import global_id
from app.ml.model_slot import LoadedModel
from tests.graphql.conftest import ARTISTS, LISTENER, OTHER, Door

OFFERED = """query ($first: Int, $picked: [ID!]) {
  artistsToStartWith(first: $first, picked: $picked) { id name trackCount }
}"""
START = """mutation ($ids: [ID!]!) {
  startWithArtists(input: {artistIds: $ids}) {
    __typename
    ... on StartedWithArtists { artists { id name } }
    ... on InvalidInput { field }
    ... on NotFound { kind }
  }
}"""
LIST = """{
  pickedArtists { id }
  recommendations(first: 5) { items { track { artist { name } } reasons { isPick } } }
}"""


def test_a_new_listener_picks_and_gets_a_list_at_once(door: Door, model: LoadedModel) -> None:
    offered = door.ask(OFFERED, OTHER)["artistsToStartWith"]
    assert {artist["name"] for artist in offered} == set(ARTISTS)
    picked = [global_id("Artist", 5)]
    started = door.ask(START, OTHER, ids=picked)["startWithArtists"]
    assert started["artists"] == [{"id": picked[0], "name": "Elton John"}]
    data = door.ask(LIST, OTHER)
    assert data["pickedArtists"] == [{"id": picked[0]}]
    names = {item["track"]["artist"]["name"] for item in data["recommendations"]["items"]}
    assert names <= set(ARTISTS[3:])
    assert data["recommendations"]["items"][0]["reasons"][0] == {"isPick": True}
    assert door.ask(LIST, LISTENER)["pickedArtists"] == []


def test_picks_come_first_on_the_wall(door: Door, model: LoadedModel) -> None:
    picked = global_id("Artist", 6)
    offered = door.ask(OFFERED, first=2, picked=[picked])["artistsToStartWith"]
    assert offered[0]["id"] == picked
    assert len(offered) == 2


@pytest.mark.parametrize(
    ("ids", "problem"),
    [
        (["x"], {"__typename": "InvalidInput", "field": "artistIds"}),
        ([global_id("Track", 1)], {"__typename": "InvalidInput", "field": "artistIds"}),
        ([global_id("Artist", 99)], {"__typename": "NotFound", "kind": "ARTIST"}),
    ],
)
def test_what_cannot_be_picked_is_named(
    door: Door, ids: list[str], problem: dict[str, str]
) -> None:
    assert door.ask(START, ids=ids)["startWithArtists"] == problem


def test_a_wall_of_no_size_is_refused(door: Door) -> None:
    assert door.error(OFFERED, first=0)["extensions"]["field"] == "first"
    assert door.error(OFFERED, picked=["x"])["extensions"]["field"] == "picked"
