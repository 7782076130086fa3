"""Songs from YouTube Music's search, through the API."""

from tests.graphql.conftest import LISTENER, OTHER, Door, OpenDoor
from tests.music_search import MusicSearch

SEARCH = "query ($text: String!) { youtubeSearch(text: $text) { videoId title artist } }"
ADD = """mutation ($text: String!, $video: String!) {
  addTrack(input: {text: $text, videoId: $video}) { __typename
    ... on TrackAdded { isNew track { title artist { name } youtubeId videoState } }
    ... on NotFound { kind }
    ... on InvalidInput { field }
    ... on Problem { code } } }"""
TEXT, VIDEO = "Duran Duran Rio", "e3W6yf6c-FA"


def test_a_song_is_found_added_and_known_from_then_on(door: Door) -> None:
    (song,) = door.ask(SEARCH, text=TEXT)["youtubeSearch"]
    assert song == {"videoId": VIDEO, "title": "Rio", "artist": "Duran Duran"}
    shown = {
        "title": "Rio",
        "artist": {"name": "Duran Duran"},
        "youtubeId": VIDEO,
        "videoState": "FOUND",
    }
    for user, is_new in ((LISTENER, True), (OTHER, False)):
        added = door.ask(ADD, user, text=TEXT, video=VIDEO)["addTrack"]
        assert added == {"__typename": "TrackAdded", "isNew": is_new, "track": shown}
    found = door.ask('{ tracks(search: "duran rio") { edges { node { title } } } }')
    assert found["tracks"]["edges"] == [{"node": {"title": "Rio"}}]


def test_what_cannot_be_added_says_why(door: Door) -> None:
    nothing = door.ask(ADD, text=TEXT, video="AAAAAAAAAAA")["addTrack"]
    assert nothing == {"__typename": "NotFound", "kind": "SONG", "code": "not_found"}
    endless = door.ask(ADD, text="x" * 201, video=VIDEO)["addTrack"]
    assert (endless["code"], endless["field"]) == ("invalid_input", "text")


def test_without_the_search_both_say_so(open_door: OpenDoor) -> None:
    door = open_door(video_search_url="http://127.0.0.1:1")
    assert door.error(SEARCH, text=TEXT)["extensions"] == {"code": "video_search_failed"}
    failed = door.ask(ADD, text=TEXT, video=VIDEO)["addTrack"]
    assert failed == {"__typename": "VideoSearchFailed", "code": "video_search_failed"}


def test_the_search_is_asked_for_nobody_too_often(door: Door, music: MusicSearch) -> None:
    for _ in range(20):
        door.ask(SEARCH, text="")
    asked = len(music.asked)
    told = door.error(SEARCH, text=TEXT)["extensions"]
    assert told["code"] == "rate_limited"
    assert 1 <= told["values"]["retry_after_seconds"] <= 60
    assert door.ask(ADD, text=TEXT, video=VIDEO)["addTrack"]["code"] == "rate_limited"
    assert len(music.asked) == asked
    assert door.ask(SEARCH, OTHER, text=TEXT)["youtubeSearch"]
