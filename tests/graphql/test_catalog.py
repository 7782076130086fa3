"""Tracks and artists."""

from typing import Any

import pytest
from strawberry.relay.utils import to_base64

from app import catalog, editing
from app.graphql.ids import global_id
from app.models import Track
from tests.graphql.conftest import ARTISTS, TRACKS_EACH, Door, refused

TRACK = """
query ($id: ID!) {
  track(id: $id) {
    id title artist { id name } album year genre durationSeconds listenerCount
    youtubeId videoState viewerFeedback viewerPlayCount
  }
}
"""
ARTIST = """
query ($id: ID!, $first: Int, $after: String) {
  artist(id: $id) {
    name trackCount listenerCount
    tracks(first: $first, after: $after) {
      totalCount edges { node { title artist { name } } } pageInfo { hasNextPage endCursor }
    }
  }
}
"""
SEARCH = """
query ($search: String, $first: Int, $after: String) {
  tracks(search: $search, first: $first, after: $after) {
    totalCount
    edges { cursor node { title } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""
ARTISTS_QUERY = """
query ($search: String, $first: Int, $after: String) {
  artists(search: $search, first: $first, after: $after) {
    totalCount edges { node { name trackCount } } pageInfo { hasNextPage endCursor }
  }
}
"""
COUNT = len(ARTISTS) * TRACKS_EACH


def test_a_track_with_what_the_viewer_did(door: Door) -> None:
    assert door.ask(TRACK, id=global_id("Track", 2))["track"] == {
        "id": global_id("Track", 2),
        "title": "Song 2",
        "artist": {"id": global_id("Artist", 1), "name": "Abba"},
        "album": None,
        "year": None,
        "genre": "pop",
        "durationSeconds": None,
        "listenerCount": 99,
        "youtubeId": None,
        "videoState": "UNKNOWN",
        "viewerFeedback": None,
        "viewerPlayCount": 1,
    }


BAD_IDS = [
    "",
    "1",
    "Track:1",
    "VHJhY2s6MQ",  # its end is missing
    global_id("Artist", 1),
    global_id("Track", 9999),
    global_id("Track", -1),
    global_id("Track", 2**31),
    global_id("Track", 10**30),
    global_id("Track", 1).replace("=", "!"),
    "VHJhY2s6MDE=",  # Track:01
    "VHJhY2s6wrI=",  # Track:²
    "\x00",
    "é" * 1000,
]


@pytest.mark.parametrize("bad", BAD_IDS)
def test_an_id_of_nothing_finds_nothing(door: Door, bad: str) -> None:
    assert door.ask(TRACK, id=bad) == {"track": None}
    asked = "query ($id: ID!) { artist(id: $id) { name } }"
    expected = {"name": "Abba"} if bad == global_id("Artist", 1) else None
    assert door.ask(asked, id=bad) == {"artist": expected}


def test_an_artist_with_tracks(door: Door) -> None:
    artist = door.ask(ARTIST, id=global_id("Artist", 2), first=2)["artist"]
    assert artist["name"] == "Beyoncé"
    assert (artist["trackCount"], artist["listenerCount"]) == (5, 95 + 94 + 93 + 92 + 91)
    assert artist["tracks"]["totalCount"] == TRACKS_EACH
    assert _titles(artist["tracks"]) == ["Song 6", "Song 7"]
    behind = artist["tracks"]["pageInfo"]["endCursor"]
    rest = door.ask(ARTIST, id=global_id("Artist", 2), first=3, after=behind)["artist"]["tracks"]
    assert _titles(rest) == ["Song 8", "Song 9", "Song 10"]
    assert rest["pageInfo"]["hasNextPage"] is False


def test_search_finds_beginnings_of_words_without_accents(door: Door) -> None:
    found = door.ask(SEARCH, search="beyon SONG")["tracks"]
    assert found["totalCount"] == TRACKS_EACH
    assert _titles(found) == [f"Song {number}" for number in range(6, 11)]
    assert door.ask(SEARCH, search="nothing like it")["tracks"]["edges"] == []


def test_artists_are_found_with_their_counts(door: Door) -> None:
    found = door.ask(ARTISTS_QUERY, search="el")["artists"]
    assert found["edges"] == [{"node": {"name": "Elton John", "trackCount": TRACKS_EACH}}]
    assert found["totalCount"] == 1


def test_pages_of_artists_meet(door: Door) -> None:
    first = door.ask(ARTISTS_QUERY, first=4)["artists"]
    assert first["pageInfo"]["hasNextPage"]
    rest = door.ask(ARTISTS_QUERY, first=4, after=first["pageInfo"]["endCursor"])["artists"]
    names = [edge["node"]["name"] for edge in (*first["edges"], *rest["edges"])]
    assert names == list(ARTISTS)
    assert not rest["pageInfo"]["hasNextPage"]


def test_pages_hold_every_track_once_though_one_is_added_between(door: Door) -> None:
    titles, after = [], None
    for page in range(4):
        tracks = door.ask(SEARCH, first=8, after=after)["tracks"]
        titles += _titles(tracks)
        info = tracks["pageInfo"]
        assert info["hasPreviousPage"] == (page > 0)
        assert info["hasNextPage"] == (page < 3)
        edges = tracks["edges"]
        assert (info["startCursor"], info["endCursor"]) == (
            edges[0]["cursor"],
            edges[-1]["cursor"],
        )
        after = info["endCursor"]
        _add_the_best_known(door)
    assert titles == [f"Song {number}" for number in range(1, COUNT + 1)]


def _add_the_best_known(door: Door) -> None:
    with door.state.database.write() as session:
        key = catalog.search_key("Newcomer", "Abba")
        session.add(Track(title="Newcomer", artist_id=1, search_key=key, listener_count=1000))


def test_a_typing_error_is_forgiven_and_pages_go_on(door: Door) -> None:
    first = door.ask(SEARCH, search="abbba sogn", first=2)["tracks"]
    assert first["totalCount"] == 0
    first = door.ask(SEARCH, search="sogn 1", first=2)["tracks"]
    rest = door.ask(SEARCH, search="sogn 1", first=50, after=first["pageInfo"]["endCursor"])
    found = _titles(first) + _titles(rest["tracks"])
    assert found == ["Song 1", *(f"Song {number}" for number in range(10, 20))]
    artists = door.ask(ARTISTS_QUERY, search="Abab", first=2)["artists"]
    assert [edge["node"]["name"] for edge in artists["edges"]] == ["Abba"]


def test_an_empty_page_has_no_cursors(door: Door) -> None:
    page = door.ask(SEARCH, search="nothing like it")["tracks"]["pageInfo"]
    assert page == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": None,
        "endCursor": None,
    }


def test_null_is_the_usual_page(door: Door) -> None:
    assert len(door.ask(SEARCH, first=None)["tracks"]["edges"]) == 20


@pytest.mark.parametrize("first", [-1, 0, 101, 2**31 - 1])
def test_a_page_has_a_size_within_reason(door: Door, first: int) -> None:
    error = door.error(SEARCH, first=first)
    assert error["extensions"] == refused("first", "OUT_OF_RANGE", given=first, least=1, most=100)
    assert error["message"] == f"first: must be 1 to 100, is {first}"


@pytest.mark.parametrize(
    "after",
    [
        "",
        "x",
        "é",
        global_id("Track", 1),
        to_base64("after", "1"),
        to_base64("after", "1:2"),
        to_base64("after", "1:2:3:4"),
        to_base64("after", "2:2:3"),
        to_base64("after", "1:-1:1"),
        to_base64("after", "1:x:y"),
        to_base64("after", f"1:{10**20}:1"),
    ],
)
def test_a_cursor_that_we_never_gave(door: Door, after: str) -> None:
    error = door.error(SEARCH, after=after)
    assert error["extensions"] == refused("after", "WRONG_CURSOR")


def test_a_search_of_a_million_letters_is_refused(door: Door) -> None:
    error = door.error(SEARCH, search="x" * 1_000_000)
    assert error["extensions"] == refused(
        "search", "WRONG_LENGTH", given=1_000_000, least=0, most=200
    )


def test_signs_of_sql_are_letters(door: Door) -> None:
    for text in ("%", "_", "' OR 1=1 --", "\\", "\x00"):
        assert door.ask(SEARCH, search=text)["tracks"]["totalCount"] in {0, COUNT}


def _titles(connection: dict[str, Any]) -> list[str]:
    return [edge["node"]["title"] for edge in connection["edges"]]


def test_an_id_that_was_merged_away_leads_on(door: Door) -> None:
    with door.state.database.write() as session:
        editing.merge_track(session, 2, 3, "root")
        editing.merge_artist(session, 2, 1, "root")
    asked = "query ($t: ID!, $a: ID!) { track(id: $t) { id } node(id: $a) { id } }"
    found = door.ask(asked, t=global_id("Track", 2), a=global_id("Artist", 2))
    assert found == {
        "track": {"id": global_id("Track", 3)},
        "node": {"id": global_id("Artist", 1)},
    }
    assert "Song 2" not in _titles(door.ask(SEARCH, search="song 2", first=50)["tracks"])
