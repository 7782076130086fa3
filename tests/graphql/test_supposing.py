"""`ifForgotten`: the promise, and that it is kept."""

from typing import Any

import pytest

from app.graphql.ids import global_id
from app.ml.model_slot import LoadedModel
from tests.graphql.conftest import HEARD, OTHER, Door

LISTED = "items { position score track { id } reasons(first: 10) { contribution track { id } } }"
ASK = f"""
query ($tracks: [ID!], $listens: [ID!], $first: Int, $discovery: Float) {{
  ifForgotten(trackIds: $tracks, listenIds: $listens, first: $first, discovery: $discovery) {{
    now {{ modelVersion {LISTED} }}
    then {{ modelVersion {LISTED} }}
    entering {{ position track {{ id }} }}
    leaving {{ position track {{ id }} }}
  }}
}}
"""
LIST = f"""
query ($first: Int, $discovery: Float) {{
  recommendations(first: $first, discovery: $discovery) {{ modelVersion {LISTED} }}
}}
"""
FORGET = """
mutation ($id: ID!) { forgetTrack(input: {trackId: $id}) { __typename } }
"""
FORGET_LISTENS = """
mutation ($ids: [ID!]!) { forgetListens(input: {listenIds: $ids}) { __typename } }
"""
HISTORY = "{ viewer { listens { edges { node { id track { id } } } } } }"


def _ids(listed: list[dict[str, Any]]) -> list[str]:
    return [item["track"]["id"] for item in listed]


def test_what_is_promised_is_what_comes_of_forgetting(door: Door, model: LoadedModel) -> None:
    dials = {"first": 6, "discovery": 1.0}
    track = global_id("Track", HEARD[0])
    told = door.ask(ASK, tracks=[track], **dials)["ifForgotten"]
    assert told["now"] == door.ask(LIST, **dials)["recommendations"]
    assert told["now"]["modelVersion"] == model.version
    entering, leaving = _ids(told["entering"]), _ids(told["leaving"])
    now, then = (_ids(told[one]["items"]) for one in ("now", "then"))
    assert (set(entering), set(leaving)) == (set(then) - set(now), set(now) - set(then))
    assert entering
    door.ask(FORGET, id=track)
    assert door.ask(LIST, **dials)["recommendations"] == told["then"]
    reasons = {_id for item in told["then"]["items"] for _id in _ids(item["reasons"])}
    assert reasons
    assert track not in reasons


def test_a_single_listen_can_be_supposed_away(door: Door, model: LoadedModel) -> None:
    assert model.version
    edges = door.ask(HISTORY)["viewer"]["listens"]["edges"]
    chosen = [edges[0]["node"]["id"]]
    told = door.ask(ASK, listens=chosen, first=5)["ifForgotten"]
    assert door.ask(LIST, first=5)["recommendations"] == told["now"]
    door.ask(FORGET_LISTENS, ids=chosen)
    assert door.ask(LIST, first=5)["recommendations"] == told["then"]


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("trackIds", {}),
        ("trackIds", {"tracks": [global_id("Artist", 1)]}),
        ("listenIds", {"listens": ["nonsense"]}),
        ("trackIds", {"tracks": [global_id("Track", 1)] * 1001}),
        ("first", {"tracks": [global_id("Track", 1)], "first": 0}),
    ],
)
def test_what_cannot_be_supposed(door: Door, field: str, asked: dict[str, Any]) -> None:
    error = door.error(ASK, **asked)
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("invalid_input", field)


def test_another_listens_are_not_told_apart(door: Door, model: LoadedModel) -> None:
    assert model.version
    edges = door.ask(HISTORY)["viewer"]["listens"]["edges"]
    told = door.ask(ASK, OTHER, listens=[edges[0]["node"]["id"]], first=5)["ifForgotten"]
    assert (told["entering"], told["leaving"]) == ([], [])
