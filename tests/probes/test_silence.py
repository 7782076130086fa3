"""A database that takes whatever is sent and says nothing: its host is frozen, or cut off."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.engine import make_url
from sqlmodel import Session
from starlette.testclient import TestClient

from app import accounts
from app.main import create_app
from app.settings import Settings
from tests.proxy import Proxy

TOKEN = "a-token-for-prometheus"
PROBE = {"authorization": f"Bearer {TOKEN}"}
MINE = {"query": "{ viewer { name } }"}

pytestmark = pytest.mark.mariadb


@pytest.fixture
def proxied(mariadb_settings: Settings) -> Iterator[Any]:
    """The application, and the proxy between it and its database."""
    url = make_url(str(mariadb_settings.database_url))
    with Proxy(str(url.query["unix_socket"])) as proxy:
        behind = f"mysql://root@127.0.0.1:{proxy.port}/{url.database}?ssl_disabled=true"
        changed = {
            "database_url": behind,
            "database_silence_seconds": 1,
            "probe_token": TOKEN,
            "champion_poll_seconds": 0.05,
        }
        with TestClient(create_app(mariadb_settings.model_copy(update=changed))) as client:
            yield SimpleNamespace(client=client, proxy=proxy, state=client.app_state["pytune"])
            proxy.speak()


def test_requests_are_given_up_and_watchers_are_told(
    proxied: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.probes.gauges.LOOK_SECONDS", 0.3)
    client, proxy = proxied.client, proxied.proxy
    token = proxied.state.database.transact(_token)
    mine = {"authorization": f"Bearer {token}"}
    assert client.post("/graphql", json=MINE, headers=mine).json()["data"]["viewer"]
    proxy.swallow()
    ready = client.get("/readyz", headers=PROBE)
    assert (ready.status_code, ready.json()["database"]) == (503, "away")
    said = client.post("/graphql", json=MINE, headers=mine).json()
    assert [error["extensions"]["code"] for error in said["errors"]] == ["database_unavailable"]
    assert client.get("/healthz").text == "running"
    proxy.speak()
    assert client.get("/readyz", headers=PROBE).status_code == 200
    assert client.post("/graphql", json=MINE, headers=mine).json()["data"]["viewer"]


def _token(session: Session) -> str:
    user = accounts.create_user(session, "ann", None)
    session.flush()
    return accounts.open_session(session, user, timedelta(hours=1), "test").token
