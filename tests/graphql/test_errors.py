"""What clients see of what nobody foresaw."""

import logging

import pytest

from app import catalog, listening
from tests.graphql.conftest import LISTENER, Door

SECRET = "SELECT secret FROM /etc/passwd"
LISTEN = 'mutation { recordListen(input: {trackId: "VHJhY2s6MQ=="}) { __typename } }'


def _break(*_: object) -> None:
    raise ZeroDivisionError(SECRET)


def test_a_bug_in_a_query_is_masked_and_logged(
    door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(catalog, "search_tracks", _break)
    answer = door.post("{ tracks { totalCount } }", LISTENER)
    assert answer.status_code == 200
    assert answer.json() == {
        "data": None,
        "errors": [
            {
                "message": "Something went wrong.",
                "locations": [{"line": 1, "column": 3}],
                "path": ["tracks"],
                "extensions": {"code": "internal"},
            }
        ],
        "extensions": {"cost": 11, "costLimit": 5000},
    }
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert record.exc_info is not None
    assert SECRET in str(record.exc_info[1])


def test_a_bug_in_a_mutation_is_masked(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "record_listen", _break)
    error = door.error(LISTEN)
    assert error["extensions"] == {"code": "internal"}
    assert SECRET not in str(error)


def test_a_foreseen_error_is_not_logged_as_a_bug(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    door.error("{ tracks(first: 0) { totalCount } }")
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_one_field_may_fail_alone(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "tracks_by_id", _break)
    answer = door.post('{ track(id: "VHJhY2s6MQ==") { id } viewer { name } }', LISTENER).json()
    assert answer["data"] == {"track": None, "viewer": {"name": "ann"}}
    assert [error["path"] for error in answer["errors"]] == [["track"]]
