"""Signing in and out, and users."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import accounts
from app.graphql.ids import global_id
from app.models import Role
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, PASSWORD, Door, OpenDoor

LOGIN = """
mutation ($username: String!, $password: String!) {
  login(input: {username: $username, password: $password}) {
    __typename
    ... on LoginSuccess { token expiresAt user { id name role } }
    ... on RateLimited { retryAfterSeconds }
    ... on Problem { code message }
  }
}
"""
CREATE = """
mutation ($input: CreateUserInput!) {
  createUser(input: $input) {
    __typename
    ... on UserCreated { user { id name role } }
    ... on InvalidInput { field }
    ... on Problem { code }
  }
}
"""
ANN = {"id": global_id("User", LISTENER), "name": "ann", "role": "LISTENER"}


def test_login_gives_a_token_that_signs_in(door: Door) -> None:
    given = door.ask(LOGIN, None, username="ANN", password=PASSWORD)["login"]
    assert (given["__typename"], given["user"]) == ("LoginSuccess", ANN)
    left = datetime.fromisoformat(given["expiresAt"]) - datetime.now(UTC)
    assert timedelta(days=29) < left < timedelta(days=31)
    door.client.headers["Authorization"] = f"Bearer {given['token']}"
    assert door.ask("{ viewer { id name role } }", None) == {"viewer": ANN}


@pytest.mark.parametrize("name", ["ann", "nobody"])
def test_a_wrong_password_and_an_unknown_name_look_alike(door: Door, name: str) -> None:
    refused = door.ask(LOGIN, None, username=name, password="wrong")["login"]
    assert refused == {
        "__typename": "InvalidCredentials",
        "code": "invalid_credentials",
        "message": "That name and password do not match.",
    }


def test_guessing_is_slowed_down(open_door: OpenDoor) -> None:
    door = open_door(sign_in_attempts_per_minute=2)
    for _ in range(2):
        door.ask(LOGIN, None, username="ann", password="wrong")
    refused = door.ask(LOGIN, None, username="ann", password=PASSWORD)["login"]
    assert (refused["__typename"], refused["code"]) == ("RateLimited", "rate_limited")
    assert 0 < refused["retryAfterSeconds"] <= 60


def test_logout_ends_the_token(door: Door) -> None:
    ended = door.ask("mutation { logout { ... on LogoutSuccess { user { id name role } } } }")
    assert ended == {"logout": {"user": ANN}}
    assert door.ask("{ viewer { id } }") == {"viewer": None}


def test_nobody_is_no_viewer(door: Door) -> None:
    assert door.ask("{ viewer { id } }", None) == {"viewer": None}


def test_an_administrator_adds_a_user_who_can_sign_in(door: Door) -> None:
    wanted = {"name": "Eve", "password": PASSWORD, "role": "ADMINISTRATOR"}
    created = door.ask(CREATE, ADMINISTRATOR, input=wanted)["createUser"]
    assert (created["user"]["name"], created["user"]["role"]) == ("Eve", "ADMINISTRATOR")
    signed_in = door.ask(LOGIN, None, username="eve", password=PASSWORD)["login"]
    assert signed_in["user"] == created["user"]


def test_a_user_is_a_listener_unless_said_otherwise(door: Door) -> None:
    door.ask(CREATE, ADMINISTRATOR, input={"name": "eve", "password": PASSWORD})
    with door.state.database.read() as session:
        user = accounts.user_by_name(session, "eve")
    assert user is not None
    assert user.role is Role.LISTENER


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        (
            {"name": " ", "password": PASSWORD},
            {"__typename": "InvalidInput", "code": "invalid_input", "field": "name"},
        ),
        (
            {"name": "eve", "password": "short"},
            {"__typename": "InvalidInput", "code": "invalid_input", "field": "password"},
        ),
        (
            {"name": "Ann", "password": PASSWORD},
            {"__typename": "NameTaken", "code": "name_taken"},
        ),
    ],
)
def test_a_user_that_cannot_be_added(
    door: Door, wanted: dict[str, str], problem: dict[str, Any]
) -> None:
    assert door.ask(CREATE, ADMINISTRATOR, input=wanted) == {"createUser": problem}
