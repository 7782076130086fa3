"""Each request has an id, which leads from its answer to its lines in the log and to its jobs."""

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from structlog.contextvars import bound_contextvars

from app import logs
from app.graphql.ids import global_id
from app.queue import JobName, JsonJob
from app.settings import Profile
from tests.web import world
from tests.web.conftest import OpenSite, Site

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def logged() -> StringIO:
    """All that was logged."""
    return StringIO()


@pytest.fixture
def production(open_site: OpenSite, logged: StringIO) -> Iterator[Site]:
    """As administrators run it."""
    loggers = [logging.getLogger(name) for name in (None, "app", "jobs")]
    before = [(logger.level, logger.handlers[:]) for logger in loggers]
    site = open_site(profile=Profile.PRODUCTION)
    logs.configure(site.state.settings)
    (handler,) = loggers[0].handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(logged)
    yield site
    for logger, (level, handlers) in zip(loggers, before, strict=True):
        logger.setLevel(level)
        logger.handlers[:] = handlers


@pytest.fixture
def lines(logged: StringIO) -> Lines:
    """The objects in it."""
    return lambda: [json.loads(line) for line in logged.getvalue().splitlines()]


def test_the_answer_and_the_log_bear_the_same_id(production: Site, lines: Lines) -> None:
    answer = production.get("/login")
    (line,) = [line for line in lines() if line["event"] == "request"]
    assert answer.headers["X-Request-ID"] == line["request_id"]
    assert len(line["request_id"]) == 32
    assert (line["method"], line["operation"], line["status"]) == ("GET", "/login", 200)
    assert line["seconds"] >= 0


def test_a_proxys_id_is_taken(nobody: Site) -> None:
    answer = nobody.get("/login", **{"X-Request-ID": "proxy-0123.abc"})
    assert answer.headers["X-Request-ID"] == "proxy-0123.abc"


@pytest.mark.parametrize("forged", ["short", "x" * 65, 'a" level="error', "newline\tinside!"])
def test_a_forged_id_is_not(nobody: Site, forged: str) -> None:
    assert nobody.get("/login", **{"X-Request-ID": forged}).headers["X-Request-ID"] != forged


def test_a_failure_is_logged_with_its_request(
    production: Site, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ValueError("broken on purpose")

    production.sign_in(production.world.ann)
    monkeypatch.setattr("app.accounts.owner_of_token", fail)
    answer = production.get("/")
    assert answer.status_code == 500
    (line,) = [line for line in lines() if line["event"] == "request"]
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["level"], line["status"]) == ("error", 500)


def test_probes_and_files_are_not_logged(production: Site, lines: Lines) -> None:
    production.get("/healthz")
    production.get("/static/pytune.css")
    assert [line for line in lines() if line["event"] == "request"] == []


def test_a_job_knows_the_request_that_began_it(nobody: Site) -> None:
    queue = nobody.state.queue
    with bound_contextvars(request_id="the-request"):
        job_id = queue.enqueue(JobName.TIDY)
    assert JsonJob.fetch(job_id, connection=queue.redis).meta["request_id"] == "the-request"


_BROKEN = {
    "event": "INSERT",
    "api_token": "INSERT",
    "password_link": "INSERT",
    "user": "UPDATE OF password_hash",
}
"""Statements that are made to fail, by table: what they bring is secret, or a listener's own."""
_MUTATIONS = {
    "login": {"username": "ann", "password": world.PASSWORD},
    "createToken": {"name": "my old player"},
    "changePassword": {"currentPassword": world.PASSWORD, "newPassword": "another secret"},
    "recordListen": {"trackId": global_id("Track", 1), "source": "my own source"},
    "inviteUser": {"name": "a new name"},
}


def test_a_statement_that_fails_is_logged_without_its_values(
    production: Site, logged: StringIO
) -> None:
    tokens = {"inviteUser": production.token(production.world.root)}
    ann = production.token()
    with production.state.database.write() as session:
        for table, on in _BROKEN.items():
            session.connection().exec_driver_sql(
                f"CREATE TRIGGER no_{table} BEFORE {on} ON {table} BEGIN DELETE FROM nowhere; END"
            )
    for name, given in _MUTATIONS.items():
        kind = name[0].upper() + name[1:]
        document = f"mutation ($i: {kind}Input!) {{ {name}(input: $i) {{ __typename }} }}"
        headers = {"Authorization": f"Bearer {tokens.get(name, ann)}"}
        sent = {"query": document, "variables": {"i": given}}
        answer = production.client.post("/graphql", json=sent, headers=headers).json()
        assert [error["extensions"]["code"] for error in answer["errors"]] == [
            "database_unavailable"
        ], (name, answer)
    written = logged.getvalue()
    assert written.count("no such table: main.nowhere") >= len(_MUTATIONS)
    assert "hide_parameters=True" in written
    secrets = ("$argon2", "another secret", "my old player", "my own source", "a new name")
    assert [secret for secret in (*secrets, "'ann'", "parameters: (") if secret in written] == []


def test_no_secret_is_ever_logged(production: Site, logged: StringIO) -> None:
    """Passwords right and wrong, tokens, links of invitations, what was searched for."""
    token = production.token()
    sent = ["a wrong secret", world.PASSWORD, "a-forged-token", "an-invitation", "my search"]
    for password in sent[:2]:
        production.post("/login", {"name": "ann", "password": password})
    login = "mutation ($i: LoginInput!) { login(input: $i) { __typename } }"
    given = {"i": {"name": "ann", "password": sent[0], "unknown": sent[1]}}
    for variables in (given, {"i": {"name": "ann", "password": sent[0]}}):
        production.client.post("/graphql", json={"query": login, "variables": variables})
    for bearer in (token, sent[2]):
        headers = {"Authorization": f"Bearer {bearer}"}
        production.client.post("/graphql", json={"query": "{ nothing }"}, headers=headers)
        production.client.get("/1/validate-token", headers=headers)
    production.get(f"/invitations/{sent[3]}")
    production.get(f"/search?q={sent[4]}")
    written = logged.getvalue()
    assert written.count('"event": "request"') >= 9
    assert [secret for secret in (*sent, token) if secret in written] == []
