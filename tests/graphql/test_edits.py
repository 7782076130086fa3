"""Correcting and merging through the API, and the record of it."""

from typing import Any

from app import listening
from app.graphql.ids import global_id
from app.listening import Listen, Origin
from tests import making
from tests.graphql.conftest import ADMINISTRATOR, Door

EDIT = """mutation ($input: EditTrackInput!) {
  editTrack(input: $input) {
    ... on TrackEdited { track { title year artist { name } durationSeconds } }
    ... on InvalidInput { field reason }
    ... on NotFound { kind }
  }
}"""
RENAME = """mutation ($input: RenameArtistInput!) {
  renameArtist(input: $input) { ... on ArtistEdited { artist { name } } }
}"""
MERGE = """mutation ($input: MergeTrackInput!) {
  mergeTrack(input: $input) { ... on TrackEdited { track { id } } }
}"""
SEPARATE = """mutation ($input: SeparateTrackInput!) {
  separateTrack(input: $input) { ... on TrackEdited { track { id } } }
}"""
ORIGINS = """query ($track: ID!) {
  trackOrigins(trackId: $track) {
    id source externalId title artist importId listenCount otherCount
  }
}"""
SPLIT = """mutation ($input: SplitTrackInput!) {
  splitTrack(input: $input) {
    ... on TrackEdited { track { id title artist { name } } }
    ... on InvalidInput { field reason }
  }
}"""
MERGE_ARTIST = """mutation ($input: MergeArtistInput!) {
  mergeArtist(input: $input) { ... on ArtistEdited { artist { id trackCount } } }
}"""
SEPARATE_ARTIST = """mutation ($input: SeparateArtistInput!) {
  separateArtist(input: $input) { ... on ArtistEdited { artist { id trackCount } } }
}"""
SPLIT_ARTIST = """mutation ($input: SplitArtistInput!) {
  splitArtist(input: $input) {
    ... on ArtistEdited { artist { id name trackCount } }
    ... on InvalidInput { field reason }
  }
}"""
RECORD = """query ($first: Int, $after: String) {
  edits(first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges {
      node {
        kind editedBy thingId thingName otherId otherName canBeTakenBack
        changes { field before after }
      }
    }
  }
}"""
ONE, TWO, ARTIST = global_id("Track", 1), global_id("Track", 2), global_id("Artist", 1)


def _edits(door: Door, **given: Any) -> tuple[list[Any], Any]:
    found = door.ask(RECORD, ADMINISTRATOR, **given)["edits"]
    return [edge["node"] for edge in found["edges"]], found


def test_a_correction_is_told_field_by_field(door: Door) -> None:
    said = {"trackId": ONE, "title": "Waterloo", "artist": "Chic", "durationSeconds": 167}
    edited = door.ask(EDIT, ADMINISTRATOR, input=said)["editTrack"]["track"]
    assert (edited["title"], edited["artist"]["name"]) == ("Waterloo", "Chic")
    ((node,), found) = _edits(door)
    assert (found["totalCount"], node["kind"], node["editedBy"]) == (1, "EDIT", "root")
    assert (node["thingId"], node["thingName"], node["otherId"]) == (ONE, "Waterloo", None)
    changes = {change["field"]: (change["before"], change["after"]) for change in node["changes"]}
    assert changes == {
        "title": ("Song 1", "Waterloo"),
        "artist": ("Abba", "Chic"),
        "genre": ("pop", None),
        "durationSeconds": (None, 167),
    }


def test_a_merge_can_be_taken_back_until_it_was(door: Door) -> None:
    door.ask(MERGE, ADMINISTRATOR, input={"trackId": TWO, "intoTrackId": ONE})
    ((merged,), _) = _edits(door)
    assert (merged["kind"], merged["canBeTakenBack"], merged["changes"]) == ("MERGE", True, [])
    assert (merged["thingId"], merged["otherId"], merged["otherName"]) == (ONE, TWO, "Song 2")
    door.ask(SEPARATE, ADMINISTRATOR, input={"trackId": merged["otherId"]})
    nodes, _ = _edits(door)
    assert [(node["kind"], node["canBeTakenBack"]) for node in nodes] == [
        ("SEPARATE", False),
        ("MERGE", False),
    ]


