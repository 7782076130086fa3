"""Listens, skips and feedback."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from app.graphql.ids import global_id
from app.models import Event, User
from app.models.columns import utc_now
from tests.graphql.conftest import LISTENER, Door

SONG = global_id("Track", 20)
LISTEN = """
mutation ($input: RecordListenInput!) {
  recordListen(input: $input) {
    __typename
    ... on ListenRecorded { isNew track { id title viewerPlayCount viewerFeedback } }
    ... on InvalidInput { field }
    ... on NotFound { kind }
    ... on Problem { code message }
  }
}
"""
SKIP = """
mutation ($input: RecordSkipInput!) {
  recordSkip(input: $input) {
    __typename ... on SkipRecorded { isNew track { title viewerPlayCount } }
    ... on Problem { code }
  }
}
"""
FEEDBACK = """
mutation ($input: SetFeedbackInput!) {
  setFeedback(input: $input) {
    __typename ... on FeedbackSet { track { viewerFeedback viewerPlayCount } }
    ... on Problem { code }
  }
}
"""


def _events(door: Door) -> list[Event]:
    with door.state.database.read() as session:
        statement = select(Event).where(Event.track_id == 20).order_by(col(Event.id))
        return list(session.exec(statement))


def test_a_listen_is_kept_with_all_that_was_told(door: Door) -> None:
    told = {
        "trackId": SONG,
        "listenedAt": "2026-01-02T03:04:05+02:00",
        "secondsPlayed": 100,
        "source": "phone",
        "idempotencyKey": "k1",
        "listId": "0b0f9c3e-0000-4000-8000-000000000000",
        "position": 3,
    }
    recorded = door.ask(LISTEN, input=told)["recordListen"]
    assert recorded == {
        "__typename": "ListenRecorded",
        "isNew": True,
        "track": {"id": SONG, "title": "Song 20", "viewerPlayCount": 1, "viewerFeedback": None},
    }
    (event,) = _events(door)
    assert event.user_id == LISTENER
    assert event.occurred_at == datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)
    kept = (event.seconds_played, event.source, event.idempotency_key, event.list_id)
    assert kept == (100, "phone", "k1", told["listId"])
    assert event.position == 3


def test_the_same_moment_and_the_same_key_are_the_same_listen(door: Door) -> None:
    moment = {"trackId": SONG, "listenedAt": "2026-01-02T03:04:05Z"}
    again = {**moment, "listenedAt": "2026-01-02T03:04:05.900Z"}
    assert door.ask(LISTEN, input=moment)["recordListen"]["isNew"] is True
    assert door.ask(LISTEN, input=again)["recordListen"]["isNew"] is False
    keyed = {"trackId": SONG, "idempotencyKey": "one"}
    assert door.ask(LISTEN, input=keyed)["recordListen"]["isNew"] is True
    later = {**keyed, "listenedAt": "2026-02-02T03:04:05Z"}
    last = door.ask(LISTEN, input=later)["recordListen"]
    assert (last["isNew"], last["track"]["viewerPlayCount"]) == (False, 2)


def _tomorrow() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"trackId": "nonsense"}, "trackId"),
        ({"trackId": global_id("Artist", 1)}, "trackId"),
        ({"listenedAt": "2026-01-02T03:04:05"}, "listenedAt"),
        ({"listenedAt": "1969-01-02T03:04:05Z"}, "listenedAt"),
        ({"listenedAt": _tomorrow()}, "listenedAt"),
        ({"secondsPlayed": -1}, "secondsPlayed"),
        ({"source": ""}, "source"),
        ({"source": "x" * 65}, "source"),
        ({"idempotencyKey": "x" * 129}, "idempotencyKey"),
        ({"listId": "x" * 37}, "listId"),
    ],
)
def test_what_cannot_be_a_listen(door: Door, told: dict[str, Any], field: str) -> None:
    refused = door.ask(LISTEN, input={"trackId": SONG, **told})["recordListen"]
    assert (refused["__typename"], refused["field"]) == ("InvalidInput", field)
    assert (refused["code"], refused["message"][: len(field) + 1]) == (
        "invalid_input",
        f"{field}:",
    )
    assert _events(door) == []


def test_a_track_that_is_gone(door: Door) -> None:
    refused = door.ask(LISTEN, input={"trackId": global_id("Track", 999)})["recordListen"]
    assert refused == {
        "__typename": "NotFound",
        "kind": "TRACK",
        "code": "not_found",
        "message": "No track has that id.",
    }


@pytest.mark.parametrize(
    "told",
    [
        {"listenedAt": "yesterday"},
        {"listenedAt": "2026-13-45T99:99:99Z"},
        {"listenedAt": "9999999999-01-01T00:00:00Z"},
        {"listenedAt": 5},
        {"secondsPlayed": 2**31},
        {"secondsPlayed": "much"},
        {"position": 10**30},
        {"unheard": 1},
    ],
)
def test_values_of_a_wrong_type_are_refused_before_anything(
    door: Door, told: dict[str, Any]
) -> None:
    error = door.error(LISTEN, input={"trackId": SONG, **told})
    assert error["extensions"] == {"code": "invalid_request"}
    assert "input" in error["message"]


def test_a_skip_is_no_play(door: Door) -> None:
    skip = {"trackId": SONG, "listenedAt": "2026-01-02T03:04:05Z"}
    first = door.ask(SKIP, input=skip)["recordSkip"]
    assert first["isNew"] is True
    assert first["track"] == {"title": "Song 20", "viewerPlayCount": 0}
    assert door.ask(SKIP, input=skip)["recordSkip"]["isNew"] is False
    assert door.ask(SKIP, input={"trackId": "x"})["recordSkip"]["code"] == "invalid_input"
    gone = door.ask(SKIP, input={"trackId": global_id("Track", 999)})["recordSkip"]
    assert gone == {"__typename": "NotFound", "code": "not_found"}


def test_feedback_keeps_the_list_it_was_given_from(door: Door) -> None:
    served = "5b6c1c1e-0f1d-4d53-9d1b-d2f1b1b0a001"
    said = {"trackId": SONG, "feedback": "LOVED", "listId": served, "position": 4, "source": "app"}
    door.ask(FEEDBACK, input=said)
    (event,) = _events(door)
    assert (event.list_id, event.position, event.source) == (served, 4, "app")


def test_feedback_is_set_changed_and_taken_back(door: Door) -> None:
    for said in ("LOVED", "DISLIKED", None):
        given = door.ask(FEEDBACK, input={"trackId": SONG, "feedback": said})["setFeedback"]
        assert given["track"] == {"viewerFeedback": said, "viewerPlayCount": 0}
    gone = door.ask(FEEDBACK, input={"trackId": global_id("Track", 999)})["setFeedback"]
    assert gone == {"__typename": "NotFound", "code": "not_found"}
    wrong = door.ask(FEEDBACK, input={"trackId": ""})["setFeedback"]
    assert wrong == {"__typename": "InvalidInput", "code": "invalid_input"}


def test_each_write_of_one_request_is_seen_by_the_next(door: Door) -> None:
    both = """
    mutation ($id: ID!) {
      loved: setFeedback(input: {trackId: $id, feedback: LOVED}) { ...said }
      cleared: setFeedback(input: {trackId: $id, feedback: null}) { ...said }
    }
    fragment said on FeedbackSet { track { viewerFeedback } }
    """
    given = door.ask(both, id=SONG)
    assert given["loved"]["track"] == {"viewerFeedback": "LOVED"}
    assert given["cleared"]["track"] == {"viewerFeedback": None}


def test_while_the_record_is_paused_the_answer_says_so(door: Door) -> None:
    with door.state.database.write() as session:
        session.get_one(User, LISTENER).paused_at = utc_now()
    paused = LISTEN.replace("isNew", "isNew isPaused")
    recorded = door.ask(paused, input={"trackId": SONG})["recordListen"]
    assert (recorded["__typename"], recorded["isNew"], recorded["isPaused"]) == (
        "ListenRecorded",
        False,
        True,
    )
    skipped = door.ask(SKIP.replace("isNew", "isPaused"), input={"trackId": SONG})["recordSkip"]
    assert skipped["isPaused"] is True
    assert _events(door) == []
