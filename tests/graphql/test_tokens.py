"""Named tokens, where somebody is signed in, and another password."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import tokens
from app.graphql.ids import global_id
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, OTHER, PASSWORD, Door, OpenDoor

CREATE = """mutation ($input: CreateTokenInput!) {
  createToken(input: $input) {
    ... on TokenCreated { token expiresAt }
    ... on InvalidInput { code field }
  }
}"""
TOKENS = """query ($first: Int, $after: String) { viewer { tokens(first: $first, after: $after) {
  totalCount pageInfo { endCursor hasNextPage }
  edges { node { id name isCurrent expiresAt } } } } }"""
REVOKE = """mutation ($id: ID!) {
  revokeToken(input: {tokenId: $id}) {
    ... on TokenRevoked { token { name isCurrent } }
    ... on Problem { code }
  }
}"""
CHANGE = """mutation ($old: String!, $new: String!) {
  changePassword(input: {currentPassword: $old, newPassword: $new}) {
    ... on PasswordChanged { name }
    ... on InvalidInput { field }
    ... on Problem { code }
  }
}"""
LOGIN = """mutation ($password: String!) {
  login(input: {username: "ann", password: $password}) { __typename }
}"""
VIEWER = "{ viewer { name } }"


def _created(door: Door, name: str = "My player", **more: Any) -> str:
    made = door.ask(CREATE, input={"name": name, **more})["createToken"]
    token: str = made["token"]
    return token


def _viewer(door: Door, token: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    answer = door.client.post("/graphql", json={"query": VIEWER}, headers=headers)
    return answer.json()["data"]["viewer"]


def _tokens(door: Door, user_id: int = LISTENER) -> list[Any]:
    found = door.ask(TOKENS, user_id)["viewer"]["tokens"]
    assert found["totalCount"] == len(found["edges"])
    return [edge["node"] for edge in found["edges"]]


def test_a_token_with_a_name_signs_in_and_is_listed(door: Door) -> None:
    assert _viewer(door, _created(door, " My player ", expiresInDays=2)) == {"name": "ann"}
    first, second = _tokens(door)
    assert (first["name"], first["isCurrent"]) == ("My player", False)
    assert (second["name"], second["isCurrent"]) == ("test", True)
    left = datetime.fromisoformat(first["expiresAt"]) - datetime.now(UTC)
    assert timedelta(days=1) < left <= timedelta(days=2)
    assert [one["name"] for one in _tokens(door, OTHER)] == ["test"]


def test_tokens_by_pages(door: Door) -> None:
    for name in "abc":
        _created(door, name)
    named, cursor = [], None
    for _ in range(2):
        page = door.ask(TOKENS, first=2, after=cursor)["viewer"]["tokens"]
        named += [edge["node"]["name"] for edge in page["edges"]]
        cursor = page["pageInfo"]["endCursor"]
    assert (named, page["pageInfo"]["hasNextPage"]) == (["c", "b", "a", "test"], False)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x", "expiresInDays": 0}, "expiresInDays"),
        ({"name": "x", "expiresInDays": 367}, "expiresInDays"),
    ],
)
def test_a_token_that_cannot_be_made(door: Door, wanted: dict[str, Any], field: str) -> None:
    refused = door.ask(CREATE, input=wanted)["createToken"]
    assert refused == {"code": "invalid_input", "field": field}


def test_a_user_has_so_many_tokens_for_programs(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MAX_OF_PROGRAMS", 1)
    _created(door)
    refused = door.ask(CREATE, input={"name": "x"})["createToken"]
    assert refused == {"code": "invalid_input", "field": "name"}
    assert door.ask(CREATE, OTHER, input={"name": "x"})["createToken"]["token"]
    door.ask(REVOKE, id=_tokens(door)[0]["id"])
    assert _created(door)


def test_a_token_is_ended_by_its_owner_alone(door: Door) -> None:
    token = _created(door)
    number = _tokens(door)[0]["id"]
    for user_id in (OTHER, ADMINISTRATOR):
        refused = door.ask(REVOKE, user_id, id=number)
        assert refused == {"revokeToken": {"code": "not_found"}}
        assert door.ask("query ($id: ID!) { node(id: $id) { id } }", user_id, id=number) == {
            "node": None
        }
    assert _viewer(door, token)
    ended = door.ask(REVOKE, id=number)["revokeToken"]
    assert ended == {"token": {"name": "My player", "isCurrent": False}}
    assert _viewer(door, token) is None
    assert door.ask(REVOKE, id=number) == {"revokeToken": {"code": "not_found"}}
    assert door.ask(REVOKE, id=global_id("Track", 1)) == {"revokeToken": {"code": "invalid_input"}}


@pytest.mark.parametrize(
    ("given", "stays", "count"), [("(input: {keepThis: true})", True, 1), ("", False, 2)]
)
def test_signing_out_everywhere(door: Door, given: str, *, stays: bool, count: int) -> None:
    token = _created(door)
    door.token(OTHER)
    asked = (
        f"mutation {{ signOutEverywhere{given} {{ ... on SignedOutEverywhere {{ tokenCount }} }} }}"
    )
    assert door.ask(asked) == {"signOutEverywhere": {"tokenCount": count}}
    assert _viewer(door, token) is None
    assert bool(door.ask(VIEWER)["viewer"]) is stays
    assert door.ask(VIEWER, OTHER)["viewer"], "others are not concerned"


def test_another_password_ends_every_other_token(door: Door) -> None:
    token = _created(door)
    changed = door.ask(CHANGE, old=PASSWORD, new="staple it elsewhere")
    assert changed == {"changePassword": {"name": "ann"}}
    assert _viewer(door, token) is None
    assert door.ask(VIEWER)["viewer"]
    assert door.ask(LOGIN, None, password=PASSWORD)["login"]["__typename"] == "InvalidCredentials"
    signed_in = door.ask(LOGIN, None, password="staple it elsewhere")
    assert signed_in["login"]["__typename"] == "LoginSuccess"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("wrong", "long enough", {"code": "invalid_credentials"}),
        (PASSWORD, "short", {"code": "invalid_input", "field": "newPassword"}),
        (PASSWORD, PASSWORD, {"code": "invalid_input", "field": "newPassword"}),
    ],
)
def test_a_password_that_stays(door: Door, old: str, new: str, problem: dict[str, str]) -> None:
    token = _created(door)
    assert door.ask(CHANGE, old=old, new=new) == {"changePassword": problem}
    assert _viewer(door, token)


def test_guessing_the_password_is_slowed_down_here_too(open_door: OpenDoor) -> None:
    door = open_door(sign_in_attempts_per_minute=1)
    door.ask(CHANGE, LISTENER, old="wrong", new="long enough")
    refused = door.ask(CHANGE, LISTENER, old=PASSWORD, new="long enough")
    assert refused == {"changePassword": {"code": "rate_limited"}}
