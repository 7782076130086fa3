"""What machines that watch are told, and who may ask."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from app import alerts
from app.job_times import note_job
from app.main import create_app
from app.models import AlertKind
from app.probes.answers import is_welcome
from app.settings import Settings
from app.training import champion
from tests import making
from tests.web.conftest import OpenSite, Site

TOKEN = "a-token-for-prometheus"
BEARER = {"authorization": f"Bearer {TOKEN}"}
FROM = {"x-forwarded-for": "8.8.4.4"}


@pytest.mark.parametrize(
    ("address", "headers", "token", "welcome"),
    [
        ("127.0.0.1", {}, None, True),
        ("::1", {}, None, True),
        ("10.1.2.3", {}, None, True),
        ("::ffff:192.168.0.7", {}, None, True),
        ("8.8.4.4", {}, None, False),
        ("::ffff:8.8.8.8", {}, None, False),
        ("2001:4860:4860::8888", {}, None, False),
        ("testclient", {}, None, False),
        (None, {}, None, False),
        # The gateway of a container network speaks for anybody.
        ("172.18.0.1", {}, TOKEN, False),
        ("172.18.0.1", BEARER, TOKEN, True),
        ("127.0.0.1", {"authorization": f"Basic {TOKEN}"}, TOKEN, False),
        # A proxy does too.
        ("127.0.0.1", FROM, None, False),
        ("127.0.0.1", {"forwarded": "for=8.8.4.4"}, TOKEN, False),
        ("8.8.4.4", BEARER, TOKEN, True),
        ("10.0.0.2", FROM | BEARER, TOKEN, True),
        ("127.0.0.1", {"authorization": "Bearer wrong"}, TOKEN, False),
        ("8.8.4.4", {"authorization": "Bearer "}, None, False),
        ("8.8.4.4", {"authorization": "Bearer é"}, TOKEN, False),
    ],
)
def test_who_may_ask(
    address: str | None, headers: dict[str, str], token: str | None, *, welcome: bool
) -> None:
    assert is_welcome(address, headers, token) is welcome


@pytest.fixture
def watched(open_site: OpenSite) -> Site:
    site = open_site(probe_token=TOKEN)
    site.client.headers["Authorization"] = f"Bearer {TOKEN}"
    return site


@pytest.fixture
def half(sqlite_settings: Settings) -> Iterator[Any]:
    """Starts the application with a part of it away."""
    clients = []

    def start(**changed: Any) -> TestClient:
        settings = sqlite_settings.model_copy(update={"probe_token": TOKEN, **changed})
        client = TestClient(create_app(settings), headers=BEARER)
        client.__enter__()
        clients.append(client)
        return client

    yield start
    for client in clients:
        client.__exit__(None, None, None)


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_strangers_are_told_what_to_do(nobody: Site, path: str) -> None:
    answer = nobody.client.get(path)
    assert answer.status_code == 403
    assert "PYTUNE_PROBE_TOKEN" in answer.text


def test_it_is_ready_with_a_model(watched: Site) -> None:
    answer = watched.client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": "ok", "key_value": "ok", "model": "ok"}


def test_before_the_first_model_it_is_ready_too(open_site: OpenSite) -> None:
    site = open_site(model=False, probe_token=TOKEN)
    assert site.client.get("/readyz", headers=BEARER).json()["ready"] is True


def test_without_its_models_files_it_is_not_ready(open_site: OpenSite, tmp_path: Path) -> None:
    open_site()
    other = open_site(model=False, artifact_dir=tmp_path / "elsewhere", probe_token=TOKEN)
    answer = other.client.get("/readyz", headers=BEARER)
    assert (answer.status_code, answer.json()["model"]) == (503, "not loaded")


def test_who_does_not_follow_the_champion_any_more_is_not_ready(watched: Site) -> None:
    watched.state.follower.stop()
    answer = watched.client.get("/readyz")
    assert (answer.status_code, answer.json()["model"]) == (503, "not followed")


def test_a_key_value_server_that_is_away_is_named_and_lists_are_made(half: Any) -> None:
    client = half(redis_url="redis://127.0.0.1:1/0")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["key_value"]) == (200, "away")
    said = _metrics(client)
    assert said["pytune_up", ("part", "key_value")] == 0
    assert not [name for name, *_ in said if name.startswith("pytune_jobs")]


def test_a_database_that_is_away_makes_it_unready(half: Any) -> None:
    client = half(database_url="mysql://nobody@127.0.0.1:1/nothing")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "away")
    assert _metrics(client)["pytune_up", ("part", "database")] == 0
    assert client.get("/healthz").text == "running"


def test_what_is_looked_up_is_told(watched: Site) -> None:
    state = watched.state
    with state.database.write() as session:
        alerts.raise_alert(session, AlertKind.DRIFT, "Tastes moved.", {})
        number = champion(session).version  # type: ignore[union-attr]
    note_job(state.queue, "train", 2.5, failed=False)
    note_job(state.queue, "train", 0.5, failed=True)
    said = _metrics(watched.client)
    assert said["pytune_model_version",] == said["pytune_champion_version",] == number
    assert said["pytune_champion_age_seconds",] >= 0
    assert said["pytune_alerts_open", ("kind", "drift")] == 1
    assert said["pytune_jobs", ("state", "queued")] == 0
    assert said["pytune_workers", ("queue", "models")] == 0
    assert said["pytune_job_seconds_sum", ("job", "train")] == 3
    assert said["pytune_job_seconds_count", ("job", "train")] == 2
    assert said["pytune_jobs_failed_total", ("job", "train")] == 1
    assert said["process_resident_memory_bytes",] > 0


def test_what_the_last_watch_for_drift_saw_is_told(watched: Site) -> None:
    assert not [name for name, *_ in _metrics(watched.client) if name.startswith("pytune_drift")]
    with watched.state.database.write() as session:
        session.add(making.drift_watch(session))
    said = _metrics(watched.client)
    ndcg, clicks = ("signal", "ndcg"), ("signal", "click_through")
    assert (said["pytune_drift_before", ndcg], said["pytune_drift_value", ndcg]) == (0.3, 0.2)
    assert (said["pytune_drifted", ndcg], said["pytune_drifted", clicks]) == (1, 0)
    assert ("pytune_drift_before", clicks) not in said
    assert said["pytune_drift_watched_timestamp_seconds",] == making.WATCHED_AT.timestamp()


def test_requests_are_counted_by_what_was_asked_never_by_what_clients_write(watched: Site) -> None:
    client, world = watched.client, watched.world
    bearer = {"Authorization": f"Bearer {watched.token(world.ann)}"}
    query = "query Mine { forged_by_me: recommendations(first: 3) { items { score } } }"
    assert client.post("/graphql", json={"query": query}, headers=bearer).status_code == 200
    client.get("/nowhere/at/all")
    client.get(f"/tracks/{world.tracks['Autobahn']}", headers=bearer)
    said = _metrics(client)
    named = ("door", "graphql"), ("operation", "recommendations"), ("status", "2xx")
    assert said["pytune_request_seconds_count", *named] >= 1
    page = ("door", "page"), ("operation", "/tracks/{track_id}"), ("status", "2xx")
    assert said["pytune_request_seconds_count", *page] >= 1
    unknown = ("door", "page"), ("operation", "unknown"), ("status", "4xx")
    assert said["pytune_request_seconds_count", *unknown] >= 1
    assert said["pytune_fold_in_seconds_count",] >= 1
    assert said["pytune_graphql_cost_count",] >= 1
    assert "forged_by_me" not in client.get("/metrics").text
    assert "Mine" not in client.get("/metrics").text


def _metrics(client: TestClient) -> dict[tuple[Any, ...], float]:
    """Each sample by its name and labels, read as Prometheus reads them."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
