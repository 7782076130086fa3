"""Search: grouped, marked, and in parts while one types."""

from importlib import import_module

import pytest
from sqlmodel import update

from app import changes
from app.models import Artist, Track
from tests.web.conftest import OpenSite, Site
from tests.web.pages import text, titles


def test_artists_and_tracks_are_grouped(site: Site) -> None:
    page = site.get("/search?q=nina").text
    assert "2 tracks, one artist" in text(page)
    assert titles(page) == ["Sinnerman", "Feeling Good"]
    assert "<mark>Nina</mark> Simone" in page


def test_while_typing_only_the_hits_are_fetched(site: Site) -> None:
    part = site.htmx("/search?q=auto", "div#hits").text
    assert part.startswith('<div id="hits">')
    assert titles(part) == ["Autobahn"]
    assert '<hx-partial hx-target="#found">' in part
    assert 'id="ask"' not in part


def test_where_there_are_more_than_are_shown_that_is_said(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("app.web.search"), "_MOST_TRACKS", 1)
    page = site.get("/search?q=nina").text
    assert "The first track, one artist" in text(page)
    assert titles(page) == ["Sinnerman"]


def test_nothing_found_says_what_can_be_done(site: Site) -> None:
    page = text(site.get("/search?q=zzz").text)
    assert "Nothing here is called “zzz”." in page
    assert "The beginnings of words are enough" in page


def test_without_a_question_the_best_known_are_shown(site: Site) -> None:
    page = site.get("/search").text
    assert titles(page)[0] == "Sinnerman"
    assert "The best known ones here." in text(page)


def test_what_was_asked_is_shown_as_text(site: Site) -> None:
    page = site.get("/search?q=%3Cscript%3Ealert(1)").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_an_endless_question_is_cut(site: Site) -> None:
    assert site.get(f"/search?q={'a' * 5000}").status_code == 200


def test_where_nothing_is_imported_every_way_in_says_so(open_site: OpenSite) -> None:
    site = open_site(model=False)
    site.sign_in(site.world.newcomer)
    with site.state.database.write() as session:
        # Merged away into one that is not there: nothing of the catalogue is shown.
        session.execute(update(Track).values(merged_into_id=0))
        session.execute(update(Artist).values(merged_into_id=0))
        changes.note_all(session)
    for path in ("/search", "/welcome"):
        page = text(site.get(path).text)
        assert "No music has been imported yet." in page
        assert "Bring your history along" in page
        assert "Pick five" not in page
