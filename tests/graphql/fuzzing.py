"""Operations that schemathesis makes of the schema, asked of a running web process.

Any answer may refuse what was asked; none may be a bug, or other than the schema promises.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from itertools import count
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes
from sqlmodel import Session

from app import alerts, listening, playlists
from app.db import Database, open_database
from app.graphql.ids import global_id
from app.listening import Listen
from app.models import AlertKind, DataImport, ImportState, Role, User
from app.models.columns import id_of
from app.settings import Settings
from tests import servers
from tests.graphql.conftest import ADMINISTRATOR, LISTENER, PASSWORD, crowned, open_session
from tests.graphql.promises import broken, naming_types
from tests.graphql.variables import Way, sent
from tests.web_process import QUICK, QUICK_HASHES

ROOT = Path(__file__).resolve().parents[2]
SCHEMA: Any = schemathesis.graphql.from_path(ROOT / "schema.graphql")
DESTRUCTIVE = {
    *("logout", "signOutEverywhere", "revokeToken", "changePassword", "deleteAccount"),
    *("disableUser", "enableUser", "setUserRole", "makePasswordLink", "setPasswordByLink"),
}
"""They end the tokens or the users that the others are asked with."""
OPERATIONS = sorted(
    ((root, name) for root in ("Query", "Mutation") for name in SCHEMA[root]),
    key=lambda operation: operation[1].startswith(("delete", "forget", "undo", "cancel")),
)
"""What takes things away comes last."""
REFUSALS = {
    *("invalid_input", "not_found", "not_allowed", "not_yours", "too_complex"),
    *("rate_limited", "video_search_failed"),
}
"""Codes of errors that stand beside the data or in its place."""
_KINDS = ("Alert", "Artist", "DataImport", "Listen", "Playlist", "Token", "Track", "Training")
_IDS = [global_id(kind, number) for kind in _KINDS for number in (1, 2, 2**31 - 1)]
_IDS += [global_id("User", number) for number in (3, 4, 5)]
_UNLIMITED = dict.fromkeys(
    ("PYTUNE_REQUESTS_PER_MINUTE", "PYTUNE_SIGN_IN_ATTEMPTS_PER_MINUTE"), "1000000"
)
_NOTHING_OUTSIDE = {"PYTUNE_VIDEO_SEARCH_URL": "http://127.0.0.1:1"}
_QUICKLY = {QUICK_HASHES: "1"}
_NUMBERS = count()
_HASH = QUICK.hash(PASSWORD)

schemathesis.graphql.scalar("ID", (st.sampled_from(_IDS) | st.text()).map(nodes.String))
schemathesis.graphql.scalar(
    "DateTime",
    st.datetimes(timezones=st.just(UTC)).map(lambda moment: nodes.String(moment.isoformat())),
)


@dataclass(frozen=True, slots=True)
class Target:
    """A web process that can be asked as anybody."""

    address: str
    database: Database

    def standing(self, role: Role) -> str:
        """The token of a user with a history, a playlist and an import."""
        user_id = ADMINISTRATOR if role is Role.ADMINISTRATOR else LISTENER
        return self.database.transact(lambda session: open_session(session, user_id))

    def throwaway(self, role: Role) -> str:
        """The token of a user whom nobody will miss."""

        def add(session: Session) -> str:
            name = f"throwaway {next(_NUMBERS)}"
            user = User(name=name, name_key=name, role=role, password_hash=_HASH)
            session.add(user)
            session.flush()
            listening.record_listen(session, id_of(user), Listen(1))
            return open_session(session, id_of(user))

        return self.database.transact(add)


@contextmanager
def target(settings: Settings) -> Iterator[Target]:
    """On a seeded folder; it is given more of everything, and a champion."""
    database = open_database(settings)
    with database.write() as session:
        for user_id in (ADMINISTRATOR, LISTENER):
            playlists.create(session, user_id, "Sunday", [4, 5])
            row = DataImport(source="x", format="csv", path="x", state=ImportState.FINISHED)
            session.add(row.sqlmodel_update({"user_id": user_id}))
        alerts.raise_alert(session, AlertKind.DRIFT, "Listeners changed their taste.", {})
    crowned(database, settings)
    with servers.served(settings, _UNLIMITED | _NOTHING_OUTSIDE | _QUICKLY) as origin:
        yield Target(f"{origin}/graphql", database)
    database.dispose()


def fuzz(target: Target, root: str, name: str, *, examples: int, repeatable: bool) -> None:
    """Ask for a field of a root in many ways, as an administrator and as a listener in turn."""
    apart = name in DESTRUCTIVE
    tokens = {role: target.standing(role) for role in Role}
    roles = st.sampled_from(sorted(Role, reverse=True))

    @settings_of(examples, repeatable)
    @given(case=SCHEMA[root][name].as_strategy(), role=roles, way=st.sampled_from(Way))
    def ask(case: Any, role: Role, way: Way) -> None:
        token = target.throwaway(role) if apart else tokens[role]
        body = sent(naming_types(case.body), way)
        judge(_asked(session, target.address, body, token), body)

    with requests.Session() as session:
        ask()


def settings_of(examples: int, repeatable: bool) -> Callable[..., Any]:  # noqa: FBT001
    """As many examples, the same in each run if repeatable; larger ones may be filtered out."""
    phases: Sequence[Phase] = (Phase.generate, Phase.shrink)
    return settings(
        max_examples=examples,
        derandomize=repeatable,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )


def _asked(session: requests.Session, address: str, body: Any, token: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return session.post(address, json=body, headers=headers, timeout=60)


def judge(answer: requests.Response, body: Any) -> None:
    """Fail where the answer is a bug, or breaks what the schema promises."""
    assert answer.status_code == 200, (body, answer.text)
    told = answer.json()
    errors = told.get("errors", [])
    codes = {error["extensions"]["code"] for error in errors}
    assert codes <= REFUSALS, (body, errors)
    assert errors or told["data"], (body, told)
    found = broken(body["query"], told["data"]) if told.get("data") else []
    assert found == [], (body, told)
