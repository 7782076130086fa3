"""What is read is compressed; what may show a secret once is not."""

import pytest

from tests.web.conftest import Site

GZIP = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize("path", ["/", "/static/css/parts.css", "/covers/1/wall.svg"])
def test_what_is_read_is_compressed(site: Site, path: str) -> None:
    answer = site.get(path, **GZIP)
    assert answer.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["vary"]
    assert int(answer.headers["content-length"]) < len(answer.content) / 2


def test_whoever_cannot_read_it_gets_it_plain(site: Site) -> None:
    answer = site.get("/", **{"Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers


def test_answers_to_post_and_of_the_api_are_not(site: Site) -> None:
    wrong = site.post("/login", {"name": "ann", "password": "x"}, **GZIP)
    assert len(wrong.content) > 600
    asked = {"query": "{ __schema { types { name } } }"}
    told = site.client.post("/graphql", json=asked, headers=GZIP)
    for answer in (wrong, told):
        assert "content-encoding" not in answer.headers
