"""Many listens at once."""

from typing import Any

import pytest

from app.graphql.ids import global_id
from app.listening import MAX_BATCH
from tests.graphql.conftest import LISTENER, OTHER, Door

RECORD = """mutation ($listens: [RecordListenInput!]!) {
  recordListens(input: {listens: $listens}) {
    ... on ListensRecorded {
      results {
        isNew isPaused
        problem { code ... on InvalidInput { field } ... on NotFound { kind } }
      }
    }
    ... on InvalidInput { code field }
  }
}"""
NEW = {"isNew": True, "isPaused": False, "problem": None}
KNOWN = {**NEW, "isNew": False}


def _listen(track: int = 7, second: int = 0, **more: Any) -> dict[str, Any]:
    moment = f"2026-01-01T00:00:{second:02}Z"
    return {"trackId": global_id("Track", track), "listenedAt": moment, **more}


def _recorded(door: Door, *listens: dict[str, Any]) -> Any:
    return door.ask(RECORD, listens=list(listens))["recordListens"]["results"]


def _plays(door: Door, track: int, user_id: int = LISTENER) -> int:
    asked = "query ($id: ID!) { track(id: $id) { viewerPlayCount } }"
    plays: int = door.ask(asked, user_id, id=global_id("Track", track))["track"]["viewerPlayCount"]
    return plays


def test_all_are_kept_for_the_viewer(door: Door) -> None:
    assert _recorded(door, _listen(7, 1), _listen(7, 2), _listen(8)) == [NEW] * 3
    assert (_plays(door, 7), _plays(door, 8)) == (2, 1)
    assert _plays(door, 7, OTHER) == 0


def test_sent_again_each_is_kept_once(door: Door) -> None:
    batch = (_listen(7), _listen(8, idempotencyKey="a"), _listen(8, 9, idempotencyKey="a"))
    assert _recorded(door, *batch) == [NEW, NEW, KNOWN]
    assert _recorded(door, *batch) == [KNOWN] * 3
    assert (_plays(door, 7), _plays(door, 8)) == (1, 1)


def test_each_is_told_what_is_wrong_with_it_and_stops_no_other(door: Door) -> None:
    results = _recorded(
        door,
        {"trackId": "nonsense"},
        _listen(7),
        _listen(10**6),
        _listen(8, secondsPlayed=-1),
        _listen(8, 1),
    )
    assert [one["isNew"] for one in results] == [False, True, False, False, True]
    assert [one["problem"] for one in results] == [
        {"code": "invalid_input", "field": "trackId"},
        None,
        {"code": "not_found", "kind": "TRACK"},
        {"code": "invalid_input", "field": "secondsPlayed"},
        None,
    ]


@pytest.mark.parametrize("count", [0, MAX_BATCH])
def test_as_many_as_may_be(door: Door, count: int) -> None:
    batch = [_listen(7, idempotencyKey=f"{n}", secondsPlayed=n) for n in range(count)]
    assert len(_recorded(door, *batch)) == count


def test_too_many_are_refused_together(door: Door) -> None:
    refused = door.ask(RECORD, listens=[_listen()] * (MAX_BATCH + 1))["recordListens"]
    assert refused == {"code": "invalid_input", "field": "listens"}
    assert _plays(door, 7) == 0
