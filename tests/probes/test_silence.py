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
from app.cli.opening import ready
from app.errors import DatabaseUnavailable
from app.main import create_app
from app.settings import Settings
from tests.proxy import Proxy

TOKEN = "a-token-for-prometheus"
PROBE = {"authorization": f"Bearer {TOKEN}"}
MINE = {"query": "{ viewer { name } }"}

pytestmark = pytest.mark.mariadb


@pytest.fixture
def proxy(mariadb_settings: Settings) -> Iterator[Proxy]:
    url = make_url(str(mariadb_settings.database_url))
    with Proxy(str(url.query["unix_socket"])) as opened:
        yield opened


@pytest.fixture
def behind(mariadb_settings: Settings, proxy: Proxy) -> Settings:
    """Settings that lead through the proxy."""
    name = make_url(str(mariadb_settings.database_url)).database
    changed = {
        "database_url": f"mysql://root@127.0.0.1:{proxy.port}/{name}?ssl_disabled=true",
        "database_silence_seconds": 1,
        "probe_token": TOKEN,
        "champion_poll_seconds": 0.05,
    }
    return mariadb_settings.model_copy(update=changed)


@pytest.fixture
def proxied(behind: Settings, proxy: Proxy) -> Iterator[Any]:
    """The application, and the proxy between it and its database."""
    with TestClient(create_app(behind)) as client:
        yield SimpleNamespace(client=client, proxy=proxy, state=client.app_state["pytune"])
        proxy.speak()


def test_a_process_that_starts_is_told(behind: Settings, proxy: Proxy) -> None:
    proxy.swallow()
    with pytest.raises(DatabaseUnavailable):
        ready(behind)


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
