"""One address: the part for htmx, the page for everybody else."""

import pytest

from tests.web.conftest import Site

PATHS = ["/", "/search?q=nina", "/tracks/1", "/artists/1"]


@pytest.mark.parametrize("path", PATHS)
def test_htmx_gets_title_main_and_navigation(site: Site, path: str) -> None:
    page, part = site.get(path).text, site.htmx(path).text
    assert page.startswith("<!doctype html>")
    assert part.startswith("<title>")
    assert part.count("<main ") == page.count("<main ") == 1
    assert 'id="nav"' in part
    assert 'class="deck"' not in part
    assert 'class="deck"' in page


def test_going_back_gets_the_whole_page(site: Site) -> None:
    response = site.get("/", **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert response.text.startswith("<!doctype html>")


def test_caches_are_told_what_the_answer_depends_on(site: Site) -> None:
    vary = site.htmx("/").headers["vary"]
    assert {"HX-Request", "HX-Target", "HX-History-Restore-Request"} <= set(vary.split(", "))


def test_the_current_page_is_marked_in_the_navigation(site: Site) -> None:
    assert '<a href="/" aria-current="page">' in site.get("/").text
    assert '<a href="/" aria-current="page">' not in site.htmx("/search").text
    assert '<a href="/search" aria-current="page">' in site.htmx("/search").text
