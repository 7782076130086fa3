"""Radio through the API."""

from itertools import pairwise

import pytest
from sqlmodel import select

from app import playlists
from app.graphql.ids import global_id
from app.ml.model_slot import LoadedModel
from app.models import ListKind, Prediction
from tests.graphql.conftest import LISTENER, OTHER, TRACKS_EACH, Door

RADIO = """query ($seed: ID!, $after: String, $first: Int) {
  radio(seedId: $seed, after: $after, first: $first) {
    id modelVersion servedAt endCursor items { position score track { id artist { id } } }
  }
}"""
TRACK = global_id("Track", 1)


def test_a_radio_goes_on_behind_its_cursor(door: Door, model: LoadedModel) -> None:
    first = door.ask(RADIO, seed=TRACK, first=5)["radio"]
    assert first["modelVersion"] == model.version
    assert [item["position"] for item in first["items"]] == [1, 2, 3, 4, 5]
    second = door.ask(RADIO, seed=TRACK, first=5, after=first["endCursor"])["radio"]
    queued = [item["track"]["id"] for part in (first, second) for item in part["items"]]
    assert len(set(queued)) == 10
    assert TRACK not in queued


def test_each_part_is_written_down_as_served(door: Door, model: LoadedModel) -> None:
    radio = door.ask(RADIO, seed=global_id("Artist", 2), first=3)["radio"]
    door.state.served_log.stop()
    with door.state.database.read() as session:
        row = session.exec(select(Prediction).where(Prediction.list_id == radio["id"])).one()
    assert (row.user_id, row.kind, row.model_version) == (LISTENER, ListKind.RADIO, model.version)
    tracks = [global_id("Track", track_id) for track_id, _ in row.items]
    assert tracks == [item["track"]["id"] for item in radio["items"]]


def test_a_radio_of_a_playlist_is_for_its_owner_alone(door: Door, model: LoadedModel) -> None:
    number = door.state.database.transact(
        lambda session: playlists.create(session, LISTENER, "Mine", [1, 2])
    )
    seed = global_id("Playlist", number)
    radio = door.ask(RADIO, seed=seed, first=5)["radio"]
    queued = {item["track"]["id"] for item in radio["items"]}
    assert len(queued - {global_id("Track", 1), global_id("Track", 2)}) == 5
    assert door.error(RADIO, OTHER, seed=seed)["extensions"]["code"] == "not_found"


def test_a_radio_without_a_model_begins_with_the_artist_and_genre(door: Door) -> None:
    radio = door.ask(RADIO, seed=TRACK, first=TRACKS_EACH)["radio"]
    assert radio["modelVersion"] is None
    artists = [item["track"]["artist"]["id"] for item in radio["items"]]
    assert set(artists) <= {global_id("Artist", number) for number in (1, 3, 5)}
    assert all(one != other for one, other in pairwise(artists))


@pytest.mark.parametrize(
    ("variables", "code", "field"),
    [
        ({"seed": "x"}, "invalid_input", "seedId"),
        ({"seed": global_id("User", 1)}, "invalid_input", "seedId"),
        ({"seed": TRACK, "after": "x"}, "invalid_input", "after"),
        ({"seed": TRACK, "first": 0}, "invalid_input", "first"),
        ({"seed": TRACK, "first": 101}, "invalid_input", "first"),
        ({"seed": global_id("Track", 10**6)}, "not_found", None),
        ({"seed": "5c3f8a4e-4f0e-4b7e-9d8a-0e4b7e9d8a0e"}, "not_found", None),
    ],
)
def test_what_cannot_be_a_radio_is_named(
    door: Door, variables: dict[str, str | int], code: str, field: str | None
) -> None:
    extensions = door.error(RADIO, **variables)["extensions"]
    assert (extensions["code"], extensions.get("field")) == (code, field)