def test_the_record_comes_in_pages_of_tracks_and_artists(door: Door) -> None:
    door.ask(RENAME, ADMINISTRATOR, input={"artistId": ARTIST, "name": "ABBA"})
    door.ask(MERGE, ADMINISTRATOR, input={"trackId": TWO, "intoTrackId": ONE})
    ((newest,), first) = _edits(door, first=1)
    assert (newest["kind"], first["pageInfo"]["hasNextPage"]) == ("MERGE", True)
    ((renamed,), _) = _edits(door, first=1, after=first["pageInfo"]["endCursor"])
    assert (renamed["thingId"], renamed["thingName"]) == (ARTIST, "ABBA")
    assert renamed["changes"] == [{"field": "name", "before": "Abba", "after": "ABBA"}]


def test_what_cannot_be_corrected_is_named(door: Door) -> None:
    empty = {"trackId": ONE, "title": " ", "artist": "Abba"}
    assert door.ask(EDIT, ADMINISTRATOR, input=empty)["editTrack"] == {
        "field": "title",
        "reason": "WRONG_LENGTH",
    }
    nothing = {"trackId": global_id("Track", 999), "title": "x", "artist": "Abba"}
    assert door.ask(EDIT, ADMINISTRATOR, input=nothing)["editTrack"] == {"kind": "TRACK"}
    assert _edits(door)[0] == []


def test_a_track_is_split_by_what_brought_it(door: Door) -> None:
    with door.state.database.write() as session:
        heard = Listen(1, origin=Origin("spotify"))
        listening.record_listen(session, making.user(session, "new"), heard)
    origins = door.ask(ORIGINS, ADMINISTRATOR, track=ONE)["trackOrigins"]
    (found,) = (one for one in origins if one["source"] == "spotify")
    assert found["id"] == "listens-0-spotify"
    assert (found["externalId"], found["importId"], found["listenCount"]) == (None, None, 1)
    other: dict[str, Any] = {"trackId": ONE, "origins": ["x"]}
    refused = door.ask(SPLIT, ADMINISTRATOR, input=other)
    assert refused["splitTrack"] == {"field": "origins", "reason": "NOT_ONE_OF"}
    other |= {"origins": [found["id"]], "title": "Another", "artist": "Chic"}
    new = door.ask(SPLIT, ADMINISTRATOR, input=other)["splitTrack"]["track"]
    assert (new["title"], new["artist"]["name"]) == ("Another", "Chic")
    ((node,), _) = _edits(door)
    assert (node["kind"], node["thingId"], node["otherId"]) == ("SPLIT", ONE, new["id"])
    assert (node["canBeTakenBack"], node["changes"]) == (False, [])


def test_an_artist_is_split_merged_again_and_separated(door: Door) -> None:
    given = {"artistId": ARTIST, "trackIds": [ONE], "name": "ABBA"}
    refused = door.ask(SPLIT_ARTIST, ADMINISTRATOR, input=given)["splitArtist"]
    assert refused == {"field": "name", "reason": "WRONG_STATE"}
    given["name"] = "Björn"
    split = door.ask(SPLIT_ARTIST, ADMINISTRATOR, input=given)["splitArtist"]["artist"]
    assert (split["name"], split["trackCount"]) == ("Björn", 1)
    back = {"artistId": split["id"], "intoArtistId": ARTIST}
    kept = door.ask(MERGE_ARTIST, ADMINISTRATOR, input=back)["mergeArtist"]["artist"]
    assert kept["id"] == ARTIST
    ((node, *_), _) = _edits(door)
    assert (node["otherId"], node["canBeTakenBack"]) == (split["id"], True)
    again = door.ask(SEPARATE_ARTIST, ADMINISTRATOR, input={"artistId": node["otherId"]})
    assert again["separateArtist"]["artist"] == {"id": split["id"], "trackCount": 1}
