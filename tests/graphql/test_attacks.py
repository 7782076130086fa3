"""The usual checks of attack lists, on what runs in production: every one is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from httpx2 import Response

from app.access import COOKIE
from tests.graphql.conftest import LISTENER, Door

STATUS = "{ status { state } }"
SIGN_IN = 'mutation { login(input: {username: "a", password: "b"}) { __typename } }'
CIRCLE = "{ __schema { types { " + "fields { type { " * 5 + "name" + " } }" * 5 + " } } }"


@dataclass
class Attack:
    """A request, and the status and code that refuse it."""

    json: Any = None
    method: str = "POST"
    path: str = "/graphql"
    user_id: int | None = LISTENER
    status: int = 200
    code: str = "too_complex"
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def sent_to(self, door: Door) -> Response:
        headers = dict(self.headers)
        if self.user_id is not None and "Cookie" not in headers:
            headers["Authorization"] = f"Bearer {door.token(self.user_id)}"
        body = {} if self.json is None else {"json": self.json}
        return door.client.request(self.method, self.path, headers=headers, **body, **self.more)


def _document(text: str, **more: Any) -> Attack:
    return Attack({"query": text}, **more)


def _refused(**more: Any) -> Attack:
    return Attack(status=400, code="invalid_request", **more)


ATTACKS = {
    "aliases": _document("{" + " ".join(f"a{n}: viewer {{ id }}" for n in range(100)) + "}"),
    "aliased sign-ins": _document(
        "mutation {"
        + " ".join(SIGN_IN[11:-2].replace("login", f"a{n}: login") for n in range(100))
        + "}",
        user_id=None,
    ),
    "directives": _document("{ viewer { id " + "@include(if: true)" * 100 + " } }"),
    "unknown directives": _document("{ viewer { id " + "@aa" * 500 + " } }"),
    "repeated fields": _document("{" + " __typename" * 500 + "}"),
    "depth": _document(
        "{ artist(id: 1) {" + "tracks { edges { node { artist { " * 4 + "id" + "}" * 18
    ),
    "tokens": _document("{" + " viewer { id }" * 1000 + "}", code="invalid_request"),
    "costly lists": _document(
        "{ artists(first: 90) { edges { node { tracks(first: 90) { edges { node { id } } } } } } }"
    ),
    "fragments in a circle": _document(
        "{ viewer { ...a } } fragment a on User { ...b } fragment b on User { ...a }",
        code="invalid_request",
    ),
    "introspection by strangers": _document(
        "{ __schema { types { name } } }", user_id=None, code="invalid_request"
    ),
    "a type by strangers": _document(
        '{ __type(name: "User") { fields { name } } }', user_id=None, code="invalid_request"
    ),
    "circular introspection": _document(CIRCLE, code="invalid_request"),
    "a batch": _refused(json=[{"query": STATUS}] * 10),
    "a query by GET": _refused(method="GET", more={"params": {"query": STATUS}}),
    "a mutation by GET": _refused(method="GET", more={"params": {"query": SIGN_IN}}),
    "a form": _refused(more={"data": {"query": STATUS}}),
    "a form with a file": _refused(more={"data": {"query": STATUS}, "files": {"f": b"x"}}),
    "JSON called text": _refused(
        headers={"Content-Type": "text/plain"}, more={"content": b'{"query": "{ viewer { id } }"}'}
    ),
    "another site's page": Attack(
        {"query": STATUS},
        status=403,
        code="cross_site",
        user_id=None,
        headers={"Origin": "https://evil.example"},
    ),
    "another site's page with the cookie": Attack(
        {"query": STATUS},
        status=403,
        code="cross_site",
        headers={"Cookie": f"{COOKIE}=x", "Sec-Fetch-Site": "cross-site"},
    ),
    "another method": Attack({"query": STATUS}, method="PUT", status=405, code="wrong_method"),
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_refused(production: Door, attack: Attack) -> None:
    answer = attack.sent_to(production)
    body = answer.json()
    codes = [error["extensions"]["code"] for error in body.get("errors", [])] or [body["error"]]
    assert (answer.status_code, set(codes)) == (attack.status, {attack.code})
    assert "data" not in body


EDITORS = ("graphql", "graphiql", "playground", "altair", "voyager", "console", "graphql/console")


@pytest.mark.parametrize("path", EDITORS)
def test_no_editor_is_to_be_found(production: Door, path: str) -> None:
    headers = {"Accept": "text/html", "Authorization": f"Bearer {production.token(LISTENER)}"}
    answer = production.client.get(f"/{path}", headers=headers)
    assert answer.status_code == 404
    assert "graphiql" not in answer.text.lower().replace(f"/{path}", "")


def test_a_bug_shows_neither_its_text_nor_where_it_is(
    production: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = production.token(LISTENER)
    monkeypatch.setattr("app.catalog.search_tracks", lambda *_: 1 / 0)
    answer = production.client.post(
        "/graphql",
        json={"query": "{ tracks { totalCount } }"},
        headers={"Authorization": f"Bearer {token}", "X-Apollo-Tracing": "1"},
    )
    (error,) = answer.json()["errors"]
    assert (error["message"], error["extensions"]) == (
        "Something went wrong.",
        {"code": "internal"},
    )
    for told in ("division", "Traceback", ".py", "stacktrace", "exception"):
        assert told not in answer.text
    assert set(answer.json()["extensions"]) == {"cost", "costLimit", "requests"}, "no tracing"


@pytest.mark.parametrize("document", ["{ statu }", "{ track(i: 1) { id } }", "{ viewer { nam } }"])
def test_no_name_is_suggested(production: Door, document: str) -> None:
    answer = production.post(document, LISTENER)
    assert answer.json()["errors"]
    assert "Did you mean" not in answer.text
