"""The shelves of the home page, and the mixes."""

from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pytest

from app import listening
from app.listening import Listen
from app.models import Feedback
from app.models.columns import utc_now
from app.web.home import USUAL
from tests.web.conftest import Site
from tests.web.pages import attributes, text, titles

SOUL = ("Sinnerman", "Feeling Good", "At Last", "Misty Blue")


def _played(site: Site, user_id: int) -> None:
    with site.state.database.write() as session:
        for hours, title in enumerate(SOUL, start=3):
            listen = Listen(site.world.tracks[title], utc_now() - timedelta(hours=hours))
            listening.record_listen(session, user_id, listen)


def test_what_most_play_now_is_a_shelf_of_its_own(site: Site) -> None:
    assert "Popular now" not in text(site.get("/").text)
    _played(site, site.world.newcomer)
    site.state.chart.__init__(site.state.database)  # type: ignore[misc]
    assert "Popular now" in text(site.get("/").text)
    with site.state.database.write() as session:
        listening.set_feedback(
            session, site.world.ann, site.world.tracks["Misty Blue"], Feedback.DISLIKED
        )
    assert "Popular now" not in text(site.htmx("/", "div#shelves").text)


def test_new_for_you_holds_artists_never_played_who_are_not_in_the_list_above(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the whole page as where its shelves are brought up to date."""
    monkeypatch.setattr(import_module("app.web.home"), "USUAL", replace(USUAL, first=2))
    for page in (site.get("/").text, site.htmx("/", "div#shelves").text):
        new = page[page.index('id="unmet"') :]
        new = new[: new.index("</section>")]
        assert "New for you" in text(new)
        assert "By artists whom you have never played" in text(new)
        assert not {"Sinnerman", "Feeling Good", "At Last"} & set(titles(new))
        assert "Misty Blue" in titles(new)


def test_mixes_come_after_the_page_and_stand_on_one_of_their_own(site: Site) -> None:
    home = site.get("/").text
    assert 'hx-get="/mixes" hx-trigger="intersect' in home
    assert '<a href="/mixes">' in home
    _played(site, site.world.ann)
    shelf = site.htmx("/mixes", "section#mixes").text
    assert "Nina Simone, Etta James" in text(shelf)
    assert "From your Sinnerman, Feeling Good and 2 others" in text(shelf)
    assert len(attributes(shelf, "data-track-id")) == 12
    assert 'hx-trigger="taste-changed from:document"' in shelf
    disliked = attributes(shelf, "data-recommended")[0]
    site.post(f"/tracks/{disliked}/feedback", {"feedback": "disliked"})
    shelf = site.htmx("/mixes", "section#mixes").text
    assert attributes(shelf, "data-recommended")
    assert disliked not in attributes(shelf, "data-recommended")
    site.post(f"/tracks/{disliked}/feedback", {"feedback": "none"})
    page = site.get("/mixes").text
    assert "Nina Simone, Etta James" in text(page)
    assert len(attributes(page, "data-recommended")) == 12


def test_a_newcomer_is_told_how_mixes_come_about(nobody: Site) -> None:
    nobody.sign_in(nobody.world.newcomer)
    assert "Play a few more tracks" in text(nobody.get("/mixes").text)
    assert 'hx-get="/mixes"' not in nobody.get("/").text
