"""Mixes, artists not yet met and what is popular, through the API."""

import pytest

from app.graphql.ids import global_id
from app.ml.model_slot import LoadedModel
from tests.graphql.conftest import ADMINISTRATOR, ARTISTS, LISTENER, OTHER, Door, refused

MIXES = """{
  mixes { id modelVersion seeds { title } items { position score track { title } } }
}"""
NEW = """query ($first: Int, $exclude: [ID!]) {
  newArtists(first: $first, exclude: $exclude) {
    id modelVersion items { position track { id artist { name } } }
  }
}"""
POPULAR = "query ($first: Int) { popularTracks(first: $first) { id title } }"
DISLIKE = """mutation ($id: ID!) {
  setFeedback(input: {trackId: $id, feedback: DISLIKED}) { __typename }
}"""
LISTEN = """mutation ($listens: [RecordListenInput!]!) {
  recordListens(input: {listens: $listens}) { ... on ListensRecorded { results { isNew } } }
}"""


def _listen(door: Door, user_id: int, *tracks: int) -> None:
    listens = [{"trackId": global_id("Track", track)} for track in tracks]
    door.ask(LISTEN, user_id, listens=listens)


def test_a_mix_for_each_taste_with_what_it_was_made_from(door: Door, model: LoadedModel) -> None:
    _listen(door, LISTENER, 16, 17, 21)
    first, second = door.ask(MIXES)["mixes"]
    halves = [{seed["title"] for seed in mix["seeds"]} for mix in (first, second)]
    assert sorted(halves, key=sorted) == [
        {"Song 1", "Song 2", "Song 6"},
        {"Song 16", "Song 17", "Song 21"},
    ]
    assert first["id"] != second["id"]
    assert [item["position"] for item in first["items"]] == [*range(1, len(first["items"]) + 1)]
    assert first["modelVersion"] == model.version


def test_what_is_played_from_a_mix_is_told_with_its_list(door: Door, model: LoadedModel) -> None:
    _listen(door, LISTENER, 3)
    (mix,) = door.ask(MIXES)["mixes"]
    door.state.served_log.stop()
    asked = "query ($id: ID!) { radio(seedId: $id, first: 1) { id } }"
    assert door.ask(asked, id=mix["id"])["radio"]["id"], "the list is on record"


def test_there_is_no_mix_without_a_model_or_a_taste(door: Door) -> None:
    assert door.ask(MIXES) == {"mixes": []}
    assert door.ask(NEW) == {"newArtists": None}


def test_new_artists_are_those_never_played(door: Door, model: LoadedModel) -> None:
    found = door.ask(NEW, first=10)["newArtists"]
    names = [item["track"]["artist"]["name"] for item in found["items"]]
    assert sorted(names) == sorted(set(ARTISTS) - {"Abba", "Beyoncé"})
    shown = [item["track"]["id"] for item in found["items"]]
    others = door.ask(NEW, first=10, exclude=shown)["newArtists"]
    assert not {item["track"]["id"] for item in others["items"]} & set(shown)
    assert door.ask(NEW, OTHER)["newArtists"] is None, "no history"


def test_popular_is_what_most_listeners_played_but_for_what_is_disliked(door: Door) -> None:
    _listen(door, OTHER, 9, 6)
    _listen(door, ADMINISTRATOR, 9, 6)
    titles = [track["title"] for track in door.ask(POPULAR)["popularTracks"]]
    assert titles == ["Song 6", "Song 9", "Song 1", "Song 2"]
    door.ask(DISLIKE, id=global_id("Track", 6))
    (only,) = door.ask(POPULAR, first=1)["popularTracks"]
    assert only["title"] == "Song 9"


@pytest.mark.parametrize("first", [0, 41])
def test_a_chart_is_no_longer_than_it_is(door: Door, first: int) -> None:
    said = door.error(POPULAR, first=first)["extensions"]
    assert said == refused("first", "OUT_OF_RANGE", given=first, least=1, most=40)


def test_what_is_left_out_must_be_tracks(door: Door) -> None:
    (error,) = door.post(NEW, LISTENER, exclude=[global_id("Artist", 1)]).json()["errors"]
    assert error["extensions"] == refused("exclude", "WRONG_ID", kind="Track")
