"""The viewer's language and time zone."""

from typing import Any

import pytest

from app.graphql.ids import global_id
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, OTHER, Door

SET = """mutation ($input: SetPreferencesInput!) { setPreferences(input: $input) { __typename
  ... on PreferencesSet { preferences { language timeZone } }
  ... on InvalidInput { field reason values } } }"""
CHOSEN = "{ viewer { preferences { language timeZone } } }"


def _set(door: Door, **chosen: str | None) -> Any:
    return door.ask(SET, input=chosen)["setPreferences"]


def _chosen(door: Door, user_id: int = LISTENER) -> Any:
    return door.ask(CHOSEN, user_id)["viewer"]["preferences"]


def test_what_is_left_out_stays_and_null_leaves_it_to_the_browser(door: Door) -> None:
    assert _chosen(door) == {"language": None, "timeZone": None}
    both = {"language": "fr", "timeZone": "Asia/Tokyo"}
    assert _set(door, **both)["preferences"] == both
    assert _set(door)["preferences"] == both
    assert _set(door, language=None)["preferences"] == both | {"language": None}
    assert _set(door, timeZone="Europe/Paris")["preferences"]["language"] is None
    assert _chosen(door) == {"language": None, "timeZone": "Europe/Paris"}
    assert _chosen(door, OTHER) == {"language": None, "timeZone": None}


@pytest.mark.parametrize(
    ("chosen", "field"), [({"language": "tlh"}, "language"), ({"timeZone": "Mars/X"}, "timeZone")]
)
def test_what_is_none_is_refused_and_changes_nothing(
    door: Door, chosen: dict[str, str], field: str
) -> None:
    assert _set(door, **chosen)["field"] == field
    assert _chosen(door) == {"language": None, "timeZone": None}


def test_nobody_else_sees_them(door: Door) -> None:
    asked = "query ($id: ID!) { node(id: $id) { ... on User { preferences { language } } } }"
    answer = door.post(asked, ADMINISTRATOR, id=global_id("User", LISTENER)).json()
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["not_yours"]
