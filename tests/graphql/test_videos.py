"""A track's video."""

from pathlib import Path

from app import videos
from app.access import Viewer
from app.graphql.ids import global_id
from app.models import Role
from app.queue import JobName
from tests.graphql.conftest import LISTENER, OTHER, Door, OpenDoor
from tests.jobs_at_work import waiting_jobs

FIND = """
mutation ($id: ID!) {
  findVideo(input: {trackId: $id}) {
    __typename
    ... on VideoWanted { track { title youtubeId videoState } }
    ... on InvalidInput { field }
    ... on Problem { code message }
  }
}
"""
WRONG = """
mutation ($id: ID!, $video: String!) {
  reportWrongVideo(input: {trackId: $id, youtubeId: $video}) {
    __typename
    ... on WrongVideoReported { track { title youtubeId videoState } }
    ... on InvalidInput { field }
    ... on Problem { code }
  }
}
"""
SONG = global_id("Track", 7)
SEARCHING = {"title": "Song 7", "youtubeId": None, "videoState": "SEARCHING"}


def _jobs(door: Door) -> list[tuple[str | None, list[int]]]:
    return [(job.func_name, list(job.args)) for job in waiting_jobs(door.state.queue)]


def test_a_video_is_looked_for_once(door: Door) -> None:
    for _ in range(2):
        assert door.ask(FIND, id=SONG)["findVideo"]["track"] == SEARCHING
    assert _jobs(door) == [(JobName.FIND_VIDEO, [7])]


def test_nobody_has_videos_looked_for_without_end(door: Door) -> None:
    for number in range(1, 21):
        assert door.ask(FIND, id=global_id("Track", number))["findVideo"]["track"]
    assert door.ask(FIND, id=global_id("Track", 21))["findVideo"]["code"] == "rate_limited"
    assert len(_jobs(door)) == 20
    assert door.ask(FIND, id=SONG)["findVideo"]["track"] == SEARCHING, "that takes no search"
    assert door.ask(FIND, OTHER, id=global_id("Track", 21))["findVideo"]["track"]


def test_nobody_sets_videos_aside_without_end(door: Door) -> None:
    with door.state.database.write() as session:
        videos.keep(session, 7, "dQw4w9WgXcQ")
    for _ in range(50):
        door.state.access.count_wrong_video(Viewer(LISTENER, "ann", Role.LISTENER))
    given = {"id": SONG, "video": "dQw4w9WgXcQ"}
    assert door.ask(WRONG, **given)["reportWrongVideo"]["code"] == "rate_limited"
    assert _jobs(door) == []
    assert door.ask(WRONG, **given | {"video": "another"})["reportWrongVideo"]["track"]
    assert door.ask(WRONG, OTHER, **given)["reportWrongVideo"]["track"] == SEARCHING


def test_a_known_video_is_not_looked_for(door: Door) -> None:
    with door.state.database.write() as session:
        videos.keep(session, 7, "dQw4w9WgXcQ")
    known = {"title": "Song 7", "youtubeId": "dQw4w9WgXcQ", "videoState": "FOUND"}
    assert door.ask(FIND, id=SONG)["findVideo"]["track"] == known
    assert _jobs(door) == []


def test_without_a_queue_the_track_is_as_unknown_as_before(
    open_door: OpenDoor, tmp_path: Path
) -> None:
    door = open_door(redis_url=f"unix://{tmp_path}/nobody")
    assert door.ask(FIND, id=SONG)["findVideo"] == {
        "__typename": "QueueUnavailable",
        "code": "queue_unavailable",
        "message": "The job queue does not answer: try again in a moment.",
    }
    asked = "query ($id: ID!) { track(id: $id) { videoState } }"
    assert door.ask(asked, id=SONG) == {"track": {"videoState": "UNKNOWN"}}


def test_a_video_of_nothing(door: Door) -> None:
    missing = door.ask(FIND, id=global_id("Track", 999))["findVideo"]
    assert (missing["__typename"], missing["code"]) == ("NotFound", "not_found")
    nonsense = door.ask(FIND, id="nonsense")["findVideo"]
    assert (nonsense["__typename"], nonsense["field"]) == ("InvalidInput", "trackId")


def test_a_wrong_video_is_set_aside_and_another_looked_for_once(door: Door) -> None:
    with door.state.database.write() as session:
        videos.keep(session, 7, "dQw4w9WgXcQ")
    for _ in range(2):
        told = door.ask(WRONG, id=SONG, video="dQw4w9WgXcQ")["reportWrongVideo"]
        assert told["track"] == SEARCHING
    assert _jobs(door) == [(JobName.FIND_VIDEO, [7])]
    with door.state.database.write() as session:
        videos.keep(session, 7, "dQw4w9WgXcQ")
        videos.keep(session, 7, "x1234567890")
    another = {"title": "Song 7", "youtubeId": "x1234567890", "videoState": "FOUND"}
    told = door.ask(WRONG, id=SONG, video="dQw4w9WgXcQ")["reportWrongVideo"]
    assert told["track"] == another, "a late report takes nothing else away"


def test_a_wrong_video_of_nothing(door: Door) -> None:
    missing = door.ask(WRONG, id=global_id("Track", 999), video="x")["reportWrongVideo"]
    assert missing == {"__typename": "NotFound", "code": "not_found"}
    nonsense = door.ask(WRONG, id="nonsense", video="x")["reportWrongVideo"]
    assert (nonsense["__typename"], nonsense["field"]) == ("InvalidInput", "trackId")
