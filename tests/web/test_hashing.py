"""Whoever looks at a password has taken a turn, and holds up nobody's writing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import Session

from app import security, users
from app.db import Database
from app.state import State
from tests.web.conftest import Site
from tests.web.world import PASSWORD

NEW = "staple it elsewhere"
_PATIENCE_SECONDS = 5.0


class _Watched:
    """Every password is right; each look at one is noted."""

    def __init__(self, state: State) -> None:
        self.state, self.turns = state, list[int]()
        self.other = Database(state.database.url, _PATIENCE_SECONDS)

    def hash(self, _: bytes) -> str:
        self._note()
        return "kept"

    def verify(self, *_: bytes | str) -> bool:
        self._note()
        return True

    def _note(self) -> None:
        self.turns.append(self.state.hashing._limiter.borrowed_tokens)
        with self.other.write() as session:  # in vain where whoever looks is writing already
            session.connection()

    def took_turns(self, times: int) -> bool:
        taken, self.turns = self.turns, []
        return len(taken) == times and all(taken)


@pytest.fixture
def watched(admin: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Watched]:
    watched = _Watched(admin.state)
    monkeypatch.setattr(security, "_HASHER", watched)
    yield watched
    watched.other.dispose()


def _link(site: Site) -> str:
    def make(session: Session) -> str:
        return users.make_link(session, site.world.ann, "root", timedelta(days=1)).token

    return site.state.database.transact(make)


def test_pages_take_a_turn(admin: Site, watched: _Watched) -> None:
    admin.post("/admin/users", {"name": "eve", "password": PASSWORD})
    assert watched.took_turns(1)
    admin.post("/settings/password", {"current": PASSWORD, "password": NEW})
    assert watched.took_turns(2)
    admin.post(f"/invitations/{_link(admin)}", {"password": PASSWORD})
    assert watched.took_turns(1)
    admin.post("/invitations/nonsense", {"password": PASSWORD})
    assert watched.took_turns(0)
    admin.post("/settings/delete", {"password": PASSWORD})
    assert watched.took_turns(1)
    admin.post("/login", {"name": "eve", "password": PASSWORD})
    assert watched.took_turns(1)


def test_the_api_takes_a_turn(admin: Site, watched: _Watched) -> None:
    bearer = {"Authorization": f"Bearer {admin.token(admin.world.root)}"}

    def ask(mutation: str, given: str, times: int) -> None:
        query = f"mutation {{ {mutation}(input: {{{given}}}) {{ __typename }} }}"
        said = admin.client.post("/graphql", json={"query": query}, headers=bearer).json()
        assert "errors" not in said, said
        assert watched.took_turns(times), mutation

    ask("createUser", f'name: "eve", password: "{PASSWORD}"', 1)
    ask("login", f'username: "eve", password: "{PASSWORD}"', 1)
    ask("changePassword", f'currentPassword: "{PASSWORD}", newPassword: "{NEW}"', 2)
    ask("setPasswordByLink", f'token: "{_link(admin)}", password: "{PASSWORD}"', 1)
    ask("setPasswordByLink", f'token: "nonsense", password: "{PASSWORD}"', 0)
    bearer["Authorization"] = f"Bearer {admin.token(admin.world.ann)}"
    ask("deleteAccount", f'password: "{PASSWORD}"', 1)
