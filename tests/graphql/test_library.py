"""What is the viewer's own: seen and changed by nobody else."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app import listening, playlists
from app.errors import PlaylistNotFound
from app.graphql.ids import global_id
from app.listening import Listen
from app.models import User
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, OTHER, PASSWORD, Door

HISTORY = """query ($after: String) { viewer { listens(first: 2, after: $after) {
  totalCount pageInfo { hasNextPage endCursor }
  edges { node { id listenedAt source plays track { title } } } } } }"""
FORGET = """mutation ($ids: [ID!]!) { forgetListens(input: {listenIds: $ids}) {
  ... on ListensForgotten { trackCount } ... on Problem { code } } }"""
CREATE = """mutation ($name: String!, $tracks: [ID!]!) {
  createPlaylist(input: {name: $name, trackIds: $tracks}) { __typename
    ... on PlaylistKept { playlist { ...shown } } ... on Problem { code } } }"""
ADD = """mutation ($input: AddToPlaylistInput!) { addToPlaylist(input: $input) {
  ... on PlaylistKept { playlist { ...shown } } ... on Problem { code } } }"""
MOVE = """mutation ($input: MoveInPlaylistInput!) { moveInPlaylist(input: $input) {
  ... on PlaylistKept { playlist { ...shown } } ... on Problem { code } } }"""
REMOVE = """mutation ($input: RemoveFromPlaylistInput!) { removeFromPlaylist(input: $input) {
  ... on PlaylistKept { playlist { ...shown } } ... on Problem { code } } }"""
SHOWN = """fragment shown on Playlist { id name trackCount
  entries(first: 10) { edges { node { position track { title } } } } }"""
LEAVE = """mutation ($password: String!) { deleteAccount(input: {password: $password}) {
  __typename ... on AccountDeleted { name } ... on Problem { code } } }"""


def _track(number: int) -> str:
    return global_id("Track", number)


def test_history_by_pages_and_a_listen_forgotten(door: Door) -> None:
    first = door.ask(HISTORY)["viewer"]["listens"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    rest = door.ask(HISTORY, after=first["pageInfo"]["endCursor"])["viewer"]["listens"]
    nodes = [edge["node"] for edge in first["edges"] + rest["edges"]]
    assert {node["track"]["title"] for node in nodes} == {"Song 1", "Song 2", "Song 6"}
    again = door.ask("query ($id: ID!) { node(id: $id) { id } }", id=nodes[0]["id"])
    assert again["node"]["id"] == nodes[0]["id"]
    forgotten = door.ask(FORGET, ids=[nodes[0]["id"]])["forgetListens"]
    assert forgotten == {"trackCount": 1}
    assert door.ask(HISTORY)["viewer"]["listens"]["totalCount"] == 2
    assert door.ask(FORGET, ids=["nonsense"])["forgetListens"] == {"code": "invalid_input"}
    too_many = [nodes[0]["id"]] * 101
    assert door.ask(FORGET, ids=too_many)["forgetListens"] == {"code": "invalid_input"}


def test_nobody_elses_listens_can_be_seen_or_forgotten(door: Door) -> None:
    listen = door.ask(HISTORY)["viewer"]["listens"]["edges"][0]["node"]["id"]
    assert door.ask("query ($id: ID!) { node(id: $id) { id } }", OTHER, id=listen)["node"] is None
    assert door.ask(FORGET, OTHER, ids=[listen])["forgetListens"] == {"trackCount": 0}
    assert door.ask(HISTORY)["viewer"]["listens"]["totalCount"] == 3


@pytest.mark.parametrize(
    "field",
    [
        "isPaused",
        "listens { totalCount }",
        "lovedTracks { totalCount }",
        "dislikedTracks { totalCount }",
        "playlists { totalCount }",
        "statistics { plays }",
        "tokens { totalCount }",
        "exportPath",
    ],
)
def test_administrators_see_nothing_of_it(door: Door, field: str) -> None:
    query = f"query ($id: ID!) {{ node(id: $id) {{ ... on User {{ {field} }} }} }}"
    answer = door.post(query, ADMINISTRATOR, id=global_id("User", LISTENER)).json()
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["not_yours"]
    assert door.ask(query, id=global_id("User", LISTENER))["node"]


def test_a_forgotten_track_was_never_loved(door: Door) -> None:
    forget = """mutation ($id: ID!) { forgetTrack(input: {trackId: $id}) {
      ... on TrackForgotten { track { viewerPlayCount viewerFeedback } }
      ... on Problem { code } } }"""
    love = """mutation ($id: ID!) {
      setFeedback(input: {trackId: $id, feedback: LOVED}) { __typename } }"""
    loved = """{ viewer {
      lovedTracks { totalCount edges { node { title } } } dislikedTracks { totalCount } } }"""
    door.ask(love, id=_track(1))
    assert door.ask(loved)["viewer"] == {
        "lovedTracks": {"totalCount": 1, "edges": [{"node": {"title": "Song 1"}}]},
        "dislikedTracks": {"totalCount": 0},
    }
    gone = door.ask(forget, id=_track(1))["forgetTrack"]
    assert gone == {"track": {"viewerPlayCount": 0, "viewerFeedback": None}}
    assert door.ask(loved)["viewer"]["lovedTracks"]["totalCount"] == 0
    assert door.ask(forget, id=_track(999))["forgetTrack"] == {"code": "not_found"}


def test_the_record_is_paused_until_told_otherwise(door: Door) -> None:
    pause = """mutation ($paused: Boolean!) { setRecordPaused(input: {paused: $paused}) {
      ... on RecordPausedSet { paused } } }"""
    record = """mutation ($id: ID!) { recordListen(input: {trackId: $id}) {
      ... on ListenRecorded { isNew isPaused } } }"""
    for paused in (True, False):
        assert door.ask(pause, paused=paused)["setRecordPaused"] == {"paused": paused}
        assert door.ask("{ viewer { isPaused } }")["viewer"]["isPaused"] is paused
        kept = door.ask(record, id=_track(20))["recordListen"]
        assert kept == {"isNew": not paused, "isPaused": paused}


def test_statistics_by_the_viewers_clock(door: Door) -> None:
    with door.state.database.write() as session:
        session.get_one(User, OTHER).time_zone = "Asia/Tokyo"
        told = Listen(1, datetime(2026, 1, 31, 20, tzinfo=UTC))
        listening.record_listen(session, OTHER, told)
    found = door.ask(
        """{ viewer { statistics(year: 2026) { plays undated trackCount artistCount hours
          months { year month plays } artists { plays artist { name trackCount } }
          tracks { plays track { title } } } } }""",
        OTHER,
    )["viewer"]["statistics"]
    assert found["months"] == [{"year": 2026, "month": 2, "plays": 1}]
    assert found["hours"][6][5] == 1
    assert found["artists"] == [{"plays": 1, "artist": {"name": "Abba", "trackCount": 5}}]
    assert found["tracks"] == [{"plays": 1, "track": {"title": "Song 1"}}]
    wrong = door.post("{ viewer { statistics(year: 0) { plays } } }", OTHER).json()
    assert wrong["errors"][0]["extensions"]["field"] == "year"


def test_a_playlist_from_a_queue_and_what_becomes_of_it(door: Door) -> None:
    made = _kept(door, CREATE, name="Sunday", tracks=[_track(n) for n in (3, 1, 2)])
    assert _titles(made) == ["Song 3", "Song 1", "Song 2"]
    named = {"playlistId": made["id"]}
    added = _kept(door, ADD, input={**named, "trackIds": [_track(3)]})
    assert (added["trackCount"], _titles(added)[3]) == (4, "Song 3")
    place = {**named, "position": 4, "trackId": _track(3)}
    assert _titles(_kept(door, MOVE, input={**place, "to": 2}))[1] == "Song 3"
    assert door.ask(MOVE + SHOWN, input={**place, "to": 2})["moveInPlaylist"] == {
        "code": "playlist_changed"
    }
    gone = _kept(door, REMOVE, input={**place, "position": 2})
    assert _titles(gone) == ["Song 3", "Song 1", "Song 2"]
    rename = """mutation ($id: ID!) { renamePlaylist(input: {playlistId: $id, name: "Monday"}) {
      ... on PlaylistKept { playlist { name } } } }"""
    assert door.ask(rename, id=made["id"])["renamePlaylist"] == {"playlist": {"name": "Monday"}}
    mine = "{ viewer { playlists { totalCount edges { node { name } } } } }"
    assert door.ask(mine)["viewer"]["playlists"]["edges"] == [{"node": {"name": "Monday"}}]
    delete = """mutation ($id: ID!) { deletePlaylist(input: {playlistId: $id}) {
      ... on PlaylistDeleted { playlistId } ... on Problem { code } } }"""
    assert door.ask(delete, OTHER, id=made["id"])["deletePlaylist"] == {"code": "not_found"}
    node = "query ($id: ID!) { node(id: $id) { id ... on Playlist { name } } }"
    assert door.ask(node, OTHER, id=made["id"])["node"] is None
    assert door.ask(node, id=made["id"])["node"]["name"] == "Monday"
    assert door.ask(delete, id=made["id"])["deletePlaylist"] == {"playlistId": made["id"]}
    assert door.ask(mine)["viewer"]["playlists"]["totalCount"] == 0


def test_entries_by_pages(door: Door) -> None:
    made = _kept(door, CREATE, name="Long", tracks=[_track(n) for n in range(1, 6)])
    query = """query ($id: ID!, $after: String) { node(id: $id) { ... on Playlist {
      entries(first: 2, after: $after) { totalCount pageInfo { endCursor hasNextPage }
      edges { node { position } } } } } }"""
    first = door.ask(query, id=made["id"])["node"]["entries"]
    cursor = first["pageInfo"]["endCursor"]
    second = door.ask(query, id=made["id"], after=cursor)["node"]["entries"]
    positions = [edge["node"]["position"] for edge in first["edges"] + second["edges"]]
    assert (positions, first["totalCount"], second["pageInfo"]["hasNextPage"]) == (
        [1, 2, 3, 4],
        5,
        True,
    )


def test_the_next_page_of_entries_goes_on_where_the_last_one_ended(door: Door) -> None:
    made = _kept(door, CREATE, name="Long", tracks=[_track(n) for n in range(1, 6)])
    query = """query ($id: ID!, $after: String) { node(id: $id) { ... on Playlist {
      entries(first: 2, after: $after) { pageInfo { endCursor }
      edges { node { position track { title } } } } } } }"""
    first = door.ask(query, id=made["id"])["node"]["entries"]
    place = {"playlistId": made["id"], "position": 5, "trackId": _track(5), "to": 1}
    door.ask(MOVE + SHOWN, input=place)
    after = first["pageInfo"]["endCursor"]
    entries = door.ask(query, id=made["id"], after=after)["node"]["entries"]
    assert [edge["node"] for edge in entries["edges"]] == [
        {"position": 4, "track": {"title": "Song 3"}},
        {"position": 5, "track": {"title": "Song 4"}},
    ]


def test_everything_is_downloaded_by_the_same_token(door: Door) -> None:
    path = door.ask("{ viewer { exportPath } }")["viewer"]["exportPath"]
    mine = door.client.get(path, headers={"Authorization": f"Bearer {door.token(LISTENER)}"})
    assert mine.json()["account"]["name"] == "ann"


def test_who_leaves_is_gone_with_everything(door: Door) -> None:
    wrong = door.ask(LEAVE, password="wrong")["deleteAccount"]
    assert wrong == {"__typename": "InvalidCredentials", "code": "invalid_credentials"}
    last = door.ask(LEAVE, ADMINISTRATOR, password=PASSWORD)["deleteAccount"]
    assert last["code"] == "last_administrator"
    made = _kept(door, CREATE, name="Sunday", tracks=[_track(1)])
    assert door.ask(LEAVE, password=PASSWORD)["deleteAccount"]["name"] == "ann"
    assert door.ask("{ viewer { id } }")["viewer"] is None
    with door.state.database.read() as session:
        assert listening.count_listens(session, LISTENER) == 0
        with pytest.raises(PlaylistNotFound):
            playlists.playlist(session, LISTENER, 1)
    assert made["id"] == global_id("Playlist", 1)


def _kept(door: Door, mutation: str, **variables: Any) -> Any:
    (answer,) = door.ask(mutation + SHOWN, **variables).values()
    return answer["playlist"]


def _titles(playlist: Any) -> list[str]:
    return [edge["node"]["track"]["title"] for edge in playlist["entries"]["edges"]]
