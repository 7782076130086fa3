"""Recommendations, their reasons, and similar tracks."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from app.graphql.ids import global_id
from app.ml.model_slot import LoadedModel
from app.models import ListKind, Prediction
from tests.graphql.conftest import ADMINISTRATOR, HEARD, LISTENER, OTHER, Door, refused

LIST = """
query (
  $first: Int, $discovery: Float, $maxPerArtist: Int, $exclude: [ID!], $excludeArtists: [ID!],
  $diversity: Float
) {
  recommendations(
    first: $first, discovery: $discovery, maxPerArtist: $maxPerArtist, exclude: $exclude,
    excludeArtists: $excludeArtists, diversity: $diversity
  ) {
    id modelVersion servedAt
    items { position score track { id title artist { name } } }
  }
}
"""
SIMILAR = """
query ($id: ID!, $first: Int) {
  similarTracks(trackId: $id, first: $first) {
    id modelVersion items { position score track { title artist { name } } }
  }
}
"""
FOR_USER = """
query ($id: ID!, $first: Int) {
  recommendationsFor(userId: $id, first: $first) {
    id items { track { title } reasons { track { title } } }
  }
}
"""
REASONS = """
query ($first: Int) {
  recommendations(first: 2) {
    items { score track { title } reasons(first: $first) { contribution track { title } } }
  }
}
"""


def _titles(served: dict[str, Any]) -> list[str]:
    return [item["track"]["title"] for item in served["items"]]


def _songs(*numbers: int) -> list[str]:
    return [f"Song {number}" for number in numbers]


def test_popularity_is_served_without_a_model(door: Door) -> None:
    served = door.ask(LIST, first=4)["recommendations"]
    assert served["modelVersion"] is None
    assert _titles(served) == _songs(3, 4, 5, 7)
    assert [item["position"] for item in served["items"]] == [1, 2, 3, 4]


def test_the_model_serves_what_fits_the_listener(door: Door, model: LoadedModel) -> None:
    served = door.ask(LIST, first=5)["recommendations"]
    assert served["modelVersion"] == model.version
    assert _titles(served) == _songs(3, 4, 5, 7, 8)
    scores = [item["score"] for item in served["items"]]
    assert scores == sorted(scores, reverse=True)
    assert served["items"][0]["track"]["artist"] == {"name": "Abba"}


def test_a_listen_changes_the_very_next_list(door: Door, model: LoadedModel) -> None:
    before = _titles(door.ask(LIST, first=3)["recommendations"])
    assert model.version
    for number in (3, 28, 29, 30):
        heard = f'mutation {{ recordListen(input: {{trackId: "{global_id("Track", number)}"}})'
        door.ask(f"{heard} {{ __typename }} }}")
    after = _titles(door.ask(LIST, first=3)["recommendations"])
    assert before == _songs(3, 4, 5)
    assert "Song 3" not in after


def test_the_dials(door: Door, model: LoadedModel) -> None:
    assert model.version
    capped = door.ask(LIST, first=4, maxPerArtist=1)["recommendations"]
    names = [item["track"]["artist"]["name"] for item in capped["items"]]
    assert len(set(names)) == 4
    familiar = door.ask(LIST, first=3, discovery=0)["recommendations"]
    assert set(_titles(familiar)) == set(_songs(*HEARD))
    excluded = [global_id("Track", 3), global_id("Track", 4)]
    left = door.ask(LIST, first=2, exclude=excluded)["recommendations"]
    assert _titles(left) == _songs(5, 7)
    foreign = door.ask(LIST, first=2, excludeArtists=[global_id("Artist", 1)])["recommendations"]
    assert _titles(foreign) == _songs(7, 8)
    mixed = door.ask(LIST, first=5, diversity=1)["recommendations"]
    assert len({item["track"]["artist"]["name"] for item in mixed["items"]}) > 2


@pytest.mark.parametrize(
    ("dial", "value"),
    [
        ("first", 0),
        ("first", 101),
        ("discovery", 1.1),
        ("discovery", -0.1),
        ("maxPerArtist", 0),
        ("exclude", ["nonsense"]),
        ("exclude", [global_id("Track", 1)] * 1001),
        ("excludeArtists", [global_id("Track", 1)]),
        ("excludeArtists", [global_id("Artist", 1)] * 1001),
        ("diversity", 1.1),
    ],
)
def test_a_dial_out_of_its_range(door: Door, dial: str, value: Any) -> None:
    error = door.error(LIST, **{dial: value})
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("invalid_input", dial)


def test_reasons_add_up_to_no_more_than_the_score(door: Door, model: LoadedModel) -> None:
    assert model.version
    for item in door.ask(REASONS)["recommendations"]["items"]:
        titles = {reason["track"]["title"] for reason in item["reasons"]}
        assert titles == set(_songs(*HEARD))
        given = [reason["contribution"] for reason in item["reasons"]]
        assert given == sorted(given, reverse=True)
        assert 0 < sum(given) <= item["score"] + 1e-6
    (best, _) = door.ask(REASONS, first=1)["recommendations"]["items"]
    assert len(best["reasons"]) == 1


def test_popularity_has_no_reasons(door: Door) -> None:
    items = door.ask(REASONS)["recommendations"]["items"]
    assert [item["reasons"] for item in items] == [[], []]


@pytest.mark.parametrize("first", [0, 11])
def test_reasons_within_reason(door: Door, first: int) -> None:
    answer = door.post(REASONS, LISTENER, first=first).json()
    assert answer["data"] is None
    codes = [error["extensions"] for error in answer["errors"]]
    assert (codes[0]["code"], codes[0]["field"]) == ("invalid_input", "first")


def test_similar_tracks_by_the_model(door: Door, model: LoadedModel) -> None:
    served = door.ask(SIMILAR, id=global_id("Track", 30), first=3)["similarTracks"]
    assert served["modelVersion"] == model.version
    assert all(int(title.removeprefix("Song ")) > 15 for title in _titles(served))
    assert "Song 30" not in _titles(served)


def test_similar_tracks_without_a_model_are_of_the_artist(door: Door) -> None:
    served = door.ask(SIMILAR, id=global_id("Track", 1), first=4)["similarTracks"]
    assert served["modelVersion"] is None
    assert _titles(served) == _songs(2, 3, 4, 5)


def test_similar_to_nothing(door: Door) -> None:
    missing = door.error(SIMILAR, id=global_id("Track", 999))
    assert missing["extensions"] == {"code": "not_found", "values": {"kind": "track"}}
    assert missing["message"] == "No track has that id."
    nonsense = door.error(SIMILAR, id="nonsense")
    assert nonsense["extensions"] == refused("trackId", "WRONG_ID", kind="Track")
    assert door.error(SIMILAR, id=global_id("Track", 1), first=0)["extensions"]["field"] == "first"


def test_an_administrator_sees_what_a_listener_would_get(door: Door, model: LoadedModel) -> None:
    assert model.version
    own = door.ask(LIST, first=3)["recommendations"]
    seen = door.ask(FOR_USER, ADMINISTRATOR, id=global_id("User", LISTENER), first=3)
    assert _titles(seen["recommendationsFor"]) == _titles(own)
    assert seen["recommendationsFor"]["items"][0]["reasons"]
    new = door.ask(FOR_USER, ADMINISTRATOR, id=global_id("User", OTHER), first=3)
    assert _titles(new["recommendationsFor"]) == _songs(1, 2, 3)


def test_recommendations_for_nobody(door: Door) -> None:
    missing = door.error(FOR_USER, ADMINISTRATOR, id=global_id("User", 999))
    assert (missing["extensions"], missing["message"]) == (
        {"code": "not_found", "values": {"kind": "user"}},
        "No user has that id.",
    )
    nonsense = door.error(FOR_USER, ADMINISTRATOR, id=global_id("Track", 1))
    assert nonsense["extensions"] == refused("userId", "WRONG_ID", kind="User")


def test_lists_are_written_down_but_not_those_that_the_listener_never_saw(
    door: Door, model: LoadedModel
) -> None:
    own = door.ask(LIST, first=3)["recommendations"]
    similar = door.ask(SIMILAR, id=global_id("Track", 1), first=2)["similarTracks"]
    door.ask(FOR_USER, ADMINISTRATOR, id=global_id("User", LISTENER))
    door.state.served_log.stop()
    with door.state.database.read() as session:
        rows = {row.list_id: row for row in session.exec(select(Prediction))}
    assert set(rows) == {own["id"], similar["id"]}
    row = rows[own["id"]]
    assert uuid.UUID(row.list_id).version == 4
    kept = (row.user_id, row.kind, row.model_version)
    assert kept == (LISTENER, ListKind.RECOMMENDATIONS, model.version)
    tracks = [global_id("Track", track_id) for track_id, _ in row.items]
    assert tracks == [item["track"]["id"] for item in own["items"]]
    assert rows[similar["id"]].kind is ListKind.SIMILAR


@contextmanager
def _selects(door: Door) -> Iterator[list[str]]:
    """The queries that are sent to the database meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(door.state.database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(door.state.database.engine, "before_cursor_execute", note)


def test_a_list_of_twenty_takes_as_few_queries_as_one_of_two(
    door: Door, model: LoadedModel
) -> None:
    asked = """
    query ($first: Int) {
      recommendations(first: $first) {
        items {
          track { title viewerFeedback viewerPlayCount artist { name trackCount listenerCount } }
        }
      }
    }
    """
    assert model.version
    door.state.follower.stop()  # it asks for the champion now and then
    door.state.served_log.stop()  # what it asks, no request waits for
    door.token(LISTENER)
    counts = []
    for first in (2, 20):
        with _selects(door) as seen:
            items = door.ask(asked, first=first)["recommendations"]["items"]
        assert len(items) == first
        counts.append(len(seen))
    # who asks, their history and picks, the tracks, what they did with them, the artists
    assert counts == [6, 6]
