"""Nonsense in the place of every variable of every documented operation breaks nothing."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.graphql.ids import global_id
from app.ml.model_slot import LoadedModel
from tests.graphql.conftest import ADMINISTRATOR, Door
from tests.graphql.test_docs import ANSWERED, Example

JUNK: list[Any] = [
    None,
    "",
    -1,
    2**31 - 1,
    2**31,
    1e308,
    True,
    "x" * 70_000,
    "\x00😀",
    [None],
    {"a": {}},
    global_id("Track", 2**31 - 1),
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
]


def _replaced(variables: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The variables with junk in one place, for every place and all junk."""
    for name, value in variables.items():
        for junk in JUNK:
            yield {**variables, name: junk}
        if isinstance(value, dict):
            for inner in _replaced(value):
                yield {**variables, name: inner}


@pytest.mark.parametrize(
    "example",
    [example for example in ANSWERED if example.variables],
    ids=lambda example: "+".join(sorted(example.fields)),
)
def test_junk_is_answered(door: Door, model: LoadedModel, example: Example) -> None:
    assert model.version
    for variables in _replaced(example.variables):
        answer = door.post(example.document, ADMINISTRATOR, **variables)
        assert answer.status_code == 200
        codes = {error["extensions"]["code"] for error in answer.json().get("errors", [])}
        assert codes <= {"invalid_request", "invalid_input", "not_found"}
