"""What clients see of what nobody foresaw."""

import logging
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from app import catalog, listening
from app.errors import (
    BadArtifact,
    InvalidInput,
    ModelRemoved,
    PyTuneError,
    QueueUnavailable,
    RateLimited,
)
from app.errors.invalid import too_many
from app.graphql import problems
from app.graphql.ids import global_id
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
        "extensions": {"cost": 11, "costLimit": 5000, "requests": 1},
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


def test_a_problem_tells_what_its_text_is_made_of(door: Door) -> None:
    document = """mutation ($input: CreateTokenInput!) {
      createToken(input: $input) {
        ... on InvalidInput { code field reason values message }
      }
    }"""
    answer = door.ask(document, input={"name": "x", "expiresInDays": 0})
    assert answer["createToken"] == {
        "code": "invalid_input",
        "field": "expiresInDays",
        "reason": "OUT_OF_RANGE",
        "values": {"given": 0, "least": 1, "most": 366},
        "message": "expiresInDays: must be 1 to 366, is 0",
    }


def test_a_problem_tells_no_value_that_its_text_does_not(door: Door) -> None:
    document = """mutation ($input: SetFeedbackInput!) {
      setFeedback(input: $input) { ... on Problem { code values message } }
    }"""
    answer = door.ask(document, input={"trackId": global_id("Track", 999)})
    assert answer["setFeedback"] == {
        "code": "not_found",
        "values": {"kind": "track"},
        "message": "No track has that id.",
    }


@pytest.mark.parametrize(
    ("error", "values"),
    [
        (QueueUnavailable(address="unix:///secret"), {}),
        (RateLimited(retry_after_seconds=5), {"retry_after_seconds": 5}),
        (ModelRemoved(version=3, day=date(2026, 11, 22)), {"version": 3, "day": "2026-11-22"}),
        (BadArtifact(folder=Path("/m"), reason="x"), {"folder": "/m", "reason": "x"}),
        (too_many("ids", 101, 100), {"given": 101, "most": 100}),
        (InvalidInput("file", "is empty"), {}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_are_json(error: PyTuneError, values: dict[str, Any]) -> None:
    assert problems.values_of(error) == values
    assert orjson.loads(orjson.dumps(values)) == values


def test_one_field_may_fail_alone(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "tracks_by_id", _break)
    answer = door.post('{ track(id: "VHJhY2s6MQ==") { id } viewer { name } }', LISTENER).json()
    assert answer["data"] == {"track": None, "viewer": {"name": "ann"}}
    assert [error["path"] for error in answer["errors"]] == [["track"]]
