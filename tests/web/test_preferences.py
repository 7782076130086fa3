"""Settings: the language and the time zone that pages speak and show."""

import pytest

from app.models import User
from app.web import texts
from tests.web.conftest import Site
from tests.web.pages import text


def test_settings_show_what_was_chosen(site: Site) -> None:
    answer = site.post("/settings/preferences", {"language": "en", "time_zone": "Asia/Tokyo"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings")
    page = site.get("/settings").text
    assert '<option value="en" lang="en" selected>' in page
    assert "<option selected>Asia/Tokyo</option>" in page


def test_a_zone_is_saved_in_place_and_a_language_loads_all_anew(site: Site) -> None:
    by_htmx = {"HX-Request": "true", "Accept-Language": "en"}
    for chosen in ({"language": "en"}, {"time_zone": "Asia/Tokyo"}):
        answer = site.post("/settings/preferences", chosen, **by_htmx)
        assert (answer.status_code, answer.headers["location"]) == (303, "/settings")
    answer = site.post("/settings/preferences", {"language": "fr"}, **by_htmx)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/settings")
    answer = site.post("/settings/preferences", {}, **by_htmx)
    assert answer.headers["hx-redirect"] == "/settings", "the browser says English"


def test_a_wrong_zone_is_named_and_nothing_is_changed(site: Site) -> None:
    answer = site.post("/settings/preferences", {"time_zone": "Mars/Base"})
    assert answer.status_code == 422
    assert "timeZone" in text(answer.text)
    with site.state.database.read() as session:
        assert session.get_one(User, site.world.ann).time_zone is None


def test_the_browsers_zone_is_shown_as_no_choice_and_follows_the_browser(site: Site) -> None:
    for zone in ("Asia/Tokyo", "Europe/Paris"):
        assert site.post("/settings/time-zone", {"time_zone": zone}).status_code == 204
        page = site.get("/settings").text
        assert f'data-time-zone="{zone}" data-script' in page
        assert "<option selected>" not in page
        assert f"Days and hours are those of {zone}." in text(site.get("/history").text)
    site.post("/settings/preferences", {"time_zone": "Asia/Tokyo"})
    assert 'data-time-zone="Asia/Tokyo" data-zone-chosen' in site.get("/settings").text


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("de,en;q=0.5,fr;q=0.7", "fr"),
        ("de, fr;q=0, ja", "en"),
        ("fr;q=nonsense,;;q=,q=1", "en"),
    ],
)
def test_the_browser_is_asked_which_language(accepted: str, language: str) -> None:
    assert texts.preferred(accepted) == language


def test_the_pages_speak_french_to_whoever_wants_it(site: Site) -> None:
    page = site.get("/", **{"Accept-Language": "fr-FR,en;q=0.5"}).text
    assert '<html lang="fr">' in page
    assert "Tous sont nouveaux pour vous." in text(page)
    assert "Parce que vous avez écouté Sinnerman 2 fois" in text(page)
    site.post("/settings/preferences", {"language": "en"})
    assert '<html lang="en">' in site.get("/", **{"Accept-Language": "fr"}).text


def test_the_doorway_speaks_it_too_and_none_is_singular(nobody: Site) -> None:
    assert "Se connecter." in text(nobody.get("/login", **{"Accept-Language": "fr"}).text)
    nobody.sign_in(nobody.world.ann)
    found = nobody.get("/search?q=autobahn", **{"Accept-Language": "fr"}).text
    assert "1 morceau, 0 artiste " in text(found)
