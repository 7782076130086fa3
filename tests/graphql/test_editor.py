"""The query editor: for developers' browsers, and for nobody else."""

import re

import pytest

from app.web.files import FOLDER as STATIC
from app.web.render import TEMPLATES
from tests.graphql.conftest import Door


def test_developers_browsers_get_the_editor_under_a_policy_of_its_own(door: Door) -> None:
    page = door.client.get("/graphql", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(loaded) > 5
    assert {door.client.get(path).status_code for path in loaded} == {200}


@pytest.mark.parametrize("accept", ["*/*", "application/json"])
def test_whoever_asks_for_no_page_gets_json(door: Door, accept: str) -> None:
    answer = door.client.get("/graphql", headers={"Accept": accept})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (
        400,
        {"code": "invalid_request"},
    )


def test_production_has_neither_the_editor_nor_its_files(production: Door) -> None:
    answer = production.client.get("/graphql", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<" not in answer.text
    for file in ("editor.js", "vendor/react-18.3.1/react.production.min.js"):
        assert production.client.get(f"/static/editor/{file}").status_code == 404


def test_no_page_of_the_product_loads_the_editor() -> None:
    texts = [path.read_text() for path in [*TEMPLATES.rglob("*.html"), *STATIC.rglob("*.js")]]
    assert texts
    assert not [text for text in texts if "graphiql" in text or "static/editor" in text]
