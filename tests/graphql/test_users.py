"""Users, invitations and rights through the API."""

from typing import Any

import pytest

from app.graphql.ids import global_id
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, OTHER, PASSWORD, Door

ACCOUNT = "account { user { id name role } state createdAt disabledAt linkExpiresAt }"
LINK = "link { path token expiresAt }"
USERS = """query ($first: Int, $after: String, $search: String) {
  users(first: $first, after: $after, search: $search) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { user { name } state } }
  }
}"""
PROBLEM = "__typename ... on Problem { code message }"
INVITE = f"""mutation ($input: InviteUserInput!) {{
  inviteUser(input: $input) {{ {PROBLEM} ... on UserInvited {{ {ACCOUNT} {LINK} }} }}
}}"""
MAKE = f"""mutation ($input: MakePasswordLinkInput!) {{
  makePasswordLink(input: $input) {{ {PROBLEM} ... on PasswordLinkMade {{ {ACCOUNT} {LINK} }} }}
}}"""
PICK = f"""mutation ($input: SetPasswordByLinkInput!) {{
  setPasswordByLink(input: $input) {{ {PROBLEM} ... on PasswordSet {{ user {{ name }} }} }}
}}"""
ROLE = f"""mutation ($input: SetUserRoleInput!) {{
  setUserRole(input: $input) {{ {PROBLEM} ... on UserChanged {{ {ACCOUNT} }} }}
}}"""
DISABLE = f"""mutation ($input: DisableUserInput!) {{
  disableUser(input: $input) {{ {PROBLEM} ... on UserChanged {{ {ACCOUNT} }} }}
}}"""
ENABLE = f"""mutation ($input: EnableUserInput!) {{
  enableUser(input: $input) {{ {PROBLEM} ... on UserChanged {{ {ACCOUNT} }} }}
}}"""
LOGIN = """mutation ($input: LoginInput!) { login(input: $input) { __typename } }"""


def _do(door: Door, mutation: str, user_id: int | None = ADMINISTRATOR, /, **given: Any) -> Any:
    (answer,) = door.ask(mutation, user_id, input=given).values()
    return answer


def _login(door: Door, name: str, password: str) -> str:
    kind: str = _do(door, LOGIN, None, username=name, password=password)["__typename"]
    return kind


def test_users_are_listed_searched_and_paged(door: Door) -> None:
    page = door.ask(USERS, ADMINISTRATOR, first=2)["users"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    assert page["edges"][0]["node"] == {"user": {"name": "bob"}, "state": "ACTIVE"}
    after = page["pageInfo"]["endCursor"]
    rest = door.ask(USERS, ADMINISTRATOR, after=after)["users"]["edges"]
    assert [edge["node"]["user"]["name"] for edge in rest] == ["root"]
    found = door.ask(USERS, ADMINISTRATOR, search="AN")["users"]
    assert (found["totalCount"], found["edges"][0]["node"]["user"]["name"]) == (1, "ann")


def test_an_invited_user_picks_a_password_and_signs_in(door: Door) -> None:
    invited = _do(door, INVITE, name="eve", role="ADMINISTRATOR")
    assert invited["account"]["state"] == "INVITED"
    assert invited["account"]["linkExpiresAt"] == invited["link"]["expiresAt"]
    token = invited["link"]["token"]
    assert invited["link"]["path"] == f"/invitations/{token}"
    short = _do(door, PICK, None, token=token, password="short")
    assert (short["__typename"], short["code"]) == ("InvalidInput", "invalid_input")
    assert _do(door, PICK, None, token=token, password=PASSWORD)["user"] == {"name": "eve"}
    assert _login(door, "eve", PASSWORD) == "LoginSuccess"
    again = _do(door, PICK, None, token=token, password="another one")
    assert (again["__typename"], again["code"]) == ("LinkInvalid", "link_invalid")


def test_a_reset_ends_the_old_password_once_it_is_used(door: Door) -> None:
    made = _do(door, MAKE, userId=global_id("User", LISTENER))
    assert made["account"]["state"] == "ACTIVE"
    assert _login(door, "ann", PASSWORD) == "LoginSuccess"
    _do(door, PICK, None, token=made["link"]["token"], password="another one")
    assert _login(door, "ann", PASSWORD) == "InvalidCredentials"
    assert _login(door, "ann", "another one") == "LoginSuccess"


def test_a_disabled_user_is_out_at_once_and_can_come_back(door: Door) -> None:
    token_still_good = "{ viewer { name } }"
    assert door.ask(token_still_good) == {"viewer": {"name": "ann"}}
    ann = global_id("User", LISTENER)
    assert _do(door, DISABLE, userId=ann)["account"]["state"] == "DISABLED"
    assert door.ask(token_still_good) == {"viewer": None}
    assert _login(door, "ann", PASSWORD) == "InvalidCredentials"
    refused = _do(door, MAKE, userId=ann)
    assert (refused["__typename"], refused["code"]) == ("InvalidInput", "invalid_input")
    assert _do(door, ENABLE, userId=ann)["account"]["disabledAt"] is None
    assert _login(door, "ann", PASSWORD) == "LoginSuccess"


def test_roles_change_at_once_and_the_last_administrator_stays(door: Door) -> None:
    root, bob = global_id("User", ADMINISTRATOR), global_id("User", OTHER)
    for refused in (
        _do(door, ROLE, userId=root, role="LISTENER"),
        _do(door, DISABLE, userId=root),
    ):
        assert (refused["__typename"], refused["code"]) == (
            "LastAdministrator",
            "last_administrator",
        )
    changed = _do(door, ROLE, userId=bob, role="ADMINISTRATOR")["account"]["user"]
    assert changed == {"id": bob, "name": "bob", "role": "ADMINISTRATOR"}
    assert door.ask("{ users { totalCount } }", OTHER) == {"users": {"totalCount": 3}}
    assert _do(door, DISABLE, OTHER, userId=root)["account"]["state"] == "DISABLED"


@pytest.mark.parametrize("mutation", [MAKE, DISABLE, ENABLE])
def test_who_is_not_there_is_said(door: Door, mutation: str) -> None:
    missing = _do(door, mutation, userId=global_id("User", 999))
    assert (missing["__typename"], missing["message"]) == ("NotFound", "No user has that id.")
    assert _do(door, mutation, userId="nonsense")["__typename"] == "InvalidInput"


def test_a_name_is_taken_once(door: Door) -> None:
    assert _do(door, INVITE, name="ANN")["__typename"] == "NameTaken"
