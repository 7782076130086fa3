"""A track's page."""

import re

import pytest

from app import catalog, editing
from app.listening import TrackState
from app.models import Track, VideoState
from app.web.lists import Told, Why
from tests.web.conftest import OpenSite, Site
from tests.web.pages import attributes, text, titles


def test_it_says_what_is_known_and_what_you_did(site: Site) -> None:
    page = text(_page(site, "Sinnerman"))
    assert "Nina Simone · 1965 · soul · 3:20" in page
    assert "You have played this 2 times." in page


def test_a_long_title_is_set_smaller(site: Site) -> None:
    assert '<h1 class="loud">Sinnerman</h1>' in _page(site, "Sinnerman")
    with site.state.database.write() as session:
        session.get_one(Track, site.world.tracks["Sinnerman"]).title = "Sinnerman, " * 4
    assert '<h1 class="loud loud-long">Sinnerman, ' in _page(site, "Sinnerman")


def test_reasons_carry_the_models_own_contributions(site: Site) -> None:
    page = _page(site, "Feeling Good")
    assert "Because you played Sinnerman 2 times" in text(page)
    (points,) = re.findall(r'<td class="num">\+(\d\.\d\d)</td>', page)
    assert float(points) > 0
    rest, total = re.findall(r"([+-]\d\.\d\d)", text(page).split("All else that you did gave")[1])
    assert float(points) + float(rest) == pytest.approx(float(total)), "what is shown adds up"
    assert "Because" not in text(_page(site, "Autobahn")).replace("Because you listened", "")


def test_small_points_are_told_apart_and_add_up(site: Site) -> None:
    with site.state.database.read() as session:
        (track,) = catalog.tracks_by_id(session, [site.world.tracks["Isi"]])
    assert track is not None
    whys = [Why(track, TrackState(1), contribution) for contribution in (0.01249, 0.01151)]
    told = Told(whys, base=0.0, score=0.00037)
    assert (told.digits, told.rest) == (4, -0.0236)
    assert Told(whys, base=0.0, score=0.024).rest == 0


def test_similar_tracks_come_from_the_model(site: Site) -> None:
    page = _page(site, "Autobahn")
    assert set(titles(page)[:3]) <= {"Hallogallo", "Vitamin C", "Isi", "Spoon", "Neonlicht"}
    assert "Closeness comes from shared listeners" in text(page)


def test_without_a_model_they_come_from_artist_and_genre(open_site: OpenSite) -> None:
    site = open_site(model=False)
    site.sign_in(site.world.ann)
    page = _page(site, "Isi")
    assert titles(page)[0] == "Hallogallo"
    assert "The same artist first, then the same genre" in text(page)


def test_the_video_is_not_loaded_before_play(site: Site) -> None:
    page = _page(site, "Sinnerman")
    assert "<iframe" not in page
    assert "youtube" not in " ".join(attributes(page, "src"))


def test_a_track_without_a_video_leads_to_a_search_on_youtube(site: Site) -> None:
    track_id = site.world.tracks["Sinnerman"]
    with site.state.database.write() as session:
        session.get_one(Track, track_id).video_state = VideoState.MISSING
    page = site.get(f"/tracks/{track_id}").text
    search = "https://www.youtube.com/results?search_query=Nina+Simone+Sinnerman"
    assert search in attributes(page, "href")
    assert "No video of this track was found." in text(page)
    assert '<article class="sleeve no-video"' in page
    assert "Play Sinnerman" not in attributes(page, "aria-label")


def _page(site: Site, title: str) -> str:
    return site.get(f"/tracks/{site.world.tracks[title]}").text


def test_a_reason_leads_to_what_would_change_without_it(site: Site) -> None:
    sinnerman = site.world.tracks["Sinnerman"]
    address = f"/tracks/{sinnerman}/forget"
    assert address in attributes(_page(site, "Feeling Good"), "href")
    before = titles(site.htmx("/", "div#for-you-list").text)
    asked = site.get(address).text
    leave, come = asked.split("These would come")
    assert "These would leave" not in leave
    assert "Sinnerman" in titles(come)
    assert titles(site.htmx("/", "div#for-you-list").text) == before
    site.post(address, {})
    assert set(titles(site.htmx("/", "div#for-you-list").text)) - set(before) == set(titles(come))


def test_where_nothing_would_change_the_page_says_so(site: Site) -> None:
    asked = site.get(f"/tracks/{site.world.tracks['Isi']}/forget").text
    assert "The same tracks would be recommended." in text(asked)
    assert site.get("/tracks/99999/forget").status_code == 404


def test_what_was_merged_away_leads_on(site: Site) -> None:
    one, other = site.world.tracks["Autobahn"], site.world.tracks["Sinnerman"]
    with site.state.database.write() as session:
        artists = [catalog.track(session, number).artist_id for number in (one, other)]
        editing.merge_track(session, one, other, "root")
        editing.merge_artist(session, artists[0], artists[1], "root")
    assert site.get(f"/tracks/{one}").headers["location"] == f"/tracks/{other}"
    led = site.get(f"/artists/{artists[0]}")
    assert (led.status_code, led.headers["location"]) == (303, f"/artists/{artists[1]}")
